"""Several endpoints of one model behind one `complete`: pacing, retries and health."""

import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import anyio
from attrs import asdict, define, field

from fastdistill.errors import ConnectionFailed, Overloaded, ProviderError, ServerFailed, TimedOut
from fastdistill.model.answer import Call, Completion
from fastdistill.protocols import Provider
from fastdistill.run.teachers.circuit_breaker import Breaker
from fastdistill.run.teachers.concurrency.limiter import Pacer, Permit
from fastdistill.run.teachers.endpoint_queue import Endpoint, Seats
from fastdistill.run.teachers.retry import Retry

SICK = (ConnectionFailed, ServerFailed, TimedOut, Overloaded)
"""Errors that may mean that an endpoint is down."""


@define(kw_only=True)
class Endpoints:
    """All endpoints of one model. Calls are served in the order they came; back-off holds up no other."""

    endpoints: Sequence[Endpoint]
    retry: Retry
    clock: Callable[[], float]
    rng: random.Random
    on_fault: Callable[[Call, ProviderError], None] = lambda _call, _error: None
    """Told of every failed call but the one whose error is raised."""
    failed: Counter[str] = field(factory=Counter, init=False)
    """Calls that brought nothing, by kind of error."""
    retried: Counter[str] = field(factory=Counter, init=False)
    """Retries, by the kind of error before them."""
    waiting_out: int = field(default=0, init=False)
    """Requests that wait to be asked again; they hold no permit."""
    _halt: anyio.Event | None = field(default=None, init=False)
    _halted: bool = field(default=False, init=False)
    _seats: Seats = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._seats = Seats(endpoints=self.endpoints, clock=self.clock, outage_limit=self.retry.deadline)

    @property
    def limit(self) -> int:
        """Calls at once over all endpoints that are up."""
        return sum(e.pacer.limit for e in self.endpoints if e.breaker.state == "closed")

    @property
    def in_flight(self) -> int:
        """Calls under way."""
        return sum(endpoint.pacer.in_flight for endpoint in self.endpoints)

    def room(self) -> float:
        """How many requests should be at hand, so that no permit waits for one."""
        return 2 * self.limit + 16 + self.waiting_out

    def halt(self) -> None:
        """Make no more calls: who waits is told `RunHalted`, and calls under way come home."""
        self._halted = True
        self._seats.close()
        if self._halt:
            self._halt.set()

    async def complete(self, call: Call) -> Completion:
        """The answer.

        Raises the error that retrying could not mend, a final one after one call, and `RunHalted`.
        """
        began, tries, avoid = math.inf, 0, None
        while True:
            endpoint, permit = await self._seats.take(call, avoid)
            began = min(began, self.clock())
            tries += 1
            try:
                return await self._ask(endpoint, permit, call, self.retry.deadline + began - self.clock())
            except ProviderError as error:
                self.failed[error.kind] += 1
                spent = self.clock() - began
                delay = self.retry.delay(error, tries, spent, self.rng)
                if delay is None:
                    raise
                self.on_fault(call, error)
                self.retried[error.kind] += 1
            avoid = endpoint
            await self._wait_out(delay)

    async def _wait_out(self, delay: float) -> None:
        self._halt = self._halt or anyio.Event()
        self.waiting_out += 1
        try:
            if not self._halted:
                with anyio.move_on_after(delay):
                    await self._halt.wait()
        finally:
            self.waiting_out -= 1

    async def _ask(self, endpoint: Endpoint, permit: Permit, call: Call, left: float) -> Completion:
        error: Exception | None = None
        try:
            with anyio.move_on_after(left):
                got = await endpoint.provider.complete(call)
                self._well(endpoint)
                endpoint.pacer.succeed(permit, got)
                return got
            error = TimedOut(f"no answer within the {self.retry.deadline:g} s of `deadline`")
            raise error
        except Exception as caught:
            error = caught
            self._unwell(endpoint, caught)
            endpoint.pacer.fail(permit, caught)
            raise
        except BaseException:
            endpoint.breaker.give_up()
            endpoint.pacer.fail(permit, None)
            raise
        finally:
            self._seats.dispatch()

    def _well(self, endpoint: Endpoint) -> None:
        self._seats.answered = True
        if endpoint.breaker.succeed():
            endpoint.pacer.restore(endpoint.breaker.limit)

    def _unwell(self, endpoint: Endpoint, error: Exception) -> None:
        if isinstance(error, ProviderError):
            self._seats.last_error = error
        if isinstance(error, SICK):
            endpoint.breaker.fail(self.clock(), endpoint.pacer.limit)
        elif isinstance(error, ProviderError):
            self._well(endpoint)  # it refused, but it is there
        else:
            endpoint.breaker.give_up()

    def report(self) -> dict[str, Any]:
        """For the timing report: times in seconds, limits in calls at once.

        `occupancy` is the share of the slot-seconds that the limits allowed in which a call was under way.
        """
        busy = sum(endpoint.pacer.busy for endpoint in self.endpoints)
        idle = sum(sum(endpoint.pacer.idle.values()) for endpoint in self.endpoints)
        return {
            "occupancy": busy / (busy + idle) if busy + idle else None,
            "failed_calls": dict(self.failed),
            "retries": dict(self.retried),
            "endpoints": [
                {
                    "identity": endpoint.provider.identity,
                    "limit": endpoint.pacer.limit,
                    "limits": [asdict(step) for step in endpoint.pacer.history],
                    "busy_slot_seconds": endpoint.pacer.busy,
                    "idle_slot_seconds": dict(endpoint.pacer.idle),
                    "seconds_at_cap": endpoint.pacer.at_cap,
                    "taken_out": endpoint.breaker.opened,
                }
                for endpoint in self.endpoints
            ],
        }


def endpoints_of(
    providers: Sequence[Provider],
    *,
    retry: Retry,
    clock: Callable[[], float],
    rng: random.Random,
    caps: Sequence[int | None],
    requests_per_minute: float | None = None,
    tokens_per_minute: float | None = None,
    on_fault: Callable[[Call, ProviderError], None] = lambda _call, _error: None,
    why_idle: Callable[[], str] = lambda: "no-work",
) -> Endpoints:
    """The endpoints of one model. `caps` bounds each one's calls at once; allowances are shared evenly."""
    share = len(providers)
    made = [
        Endpoint(
            number,
            provider,
            Pacer(
                clock=clock,
                rng=rng,
                cap=cap,
                requests_per_minute=requests_per_minute and requests_per_minute / share,
                tokens_per_minute=tokens_per_minute and tokens_per_minute / share,
                why_idle=why_idle,
            ),
            Breaker(rng),
        )
        for number, (provider, cap) in enumerate(zip(providers, caps, strict=True))
    ]
    return Endpoints(endpoints=made, retry=retry, clock=clock, rng=rng, on_fault=on_fault)
