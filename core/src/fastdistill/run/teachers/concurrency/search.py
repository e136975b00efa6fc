"""Find how many calls an endpoint serves at once, from nothing but when calls begin and end.

Ramp: start small, and double while latency does not rise with the calls in flight. Where it does, `KneeFit`
says how many slots there are. Settled: now and then compare goodput at a higher and a lower limit, and go
where more comes back for it. A wait alone never lowers a settled limit, for tasks may simply have become
longer; goodput that does not fall with the limit does. docs/concurrency.md names the constants and their
sources.
"""

import math
from typing import Literal

from attrs import define, field, frozen

from fastdistill.run.teachers.concurrency.knee import Fit, KneeFit
from fastdistill.run.teachers.concurrency.samples import Window, ended_needed, standard_error

START = 8
GROWTH, LATER_GROWTH, LATER = 2.0, 1.35, 64
"""How much a step of the ramp adds, and by how much from the third number on."""
FRESH = 0.15
"""Part of the calls that a step added which must be answered before the next step."""
NEAR = 0.9
"""Part of the limit that must be slots, as far as is likely, before the next step."""
CLEAR, FOUND = 1.0, 5.0
"""Log-likelihoods for a knee: below the first there is none, from the second on it is found."""
HEADROOM = 1.15
"""Of the slots that were found: enough that a slot never waits for us."""
LONG_RAMP = 24
"""Answers without a change, beside three a slot, after which a ramp is over."""
LOOK_EVERY = 20
WORTH = 0.3
"""A limit is worth its share of calls when goodput follows it by this much of the way."""
UP, DOWN = 1.25, 1.25
LONGEST_REST = 16
"""Windows between probes at most."""

Phase = Literal["ramp", "settled", "probe-up", "probe-down"]


@frozen
class Mark:
    """A call under way: when it began, and with how many in flight, itself among them."""

    began: float
    in_flight: int


