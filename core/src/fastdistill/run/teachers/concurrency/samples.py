"""What was seen at one limit on calls in flight: latencies of a cohort, goodput of a window.

A cohort is a number of calls that began while the endpoint was full to the limit. Its low quantiles are
known, without bias, as soon as enough of it has ended, whatever the long ones still take.
"""

import math
from collections.abc import Sequence
from itertools import count

from attrs import define, field

LOW, MIDDLE = 0.2, 0.4
"""The quantiles that tell a wait in a queue from luck: the wait moves them most."""
_ids = count()


@define(eq=False)
class Cohort:
    """The first `size` calls that began at a limit."""

    size: int
    latencies: list[float] = field(factory=list)
    open: dict[int, float] = field(factory=dict)
    """When those began that have not ended."""
    started: int = 0

    def begin(self, now: float) -> int:
        """Count in one more call; its number."""
        number = next(_ids)
        self.open[number] = now
        self.started += 1
        return number

    def end(self, number: int, now: float, *, ok: bool) -> None:
        """The call is over; a failed one tells nothing about latency."""
        began = self.open.pop(number, None)
        if began is None:
            return
        if ok:
            self.latencies.append(now - began)
        else:
            self.started -= 1

    @property
    def full(self) -> bool:
        """Whether no more calls are counted in."""
        return self.started >= self.size

    @property
    def ripe(self) -> bool:
        """Whether its low quantiles are known."""
        return self.full and 2 * len(self.latencies) >= self.size

    def quantiles(self, now: float, shares: Sequence[float]) -> list[float]:
        """Seconds that each of `shares`, in rising order, did not exceed: Kaplan and Meier's estimate."""
        ended = [(latency, True) for latency in self.latencies]
        rows = sorted(ended + [(now - began, False) for began in self.open.values()])
        found, left, at_risk = list[float](), 1.0, len(rows)
        for seconds, ends in rows:
            if ends:
                left *= 1 - 1 / at_risk
                while len(found) < len(shares) and 1 - left >= shares[len(found)] - 1e-9:
                    found.append(seconds)
            at_risk -= 1
        return found + [rows[-1][0]] * (len(shares) - len(found))


@define
class Reference:
    """Latencies of calls that did not wait for a slot, so far as is known."""

    cohorts: list[Cohort] = field(factory=list)

    def add(self, cohort: Cohort, keep: int = 3) -> None:
        """One more cohort that did not wait; the oldest goes."""
        self.cohorts = [*self.cohorts[1 - keep :], cohort]

    @property
    def size(self) -> int:
        """Calls that it rests on."""
        return sum(cohort.started for cohort in self.cohorts)

    def mean(self, now: float) -> float:
        """Mean latency in seconds: total time on test over calls that ended, so open ones count too."""
        ended = sum(len(cohort.latencies) for cohort in self.cohorts)
        total = sum(sum(c.latencies) + sum(now - began for began in c.open.values()) for c in self.cohorts)
        return total / ended if ended else math.inf

    def variation(self) -> float:
        """Standard deviation of latency over its mean, within sane bounds."""
        values = [value for cohort in self.cohorts for value in cohort.latencies]
        if len(values) < 8:
            return 1.0
        mean = sum(values) / len(values)
        spread = math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))
        return min(1.5, max(0.3, spread / mean if mean else 1.0))

    def wait(self, cohort: Cohort, now: float) -> float:
        """How long calls of `cohort` waited for a slot, as a share of the mean latency."""
        mean = self.mean(now)
        if not self.cohorts or mean <= 0:
            return 0.0
        usual = [cohort.quantiles(now, (LOW, MIDDLE)) for cohort in self.cohorts]
        longer = sum(cohort.quantiles(now, (LOW, MIDDLE)))
        for known, past in zip(usual, self.cohorts, strict=True):
            longer -= sum(known) * past.started / self.size
        return longer / 2 / mean

    def noise(self, size: int) -> float:
        """Two standard errors of `wait` for a cohort of `size`; 0.45 fits log-normal latencies."""
        return 0.9 * math.sqrt(1 / size + 1 / max(1, self.size))


@define
class Window:
    """Goodput over some time at one limit."""

    since: float
    goods: float = 0.0
    ended: int = 0
    busy: float = 0.0
    """Calls in flight, integrated over time."""

    def rate(self, now: float) -> float:
        """Goods per second."""
        return self.goods / max(now - self.since, 1e-9)

    def depth(self, now: float) -> float:
        """Mean number in flight."""
        return self.busy / max(now - self.since, 1e-9)


def ended_needed(ratio: float, variation: float, bounds: Sequence[int] = (40, 800)) -> int:
    """How many calls must end in a window to tell growth by `ratio` from none with two standard errors.

    Counts of a renewal process vary by `variation` over the root of the count; two windows are compared.
    """
    needed = 2 * (2 * variation / (0.4 * math.log(ratio))) ** 2
    return int(min(bounds[1], max(bounds[0], needed)))


def doubt_of(ended: int, slots: int, variation: float) -> float:
    """Relative standard error of a rate from `ended` calls through `slots`.

    Many slots together look like a Poisson process at first, and like renewals once each has turned over.
    """
    early = min(1.0, slots / (2 * ended))
    return math.sqrt((variation**2 * (1 - early) + max(1.0, variation**2) * early) / ended)
