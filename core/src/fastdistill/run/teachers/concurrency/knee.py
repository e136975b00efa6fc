"""How many slots an endpoint has, from latency against the number of calls in flight.

By Little's law a call that joins `n` in flight at an endpoint with N slots takes the time of its own
service while n <= N, and n / N times that beyond. On logarithms this is a line that is level up to ln N
and rises with slope 1 from there: a broken-line regression with two unknowns, the level and the knee N.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

from attrs import define, field, frozen

PRIOR_CALLS, PRIOR_SPREAD = 3.0, 0.4
"""Latencies are taken to be log-normal with about this spread, as firmly as so many calls would tell."""
MOST = 1024
"""Before anything is known every number of slots up to this is as likely as its double."""
DOUBT = 0.2
"""The chance that the endpoint has fewer slots than `Fit.low`."""
CANDIDATES = 24
FARTHEST = 5.0
"""Beyond this the normal tail is replaced by its leading order, before it underflows."""
SAMPLE = 64
"""Of the calls under way at least so many are looked at."""
_Still = tuple[float, float, int]
"""Of a call under way: logarithms of calls in flight and of seconds so far; how many it stands for."""


@frozen
class Fit:
    """What the latencies say about the slots."""

    low: int
    """The fewest slots that are likely."""
    best: int
    upper: int
    """The endpoint has this many or fewer with three chances in four."""
    high: float
    """The most that are likely; infinite while no call seems to have waited."""
    evidence: float
    """Log-likelihood of the best knee over that of none."""


@define
class KneeFit:
    """The latencies of one endpoint's calls. Old ones lose weight, for answers change in length."""

    floor: int = 1
    """Slots that are known to be there."""
    _sums: dict[int, list[float]] = field(factory=dict)
    """By calls in flight: weight, and weighted sums of the logarithm and of its square."""
    _weight: float = 1.0
    spread: float = PRIOR_SPREAD
    """Standard deviation of the logarithm, as last fitted."""

    def add(self, in_flight: int, seconds: float) -> None:
        """Take in a call that joined `in_flight` calls, itself among them, and took `seconds`."""
        log, key = math.log(max(seconds, 1e-6)), _bucket(in_flight)
        self._weight /= 1 - 1 / (8 + 4 * in_flight)
        sums = self._sums.setdefault(key, [0.0, 0.0, 0.0])
        sums[0] += self._weight
        sums[1] += self._weight * log
        sums[2] += self._weight * log * log

    def fit(self, waiting: Sequence[tuple[int, float]] = ()) -> Fit:
        """Return what is likely, after at least one `add`.

        `waiting` are calls under way: with how many in flight each began, and its seconds so far.
        """
        items = [(math.log(n), *(one / self._weight for one in sums)) for n, sums in self._sums.items()]
        every = max(1, len(waiting) // SAMPLE)
        still = [(math.log(n), math.log(seconds), every) for n, seconds in waiting[::every] if seconds > 0]
        floor = _bucket(self.floor)
        knees = _thinned(sorted({floor, *(n for n in self._sums if n > floor)}))
        scores = [self._likelihood(math.log(knee), items, still) for knee in knees]
        best = max(range(len(knees)), key=lambda index: scores[index])
        widths = [math.log(after / knee) for knee, after in pairwise([*knees, max(MOST, 2 * knees[-1])])]
        odds = [w * math.exp(score - scores[best]) for w, score in zip(widths, scores, strict=True)]
        return Fit(
            low=_quantile(knees, odds, DOUBT),
            best=knees[best],
            upper=max(knees[best], _quantile(knees, odds, 0.75)),
            high=math.inf if (high := _quantile(knees, odds, 1 - DOUBT / 4)) == knees[-1] else high,
            evidence=scores[best] - scores[-1],
        )

    def _likelihood(self, knee: float, items: Sequence[Sequence[float]], still: Sequence[_Still]) -> float:
        """Return the log-likelihood that ln N is `knee`, at the level and spread that fit best.

        Calls under way are right-censored: the level is found with one step of expectation-maximisation.
        """
        weight = total = squares = 0.0
        for log_n, count, sum_log, sum_squares in items:
            rise = log_n - knee if log_n > knee else 0.0
            weight += count
            total += sum_log - rise * count
            squares += sum_squares - 2 * rise * sum_log + rise * rise * count
        prior = PRIOR_CALLS * PRIOR_SPREAD**2
        level = total / weight
        variance = (max(0.0, squares - level * total) + prior) / (weight + PRIOR_CALLS)
        waits = [(log - (log_n - knee if log_n > knee else 0.0), count) for log_n, log, count in still]
        all_total, all_squares, all_weight, spread = total, squares, weight, math.sqrt(variance)
        for least, count in waits:
            z = (least - level) / spread
            more = spread * _hazard(z)
            expected = level + more
            all_weight += count
            all_total += count * expected
            all_squares += count * (expected * expected + variance + more * (least - level) - more * more)
        level = all_total / all_weight
        variance = (max(0.0, all_squares - level * all_total) + prior) / (all_weight + PRIOR_CALLS)
        spread = self.spread = math.sqrt(variance)
        error = squares - 2 * level * total + level * level * weight + prior
        score = -(weight + PRIOR_CALLS) * math.log(spread) - error / (2 * variance)
        return score + sum(count * _log_tail((least - level) / spread) for least, count in waits)


def _log_tail(z: float) -> float:
    """Return the logarithm of the chance that a standard normal is above `z`."""
    if z > FARTHEST:
        return -z * z / 2 - math.log(z * math.sqrt(2 * math.pi))
    return math.log(math.erfc(z * math.sqrt(0.5)) / 2)


def _hazard(z: float) -> float:
    """Return the normal density at `z` over the chance to be above it."""
    if z > FARTHEST:
        return z + 1 / z
    return math.sqrt(2 / math.pi) * math.exp(-z * z / 2) / math.erfc(z * math.sqrt(0.5))


def _bucket(in_flight: int) -> int:
    """Return `in_flight`, rounded to about 6 % where it is large."""
    return in_flight if in_flight < 32 else in_flight - in_flight % (in_flight // 16)


def _thinned(values: list[int]) -> list[int]:
    step = max(1, -(-len(values) // CANDIDATES))
    return values if step == 1 else [*values[:-1:step], values[-1]]


def _quantile(values: Sequence[int], odds: Sequence[float], share: float) -> int:
    left = share * sum(odds)
    for value, one in zip(values, odds, strict=True):
        left -= one
        if left < 0:
            return value
    return values[-1]
