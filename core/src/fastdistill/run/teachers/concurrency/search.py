"""Finds how many calls an endpoint can serve at once, from nothing but when calls begin and end.

Ramp: raise the limit by about a third as soon as a cohort of calls shows no wait for a slot. Stop where
it does: a server that only queues answers no faster beyond its slots. Settled: now and then compare
goodput at a higher and a lower limit, and go where more comes back for it. A wait alone never lowers the
limit, for tasks may simply have become longer; goodput that does not fall with the limit does.
"""

import math
from typing import Literal

from attrs import define, field

from fastdistill.run.teachers.concurrency.samples import Cohort, Reference, Window, doubt_of, ended_needed

START = 32
FIRST_GROWTH, GROWTH = 1.6, 1.35
LOOKS = 2
LOOK_EVERY = 20
WORTH = 0.3
"""A limit is worth its share of calls when goodput follows it by this much of the way."""
HEADROOM = 1.15
"""Of the slots that were found: enough that a slot never waits for us."""
CEILING = 1.42
"""Of the slots as estimated: no step goes beyond."""
HIGHEST = 1.33
"""The same for a probe."""
UP, LEAST_UP, DOWN, HALVE = 1.25, 1.12, 1.25, 2.0
PATIENCE = 16
"""Windows between probes at most."""

Phase = Literal["ramp", "settled", "probe-up", "probe-down"]


