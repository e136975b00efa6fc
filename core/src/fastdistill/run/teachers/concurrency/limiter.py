"""How many calls one endpoint gets at once: found, capped, cut on refusals, and held when it asks for it.

A `Limiter` does no waiting itself: `take` gives a permit or None, and `ready_in` says when to ask again.
A permit is held for one call to the endpoint and for nothing else: no back-off, no gate.
"""

import math
import random
from collections import defaultdict
from collections.abc import Callable

from attrs import define, field, frozen

from fastdistill.errors import (
    ConnectionFailed,
    FinalError,
    Overloaded,
    ProviderError,
    RateLimited,
    TimedOut,
)
from fastdistill.model.answer import Completion
from fastdistill.run.teachers.concurrency.overload import OverloadDetector, Trial
from fastdistill.run.teachers.concurrency.search import ConcurrencySearch, Mark
from fastdistill.run.teachers.rate_limit import Bucket, RateLimiter

CUTTING = (RateLimited, Overloaded, TimedOut, ConnectionFailed)
"""Errors that say: fewer at once."""
FULL = (RateLimited, Overloaded)
"""Errors by which an endpoint says that every place is taken."""
IN_TIME = 0.8
"""Of the calls that were answered during the life of one that came too late: so many may be in flight."""
UNANIMOUS = 3
"""So many refusals, most of the calls: a Retry-After is taken to be meant for the whole endpoint."""
SEVERAL = 3
"""So many refusals on top of all that were ever answered are no chance."""
JITTER = 0.1
HISTORY = 2_000


@frozen
class Permit:
    """The right to make one call."""

    began: float
    number: int
    reserved: float
    trial: Trial
    answers: int
    """How many there were when it began."""


@frozen
class Step:
    """One change of the limit, for the timing report."""

    at: float
    """Seconds since the limiter was made."""
    limit: int
    why: str


