"""Who gets which endpoint next: least loaded, prefix kept together, in the order of asking."""

import math
from collections import deque
from collections.abc import Callable, Sequence
from hashlib import blake2b

import anyio
from attrs import define, field

from fastdistill.errors import ConnectionFailed, NotFound, ProviderError, RunHalted
from fastdistill.model.answer import Call
from fastdistill.protocols import Provider
from fastdistill.run.teachers.circuit_breaker import CircuitBreaker
from fastdistill.run.teachers.concurrency.limiter import Limiter, Permit
from fastdistill.run.teachers.streak import Streak

SPILL = 0.25
"""A favourite whose load is above the least by more than this share of its limit is passed over."""
RECHECK = 1.0
"""Seconds after which the first in line looks again, whatever it was told."""
NEVER_THERE = 20.0
"""Seconds of refused connections after which an address that never answered is taken to be wrong."""
MARGIN = 1.25
"""Of the most slots that an endpoint may have: calls beyond so many certainly queue."""
FAVOURITES = 10_000


@define(eq=False)
class Endpoint:
    """One address of the model."""

    number: int
    provider: Provider
    limiter: Limiter
    breaker: CircuitBreaker
    streak: Streak = field(factory=Streak)
    scopes: dict[int, anyio.CancelScope] = field(factory=dict)
    """Of the calls under way, by their permits' numbers."""
    dropped: set[int] = field(factory=set)
    """Calls that were given up because they certainly still queued."""

    def drop_queued(self) -> None:
        """Give up the calls that the endpoint cannot have begun yet: it serves them in order."""
        sure = self.limiter.search.slots_at_most
        if sure == math.inf:
            return
        for number in list(self.limiter.search.calls)[math.ceil(MARGIN * sure) :]:
            if scope := self.scopes.get(number):
                self.dropped.add(number)
                scope.cancel()

    @property
    def load(self) -> float:
        """Calls under way as a share of its limit."""
        return self.limiter.in_flight / self.limiter.limit

    def ready_in(self, now: float) -> float:
        """Seconds until it takes a call."""
        return max(self.breaker.ready_in(now), self.limiter.ready_in())


@define(eq=False)
class _Waiter:
    call: Call
    avoid: Endpoint | None
    event: anyio.Event = field(factory=anyio.Event)
    grant: "tuple[Endpoint, Permit] | None" = None
    timed: bool = False


@define(kw_only=True)
class EndpointQueue:
    """The places at all endpoints of one model. Backoff is done elsewhere: a grant is for one call."""

    endpoints: Sequence[Endpoint]
    clock: Callable[[], float]
    outage_limit: float
    """Seconds without any endpoint after which those who wait are told to give up."""
    answered: bool = False
    """Whether any endpoint ever replied."""
    last_error: ProviderError | None = None
    closed: bool = False
    _down_since: float | None = None
    _line: deque[_Waiter] = field(factory=deque, init=False)
    _favourites: dict[str, Endpoint] = field(factory=dict, init=False)

    def close(self) -> None:
        """Give no more grants; those who wait are told."""
        self.closed = True
        for waiter in self._line:
            waiter.event.set()

    async def acquire(self, call: Call, avoid: Endpoint | None) -> tuple[Endpoint, Permit]:
        """A grant for `call`, at another endpoint than `avoid` if there is one.

        Raises `NotFound`, which stops the run, when no endpoint is there for too long, and `RunHalted`.
        """
        self._check_closed()
        if not self._line and (grant := self._pick(call, avoid)):
            return grant
        waiter = _Waiter(call, avoid)
        self._line.append(waiter)
        try:
            self.dispatch()
            while waiter.grant is None:
                await self._turn(waiter)
        except BaseException:
            if waiter.grant:
                waiter.grant[0].breaker.give_up()
                waiter.grant[0].limiter.fail(waiter.grant[1], None)
            else:
                self._line.remove(waiter)
            self.dispatch()
            raise
        return waiter.grant

    async def _turn(self, waiter: _Waiter) -> None:
        """Until something changes; the first in line also wakes when time alone may have made room."""
        self._check_closed()
        self._check_outage()
        first = self._line[0] is waiter
        delay = self._ready_in() if first else math.inf
        if first and self._down_since is not None:
            delay = min(delay, RECHECK)
        waiter.timed = delay < math.inf
        if waiter.timed:
            with anyio.move_on_after(min(RECHECK, delay + 0.001)):
                await waiter.event.wait()
        else:
            await waiter.event.wait()
        waiter.timed = False
        if waiter.grant is None:
            waiter.event = anyio.Event()
            waiter.timed = True
            self.dispatch()

    def _check_closed(self) -> None:
        if self.closed:
            raise RunHalted("the run is stopped")

    def _check_outage(self) -> None:
        now = self.clock()
        if any(endpoint.breaker.state == "closed" for endpoint in self.endpoints):
            self._down_since = None
            return
        self._down_since = now if self._down_since is None else self._down_since
        wrong = not self.answered and isinstance(self.last_error, ConnectionFailed)
        if now - self._down_since > (NEVER_THERE if wrong else self.outage_limit):
            for waiter in self._line:
                waiter.event.set()
            what = "check its address" if wrong else "run again to go on from here"
            raise NotFound(
                f"no endpoint has answered for {now - self._down_since:.0f} s: {self.last_error}; {what}"
            )

    def _ready_in(self) -> float:
        now = self.clock()
        return min(endpoint.ready_in(now) for endpoint in self.endpoints)

    def dispatch(self) -> None:
        """Give what there is to those who wait, in order."""
        while self._line:
            first = self._line[0]
            first.grant = self._pick(first.call, first.avoid)
            if first.grant is None:
                if not first.timed and self._ready_in() < math.inf:
                    first.event.set()
                return
            self._line.popleft()
            first.event.set()

    def _pick(self, call: Call, avoid: Endpoint | None) -> tuple[Endpoint, Permit] | None:
        now = self.clock()
        free = [e for e in self.endpoints if e.ready_in(now) <= 0]
        if not free:
            return None
        others = [e for e in free if e is not avoid] or free
        chosen = min(others, key=lambda e: e.load)
        key = call.prompt.prefix_key
        if key and len(self.endpoints) > 1:
            favourite = self._favourite(key)
            if favourite in others and favourite.load <= chosen.load + SPILL:
                chosen = favourite
        permit = chosen.limiter.acquire()
        if permit is None:
            return None
        chosen.breaker.begin()
        return chosen, permit

    def _favourite(self, key: str) -> Endpoint:
        """The endpoint that rendezvous hashing gives `key`, so that its prefix cache is used."""
        if key not in self._favourites:
            if len(self._favourites) >= FAVOURITES:
                self._favourites.clear()

            def weight(endpoint: Endpoint) -> bytes:
                return blake2b(f"{endpoint.number}\0{key}".encode(), digest_size=8).digest()

            self._favourites[key] = max(self.endpoints, key=weight)
        return self._favourites[key]