@define(kw_only=True)
class Climb:
    """The limit of one endpoint. Told of every call; times are seconds of any one clock."""

    ceiling: float = math.inf
    """A hard cap."""
    limit: int = START
    phase: Phase = "ramp"
    why: str = "start"
    in_flight: int = 0
    _now: float = 0.0
    _reference: Reference = field(factory=Reference)
    _cohort: Cohort = field(init=False)
    _window: Window = field(init=False)
    _slots: float = math.inf
    """As the last wait for them told."""
    _verifying: bool = False
    """Whether the next look down only makes sure that the limit is worth it."""
    _weighed: list[Cohort] = field(factory=list)
    _grown: bool = False
    _before: int = 0
    """The limit to go back to."""
    _rate_before: float = 0.0
    _ended_before: int = 0
    _ratio: float = UP
    _skip: int = 0
    """Calls that are still to end before a window counts."""
    _patience: int = 1
    _until_probe: int = 1
    _turn: Literal["probe-up", "probe-down"] = "probe-up"

    def __attrs_post_init__(self) -> None:
        self.limit = int(min(self.limit, self.ceiling))
        self._cohort = Cohort(size=max(2, self.limit))
        self._window = Window(since=0.0)

    def started(self, now: float) -> tuple[Cohort, int] | None:
        """A call begins; what to hand to `ended`."""
        self._advance(now)
        self.in_flight += 1
        cohort = self._cohort
        full = self.in_flight >= self.limit or not self._reference.cohorts
        return (cohort, cohort.begin(now)) if full and not cohort.full else None

    def ended(self, now: float, mark: tuple[Cohort, int] | None, *, goods: float | None) -> None:
        """A call is over with `goods` (tokens, or 1), or None when it failed. May change `limit`."""
        self._advance(now)
        self.in_flight -= 1
        if mark:
            mark[0].end(mark[1], now, ok=goods is not None)
        if goods is None:
            return
        if self._cohort.ripe:
            self._weigh(now)
        if self._skip:
            self._skip -= 1
            if not self._skip:
                self._window = Window(since=now)
            return
        self._window.goods += goods
        self._window.ended += 1
        if self.phase != "ramp" and self._window.ended % LOOK_EVERY == 0:
            self._compare(now)

    def set(self, limit: float, why: str, phase: Phase) -> None:
        """Go to `limit`, within its bounds, and look again."""
        limit = int(min(self.ceiling, max(1, round(limit))))
        self.why, self.phase = why, phase
        self._skip = max(limit, self.in_flight)
        self.limit = limit
        self._weighed.clear()
        self._fresh()

    def _advance(self, now: float) -> None:
        self._window.busy += self.in_flight * (now - self._now)
        self._now = now

    def _fresh(self) -> None:
        size = 150 if self.phase == "probe-down" else max(48, min(200, self.limit // 2))
        self._cohort = Cohort(size=size)

    def _needed(self) -> int:
        return ended_needed(self._ratio, self._reference.variation())

    def _weigh(self, now: float) -> None:
        """A cohort's latencies are in."""
        self._weighed.append(self._cohort)
        waits = [self._reference.wait(cohort, now) for cohort in self._weighed]
        wait = sum(waits) / len(waits)
        size = sum(cohort.size for cohort in self._weighed)
        doubt = max(0.1, 1.5 * self._reference.noise(size))
        if self.phase == "ramp":
            if wait < doubt:
                self._grow(wait, self._reference.noise(size), clean=abs(wait) < doubt / 2)
            elif len(waits) == LOOKS or wait > 2 * doubt:
                self._stop(wait)
            else:
                self._fresh()
        elif self.phase == "settled" and self._grown and len(waits) == LOOKS:
            if wait < 0.02:
                self._before = self.limit
                self.set(self.limit * 1.2, "no wait any more", "ramp")
            self._weighed.clear()
            self._fresh()
        else:
            self._fresh()

    def _grow(self, wait: float, noise: float, *, clean: bool) -> None:
        first = not self._reference.cohorts
        self._grown = self._grown or not first
        if clean or first:
            self._reference.cohorts = [*self._reference.cohorts[-2:], *self._weighed]
        self._before = self.limit
        step = FIRST_GROWTH if first else min(GROWTH, CEILING / (1 + max(0.0, wait + noise / 2)))
        self.set(self.limit * step, "no wait yet", "ramp")

    def _stop(self, wait: float) -> None:
        slots = self._slots = self.limit / (1 + wait)
        found = min(self.limit, max(self._before, HEADROOM * slots))
        high = found * LEAST_UP > HIGHEST * slots
        self._turn = "probe-up" if self._grown and not high else "probe-down"
        self._verifying = high
        self._until_probe = 2 if self._grown else 1
        self._ratio = DOWN if self._grown else HALVE
        self.set(found, f"calls wait: about {slots:.0f} slots", "settled")

    def _compare(self, now: float) -> None:
        """Look at goodput: is the window long enough to tell?"""
        window, rate = self._window, self._window.rate(now)
        if window.depth(now) < 0.9 * self.limit:
            self._window = Window(since=now)
            return  # there was too little to do: that says nothing about the endpoint
        enough = max(self.limit, self._needed())
        if self.phase == "settled":
            if window.ended < (enough if self._patience > 1 else max(2 * self.limit, enough // 4)):
                return
            self._window, self._ended_before = Window(since=now), window.ended
            self._until_probe -= 1
            if self._until_probe <= 0:
                self._probe(rate)
            return
        gain = math.log(max(rate, 1e-9) / self._rate_before)
        worth = WORTH * math.log(self._ratio) * (1 if self.phase == "probe-up" else -1)
        variation = self._reference.variation()
        doubt = 2 * math.hypot(
            doubt_of(self._ended_before, self._before, variation),
            doubt_of(window.ended, self.limit, variation),
        )
        if window.ended < min(self.limit, enough) or (window.ended < enough and abs(gain - worth) < doubt):
            return
        if self.phase == "probe-up":
            self._after_up(gain > worth, nearly_all=gain > 0.7 * math.log(self._ratio))
        else:
            self._after_down(gain > worth)

    def _probe(self, rate: float) -> None:
        self._before, self._rate_before = self.limit, rate
        if self._turn == "probe-up":
            self._ratio = max(LEAST_UP, min(UP, HIGHEST * self._slots / self.limit))
            self.set(self.limit * self._ratio, "is there more?", "probe-up")
        else:
            self.set(self.limit / self._ratio, "is less enough?", "probe-down")
        if self.limit == self._before:
            self._rest("probe-down" if self._turn == "probe-up" else "probe-up")
            self.phase = "settled"

    def _after_up(self, more: bool, *, nearly_all: bool) -> None:
        if more:
            self._slots = math.inf
        if nearly_all and len(self._cohort.latencies) >= LOOK_EVERY:
            # Goodput kept step, so nobody waited: what was taken for a wait was not.
            self._reference.cohorts = [self._cohort]
            self._grown, self._before = True, self.limit
            self.set(self.limit * GROWTH, "more came back", "ramp")
        elif more:
            self._patience = self._until_probe = 1
            self._ratio, self._turn, self._verifying = DOWN, "probe-down", True
            self.set(self.limit, "more came back", "settled")
        else:
            self._rest("probe-down")
            self.set(self._before, "no more came back", "settled")

    def _after_down(self, enough: bool) -> None:
        if self._cohort.latencies and 2 * len(self._cohort.latencies) >= self._cohort.started:
            self._reference = Reference([self._cohort])
        if enough:
            self._patience = self._until_probe = 1
            self._verifying = False
            self.set(min(self._before, self.limit * 1.12), "less is enough", "settled")
        else:
            self._ratio, self._grown = DOWN, True
            self._rest("probe-up")
            if self._verifying:
                self._patience, self._slots = 1, math.inf
                self._until_probe = 1
            self._verifying = False
            self.set(self._before, "less is too little", "settled")

    def _rest(self, turn: Literal["probe-up", "probe-down"]) -> None:
        self._patience = min(PATIENCE, 2 * self._patience)
        self._until_probe, self._turn = self._patience, turn