@define(kw_only=True)
class ConcurrencySearch:
    """The limit of one endpoint. Informed of every call; times are seconds of any one clock."""

    ceiling: float = math.inf
    """A hard cap."""
    limit: int = START
    phase: Phase = "ramp"
    why: str = "start"
    in_flight: int = 0
    calls: dict[int, Mark] = field(factory=dict)
    """Those under way, in the order in which they began."""
    answered_at: int = 0
    """The most calls in flight with which an answered call began."""
    _number: int = 0
    _now: float = 0.0
    _fit: KneeFit = field(factory=KneeFit)
    _found: Fit | None = None
    _stepped_from: int = 0
    """The limit before the last step of the ramp."""
    _fresh: int = 0
    """Answers to calls that the last step added."""
    _unchanged: int = 0
    """Answers since the ramp last changed the limit."""
    _window: Window = field(init=False)
    _before: int = 0
    """The limit to go back to after a probe."""
    _ratio: float = UP
    """Of the two limits that a probe compares."""
    _rate_before: float = 0.0
    _ended_before: int = 0
    _skip: int = 0
    """Calls that are still to end before a window counts."""
    _probe_backoff: int = 1
    _until_probe: int = 1
    _next_probe: Literal["probe-up", "probe-down"] = "probe-down"

    def __attrs_post_init__(self) -> None:
        self.limit = int(min(self.limit, self.ceiling))
        self._window = Window(since=0.0)

    @property
    def slots_at_most(self) -> float:
        """Return how many calls the endpoint serves at once at the very most; infinite if not known."""
        return self._found.high if self._found else math.inf

    def started(self, now: float) -> int:
        """Count in a call; return its number, for `ended`."""
        self._advance(now)
        self.in_flight += 1
        self._number += 1
        self.calls[self._number] = Mark(now, self.in_flight)
        return self._number

    def ended(self, now: float, number: int, *, work_units: float | None) -> None:
        """Count a call out, with its work (tokens, or 1), or None if it failed. May change `limit`."""
        self._advance(now)
        self.in_flight -= 1
        mark = self.calls.pop(number)
        if work_units is None:
            return
        self.answered_at = max(self.answered_at, mark.in_flight)
        if self.phase == "ramp":
            self._grow(now, mark)
            return
        if self._skip:
            self._skip -= 1
            if not self._skip:
                self._window = Window(since=now)
            return
        self._window.work_units += work_units
        self._window.ended += 1
        if self._window.ended % LOOK_EVERY == 0:
            self._compare(now)

    def set(self, limit: float, why: str, phase: Phase) -> None:
        """Go to `limit`, within its bounds, and look again."""
        limit = int(min(self.ceiling, max(1, round(limit))))
        self.why, self.phase = why, phase
        self._skip = max(limit, self.in_flight)
        self._stepped_from = self.limit
        self.limit = limit
        self._fresh = self._unchanged = 0

    def ramp(self, limit: float, why: str) -> None:
        """Grow on from the present limit, which is taken to be within the slots."""
        self._fit, self._found = KneeFit(floor=self.limit), None
        self.set(limit, why, "ramp")

    def _advance(self, now: float) -> None:
        self._window.busy += self.in_flight * (now - self._now)
        self._now = now

    def _grow(self, now: float, mark: Mark) -> None:
        """Take in an answer of the ramp: step up, cut to the slots that were found, or settle."""
        self._fit.add(mark.in_flight, now - mark.began)
        self._fresh += mark.in_flight > self._stepped_from
        self._unchanged += 1
        if self._unchanged % max(1, self.limit // 16):
            return
        found = self._found = self._fit.fit(
            [(one.in_flight, now - one.began) for one in self.calls.values()]
        )
        slots = max(found.upper + 1, math.ceil(HEADROOM * found.upper))
        higher = _step(min(found.low, self.limit))
        if found.evidence >= FOUND and slots < self.limit:
            self.set(slots, "slots-found", "ramp")
            self._stepped_from = self.limit
        elif (
            found.evidence < CLEAR
            and higher > self.limit < self.ceiling
            and found.low >= NEAR * self.limit
            and self._fresh >= FRESH * (self.limit - self._stepped_from)
        ):
            self.set(higher, "no-wait", "ramp")
        elif self._unchanged >= max(LONG_RAMP, 3 * self.limit):
            self._next_probe, self._probe_backoff, self._until_probe = "probe-up", 1, 1
            self.set(self.limit, self.why, "settled")

    def _variation(self) -> float:
        """Return the standard deviation of latency over its mean, within sane bounds."""
        return min(1.5, max(0.3, math.sqrt(math.expm1(min(2.0, self._fit.spread**2)))))

    def _compare(self, now: float) -> None:
        """Look at goodput, if the window is long enough to tell."""
        window, rate, variation = self._window, self._window.rate(now), self._variation()
        if window.depth(now) < 0.9 * self.limit:
            self._window = Window(since=now)
            return  # there was too little to do: that says nothing about the endpoint
        ratio = max(UP, 1 + 1 / self.limit) if self.phase == "settled" else self._ratio
        enough = max(self.limit, ended_needed(ratio, variation))
        if self.phase == "settled":
            if window.ended < (enough if self._probe_backoff > 1 else max(2 * self.limit, enough // 4)):
                return
            self._window, self._ended_before = Window(since=now), window.ended
            self._until_probe -= 1
            if self._until_probe <= 0:
                self._probe(rate)
            return
        gain = math.log(max(rate, 1e-9) / max(self._rate_before, 1e-9))
        change = math.copysign(math.log(self._ratio), self.limit - self._before)
        worth = WORTH * change
        doubt = 2 * math.hypot(
            standard_error(self._ended_before, self._before, variation),
            standard_error(window.ended, self.limit, variation),
        )
        if window.ended < min(self.limit, enough) or (window.ended < enough and abs(gain - worth) < doubt):
            return
        if self.phase == "probe-up":
            self._after_up(more=gain > worth, nearly_all=gain > 0.7 * change)
        else:
            self._after_down(enough=gain > worth)

    def _probe(self, rate: float) -> None:
        self._before, self._rate_before = self.limit, rate
        if self.limit >= self.ceiling:
            return  # it is known where refusals begin, or a person said how many
        if self._next_probe == "probe-up":
            first = math.exp(self._fit.spread / 2) if self._probe_backoff == 1 else UP
            self.set(max(self.limit + 1, max(UP, first) * self.limit), "probe-up", "probe-up")
        else:
            self.set(min(self.limit - 1, self.limit / DOWN), "probe-down", "probe-down")
        higher, lower = max(self.limit, self._before), min(self.limit, self._before)
        self._ratio = higher / lower
        if higher == lower:
            self._rest("probe-down" if self._next_probe == "probe-up" else "probe-up")
            self.phase = "settled"

    def _after_up(self, *, more: bool, nearly_all: bool) -> None:
        if nearly_all:  # nobody waited at the higher limit: what was taken for a wait was none
            self._probe_backoff = self._until_probe = 1
            self.ramp(_step(self.limit), "goodput-rose")
        elif more:
            self._probe_backoff, self._until_probe, self._next_probe = 1, 1, "probe-down"
            self.set(self.limit, "goodput-rose", "settled")
        else:
            self._rest("probe-down")
            self.set(self._before, "goodput-level", "settled")

    def _after_down(self, *, enough: bool) -> None:
        if enough:
            self._probe_backoff = self._until_probe = 1
            self.set(min(self._before, self.limit * 1.12), "goodput-level", "settled")
        else:
            self._rest("probe-up")
            self.set(self._before, "goodput-fell", "settled")

    def _rest(self, probe: Literal["probe-up", "probe-down"]) -> None:
        self._probe_backoff = min(LONGEST_REST, 2 * self._probe_backoff)
        self._until_probe, self._next_probe = self._probe_backoff, probe


def _step(slots: int) -> int:
    """Return the limit to try next where so many slots are sure."""
    return int(GROWTH * slots) if slots < LATER - LATER // 10 else int(LATER_GROWTH * slots)
