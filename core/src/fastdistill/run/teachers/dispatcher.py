"""Several endpoints of one model behind one `complete`: pacing, retries and health."""

import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import anyio
from attrs import asdict, define, field

from fastdistill.errors import (
    ConnectionFailed,
    FastDistillError,
    Overloaded,
    ProviderError,
    RunHalted,
    ServerFailed,
    TimedOut,
    boundary,
)
from fastdistill.model.answer import Call, Completion
from fastdistill.protocols import Provider
from fastdistill.redact import scrub
from fastdistill.run.teachers.checked import checked
from fastdistill.run.teachers.circuit_breaker import CircuitBreaker
from fastdistill.run.teachers.concurrency.limiter import Limiter, Permit
from fastdistill.run.teachers.endpoint_queue import Endpoint, EndpointQueue
from fastdistill.run.teachers.retry import Retry, persist
from fastdistill.run.teachers.streak import wait_after

SICK = (ConnectionFailed, ServerFailed, TimedOut, Overloaded)
"""Errors that may mean that an endpoint is down."""


@define(eq=False)
class _Asked:
    """One question on its way."""

    call: Call
    endpoint: Endpoint | None = None
    """The one that was asked last; None while a place is waited for."""
    began: float = math.inf
    """When the first call went out."""


@define(kw_only=True)
class Dispatcher:
    """All endpoints of one model. Calls are served in the order they came; back-off holds up no other."""

    endpoints: Sequence[Endpoint]
    owner: str
    """Whose plugin the provider is: its programming errors are told under that name."""
    retry: Retry
    clock: Callable[[], float]
    rng: random.Random
    on_fault: Callable[[Call, ProviderError], None] = lambda _call, _error: None
    """Called with every failed call but the one whose error is raised."""
    failed: Counter[str] = field(factory=Counter, init=False)
    """Calls that brought nothing, by kind of error."""
    retried: Counter[str] = field(factory=Counter, init=False)
    """Retries, by the kind of error before them."""
    waiting_out: int = field(default=0, init=False)
    """Requests that wait to be asked again; they hold no permit."""
    _halt: anyio.Event | None = field(default=None, init=False)
    _halted: bool = field(default=False, init=False)
    _queue: EndpointQueue = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._queue = EndpointQueue(
            endpoints=self.endpoints, clock=self.clock, outage_limit=self.retry.deadline
        )

    @property
    def limit(self) -> int:
        """Return the calls at once over all endpoints that are up."""
        return sum(e.limiter.limit for e in self.endpoints if e.breaker.state == "closed")

    @property
    def in_flight(self) -> int:
        """Return the calls under way."""
        return sum(endpoint.limiter.in_flight for endpoint in self.endpoints)

    def capacity(self) -> float:
        """Return how many requests should be at hand, so that no permit waits for one."""
        return 2 * self.limit + 16 + self.waiting_out

    def halt(self) -> None:
        """Make no more calls.

        Whoever waits is told `RunHalted`, and so are calls that certainly still queue at their endpoint;
        those that may be worked on finish.
        """
        self._halted = True
        self._queue.close()
        if self._halt:
            self._halt.set()
        for endpoint in self.endpoints:
            endpoint.drop_queued()

    async def complete(self, call: Call) -> Completion:
        """Return the answer.

        Raises the error that asking again did not help with, a final one after one call, `RunHalted`, and
        what stops the run: `AuthFailed`, `NotFound`, `TeacherUnusable`, `TeacherUnavailable`.
        """
        asked = _Asked(call)

        async def attempt(_tries: int) -> Completion:
            avoid, asked.endpoint = asked.endpoint, None
            endpoint, permit = await self._queue.acquire(call, avoid)
            asked.endpoint, asked.began = endpoint, min(asked.began, self.clock())
            return await self._ask(endpoint, permit, call, self.retry.deadline - self._spent(asked))

        return await persist(attempt, partial(self._after, asked), self._wait_out)

    def _after(self, asked: "_Asked", error: FastDistillError, tries: int) -> float:
        """Return the seconds to wait before asking again; raise what is to be raised instead."""
        if asked.endpoint is None or not isinstance(error, ProviderError):
            raise error  # no endpoint was asked, or none is at fault
        self.failed[error.kind] += 1
        try:
            delay = wait_after(
                error,
                tries,
                self._spent(asked),
                streak=asked.endpoint.streak,
                retry=self.retry,
                rng=self.rng,
            )
        except FastDistillError as raised:
            if not isinstance(raised, ProviderError):
                self.on_fault(asked.call, error)
            raise
        self.on_fault(asked.call, error)
        self.retried[error.kind] += 1
        return delay

    def _spent(self, asked: "_Asked") -> float:
        return self.clock() - asked.began

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
        try:
            with anyio.move_on_after(left) as scope:
                endpoint.scopes[permit.number] = scope
                with boundary(self.owner, "complete"):
                    got = await endpoint.provider.complete(call)
                got = checked(got)
                self._well(endpoint)
                endpoint.streak.succeed()
                endpoint.limiter.succeed(permit, got)
                return got
            if permit.number in endpoint.dropped:
                raise RunHalted("the run is stopped; this call was still in the endpoint's queue")
            raise TimedOut(f"no answer within the {self.retry.deadline:g} s of `deadline`")
        except RunHalted:
            endpoint.breaker.give_up()
            endpoint.limiter.fail(permit, None)
            raise
        except Exception as error:
            self._unwell(endpoint, error)
            endpoint.limiter.fail(permit, error)
            raise
        except BaseException:
            endpoint.breaker.give_up()
            endpoint.limiter.fail(permit, None)
            raise
        finally:
            endpoint.scopes.pop(permit.number, None)
            self._queue.dispatch()

    def _well(self, endpoint: Endpoint) -> None:
        self._queue.answered = True
        if endpoint.breaker.succeed():
            endpoint.limiter.restore(endpoint.breaker.limit)

    def _unwell(self, endpoint: Endpoint, error: Exception) -> None:
        if isinstance(error, ProviderError):
            self._queue.last_error = error
        if isinstance(error, SICK):
            endpoint.breaker.fail(self.clock(), endpoint.limiter.limit)
        elif isinstance(error, ProviderError):
            self._well(endpoint)  # it refused, but it is there
        else:
            endpoint.breaker.give_up()

    def report(self) -> dict[str, Any]:
        """Return plain data for the timing report: times in seconds, limits in calls at once.

        `occupancy` is the share of the slot-seconds that the limits allowed in which a call was under way.
        """
        busy = sum(endpoint.limiter.busy for endpoint in self.endpoints)
        idle = sum(sum(endpoint.limiter.idle.values()) for endpoint in self.endpoints)
        return {
            "occupancy": busy / (busy + idle) if busy + idle else None,
            "failed_calls": dict(self.failed),
            "retries": dict(self.retried),
            "endpoints": [
                {
                    "identity": scrub(endpoint.provider.identity),
                    "limit": endpoint.limiter.limit,
                    "limits": [asdict(step) for step in endpoint.limiter.history],
                    "busy_slot_seconds": endpoint.limiter.busy,
                    "idle_slot_seconds": dict(endpoint.limiter.idle),
                    "seconds_at_cap": endpoint.limiter.at_cap,
                    "taken_out": endpoint.breaker.opened,
                }
                for endpoint in self.endpoints
            ],
        }


def dispatcher_of(
    providers: Sequence[Provider],
    *,
    owner: str = "the provider",
    retry: Retry,
    clock: Callable[[], float],
    rng: random.Random,
    caps: Sequence[int | None],
    requests_per_minute: float | None = None,
    tokens_per_minute: float | None = None,
    on_fault: Callable[[Call, ProviderError], None] = lambda _call, _error: None,
    why_idle: Callable[[], str] = lambda: "no-work",
) -> Dispatcher:
    """Return one model's endpoints. `caps` bounds each one's calls; allowances are shared evenly."""
    share = len(providers)
    made = [
        Endpoint(
            number,
            provider,
            Limiter(
                clock=clock,
                rng=rng,
                cap=cap,
                requests_per_minute=requests_per_minute and requests_per_minute / share,
                tokens_per_minute=tokens_per_minute and tokens_per_minute / share,
                why_idle=why_idle,
                longest_hold=retry.deadline,
            ),
            CircuitBreaker(rng),
        )
        for number, (provider, cap) in enumerate(zip(providers, caps, strict=True))
    ]
    return Dispatcher(endpoints=made, owner=owner, retry=retry, clock=clock, rng=rng, on_fault=on_fault)
