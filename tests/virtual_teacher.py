"""A teacher and its client in virtual time: the limiter's tests are exact, and take no time."""

import heapq
import math
import random
from collections import deque
from collections.abc import Callable
from itertools import count
from typing import Any

from attrs import define, field

from fastdistill import Choice, Completion, ProviderError, RateLimited
from fastdistill.run.teachers.concurrency.limiter import Limiter, Permit
from fastdistill.run.teachers.retry import Retry

ANSWER = Completion(choices=(Choice(text="4"),), model="virtual")


@define(kw_only=True)
class VirtualTeacher:
    """Slots behind a silent queue, or refusals when full; log-normal latency; faults by chance."""

    slots: int = 64
    full: str = "queue"
    mean: float = 1.0
    sigma: float = 0.5
    seed: int = 0
    fault: Callable[[random.Random], ProviderError | None] = lambda _rng: None
    per_minute: float | None = None
    stretch: Callable[[float], float] = lambda _now: 1.0
    now: float = 0.0
    busy: int = 0
    busy_seconds: float = 0.0
    over_seconds: float = 0.0
    most: int = 0
    answered: int = 0
    refused: int = 0
    asked_at: list[float] = field(factory=list)
    _rng: random.Random = field(init=False)
    _events: list[tuple[float, int, Callable[[], None]]] = field(factory=list)
    _queue: deque[Callable[[], None]] = field(factory=deque)
    _ids: Any = field(factory=count)
    _bucket: float = 0.0
    _filled: float = 0.0
    _alarm: float = -1.0
    _limiter: Limiter = field(init=False)
    _ready: deque[int] = field(init=False)
    _retry: Retry = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._rng = random.Random(self.seed)
        self._bucket = (self.per_minute or 0.0) / 30

    def clock(self) -> float:
        return self.now

    def limiter(self, **options: Any) -> Limiter:
        return Limiter(clock=self.clock, rng=random.Random(self.seed), **options)

    @property
    def occupancy(self) -> float:
        return self.busy_seconds / self.slots / self.now

    def later(self, delay: float, what: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self.now + delay, next(self._ids), what))

    def serve(
        self, limiter: Limiter, tasks: int, *, until: float = math.inf, retry: Retry | None = None
    ) -> int:
        """Ask `tasks` questions through `limiter`, all at hand from the start; how many calls it took."""
        self._retry = retry or Retry(retries=1000, deadline=math.inf)
        self._limiter, self._ready = limiter, deque([0] * tasks)
        return self.serve_on(until=until)

    def serve_on(self, *, until: float = math.inf) -> int:
        """Go on with what was begun; how many calls were made in all."""
        self._fill()
        while self._events and self.now < until:
            at, _, what = heapq.heappop(self._events)
            self._pass(at)
            what()
            self._fill()
            self.most = max(self.most, self._limiter.in_flight)
        return len(self.asked_at)

    def _fill(self) -> None:
        while self._ready and (permit := self._limiter.acquire()):
            self._call(permit, self._ready.popleft() + 1)
        wait = self._limiter.ready_in()
        if self._ready and 0 < wait < math.inf and self.now + wait > self._alarm:
            self._alarm = self.now + wait + 1e-6
            self.later(wait + 1e-6, lambda: None)

    def _pass(self, at: float) -> None:
        passed, self.now = at - self.now, at
        self.busy_seconds += passed * self.busy
        self.over_seconds += passed * (self._limiter.in_flight > 1.5 * self.slots)

    def _call(self, permit: Permit, tries: int) -> None:
        self.asked_at.append(self.now)
        error = self.fault(self._rng) or self._no_room()

        def refuse(error: ProviderError) -> None:
            self.refused += 1
            self._limiter.fail(permit, error)
            delay = self._retry.delay(error, tries, 0.0, self._rng)
            assert delay is not None
            self.later(delay, lambda: self._ready.append(tries))

        def begin() -> None:
            self.busy += 1
            mean = self.mean * self.stretch(self.now)
            self.later(self._rng.lognormvariate(math.log(mean) - self.sigma**2 / 2, self.sigma), end)

        def end() -> None:
            self.busy -= 1
            self.answered += 1
            self._limiter.succeed(permit, ANSWER)
            if self._queue:
                self._queue.popleft()()

        if error is not None:
            self.later(0.02, lambda: refuse(error))
        elif self.busy < self.slots:
            begin()
        else:
            self._queue.append(begin)

    def _no_room(self) -> ProviderError | None:
        if self.per_minute:
            filled = self._bucket + (self.now - self._filled) * self.per_minute / 60
            self._bucket, self._filled = min(filled, self.per_minute / 30), self.now
            if self._bucket < 1:
                return RateLimited("slow down", status=429)
            self._bucket -= 1
        if self.full != "queue" and self.busy >= self.slots:
            return RateLimited("full", status=429)
        return None