@define(kw_only=True)
class Limiter:
    """The limit of one endpoint. `cap` is hard; None lets it grow as far as it pays."""

    clock: Callable[[], float]
    rng: random.Random
    cap: int | None = None
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    longest_hold: float = math.inf
    """Seconds; an endpoint that asks for a longer wait is not waited for."""
    history: list[Step] = field(factory=list, init=False)
    why_idle: Callable[[], str] = lambda: "no-work"
    """Why there is no call to make, when there is none."""
    idle: dict[str, float] = field(factory=lambda: defaultdict(float), init=False)
    """Slot-seconds within the limit that were not used, by reason."""
    busy: float = field(default=0.0, init=False)
    """Slot-seconds that were used."""
    at_cap: float = field(default=0.0, init=False)
    """Seconds for which every slot of a hard cap was in use."""
    search: ConcurrencySearch = field(init=False)
    rate_limit: RateLimiter = field(init=False)
    _overload: OverloadDetector = field(factory=OverloadDetector, init=False)
    _full: int = field(default=0, init=False)
    """OverloadDetector of calls that came on top of all that were ever answered."""
    _full_from: float = field(default=math.inf, init=False)
    """The fewest calls in flight with which one of them came."""
    _full_since: float = field(default=0.0, init=False)
    """When the first of them came back."""
    _capped_at: float = field(default=-math.inf, init=False)
    _usual: float | None = field(default=None, init=False)
    _made: float = field(init=False)
    _at: float = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.search = ConcurrencySearch(ceiling=self.cap or math.inf)
        self.rate_limit = RateLimiter(
            requests=Bucket(self.requests_per_minute) if self.requests_per_minute else None,
            tokens=Bucket(self.tokens_per_minute) if self.tokens_per_minute else None,
        )
        self._made = self._at = self.clock()
        self._record()

    @property
    def limit(self) -> int:
        """Return the calls at once, as far as is known now."""
        return self.search.limit

    @property
    def in_flight(self) -> int:
        """Return the calls under way."""
        return self.search.in_flight

    def ready_in(self) -> float:
        """Return the seconds until a permit can be had; infinite while only a call that ends frees one."""
        if self.search.in_flight >= self.search.limit:
            return math.inf
        return self.rate_limit.wait(self.clock())

    def acquire(self) -> Permit | None:
        """Return a permit, if there is one now."""
        now = self._advance()
        if self.search.in_flight >= self.search.limit or self.rate_limit.wait(now) > 0:
            return None
        trial = self._overload.start(now, self.limit)
        return Permit(now, self.search.started(now), self.rate_limit.begin(now), trial, self._overload.done)

    def succeed(self, permit: Permit, completion: Completion) -> None:
        """Record an answer, and learn from it."""
        now = self._advance()
        usage = completion.usage
        output = usage.completion_tokens if usage else None
        total = None if usage is None or output is None else output + (usage.prompt_tokens or 0)
        self.rate_limit.settle(now, permit.reserved, total)
        if completion.rate_hint:
            self.rate_limit.hint(now, completion.rate_hint)
        self._over(now, permit, self._work_units(output))
        self._note(permit, refused=False)

    def fail(self, permit: Permit, error: Exception | None) -> None:
        """Record a call that brought `error`, or was given up when None."""
        now = self._advance()
        mark = self.search.calls[permit.number]
        self.rate_limit.settle(now, permit.reserved, None)
        self._over(now, permit, None)
        if isinstance(error, FULL) and mark.began <= self._capped_at:
            pass  # the cut answered it before it came back
        elif isinstance(error, FULL) and self._is_full(now, mark):
            self._cap(int(self._full_from) - 1, "no-room")
            self._hold(now, permit.trial, error)
        elif isinstance(error, TimedOut) and self._overload.done > permit.answers:
            in_time = int(IN_TIME * (self._overload.done - permit.answers))
            if in_time < self.limit:
                self._cap(in_time, "time-outs")
            self._note(permit, refused=False, answered=False)
        elif isinstance(error, CUTTING):
            self._note(permit, refused=True)
            self._hold(now, permit.trial, error)
        elif isinstance(error, FinalError):
            self._note(permit, refused=False)

    def restore(self, limit: int) -> None:
        """Go back to a limit from before an outage."""
        self._overload.abandon()
        self._overload = OverloadDetector()
        self.search.ceiling = self.cap or math.inf
        self._full, self._full_from = 0, math.inf
        self._set(limit, "outage-over")

    def _work_units(self, output: int | None) -> float:
        """Return the tokens of an answer, or 1 when the first answer did not say: always of one kind."""
        if self._usual is None:
            self._usual = float(output or 0)
        if not self._usual:
            return 1.0
        self._usual += 0.05 * ((output or self._usual) - self._usual)
        return float(output or self._usual)

    def _is_full(self, now: float, refused: Mark) -> bool:
        """Return whether an endpoint that refused a call has room for fewer than it found in flight.

        It has, once several calls and at least half were refused of those that came on top of more than it
        ever answered. What becomes of calls that began a moment ago is not known yet.
        """
        at = refused.in_flight
        if self.search.answered_at >= self._full_from:
            self._full, self._full_from = 0, math.inf
        if at <= self.search.answered_at:
            return False
        if not self._full:
            self._full_since = now
        self._full, self._full_from = self._full + 1, min(at, self._full_from)
        known = max(self._full_since, now - 2 * (now - refused.began))
        stand = sum(
            one.in_flight >= self._full_from and one.began <= known for one in self.search.calls.values()
        )
        return self._full_from > 1 and self._full >= max(SEVERAL, stand)

    def _cap(self, limit: int, why: str) -> None:
        """Go down to what the endpoint was seen to serve; refusals on their way cut no further."""
        self._full, self._full_from, self._capped_at = 0, math.inf, self._at
        self._overload.capped(max(1, limit))
        self._set(limit, why)

    def _hold(self, now: float, trial: Trial, error: ProviderError) -> None:
        mostly = trial.refused >= max(UNANIMOUS, trial.started / 2)
        if mostly and error.retry_after is not None and error.retry_after < self.longest_hold:
            self.rate_limit.hold(now + error.retry_after * (1 + JITTER * self.rng.random()))

    def _over(self, now: float, permit: Permit, work_units: float | None) -> None:
        before = self.search.limit
        self.search.ended(now, permit.number, work_units=work_units)
        if self.search.limit != before:
            self._record()

    def _note(self, permit: Permit, *, refused: bool, answered: bool = True) -> None:
        change = self._overload.note(self._at, permit.trial, refused=refused, answered=answered)
        if change is None:
            if self._overload.refused_at is None:
                self.search.ceiling = self.cap or math.inf
            return
        self._set(change.limit or int(self.search.limit * change.factor), change.why, grow=change.grow)

    def _set(self, limit: int, why: str, *, grow: bool = False) -> None:
        bounded = max(1, min(limit, self.cap or limit))
        refused = self._overload.refused_at is not None
        self.search.ceiling = bounded if refused else self.cap or math.inf
        if grow:
            self.search.ramp(bounded, why)
        else:
            self.search.set(bounded, why, "settled")
        self._record()

    def _advance(self) -> float:
        now = self.clock()
        passed, self._at = now - self._at, now
        if passed > 0:
            self.busy += self.search.in_flight * passed
            spare = self.search.limit - self.search.in_flight
            if spare > 0:
                held = self.rate_limit.wait(now - passed) > 0
                self.idle["rate-limited" if held else self.why_idle()] += spare * passed
            elif self.search.limit == self.cap:
                self.at_cap += passed
        return now

    def _record(self) -> None:
        if len(self.history) < HISTORY:
            self.history.append(Step(self._at - self._made, self.search.limit, self.search.why))
