"""When a task may start or ask again: the teachers' capacity, the gates' backlog, deferred retries."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Literal

import anyio
from attrs import define, field

from fastdistill.run.limits import StopSignal
from fastdistill.run.progress import RunProgress

PREPARING = 32
"""Tasks whose gates build what they need before a teacher is asked: enough to keep every worker busy."""
PhaseName = Literal["preparing", "asking", "judging", "deferred"]


@define
class Phase:
    """Where one task is on its way; it leaves each phase by entering the next."""

    _flow: "Backpressure"
    _name: PhaseName

    def enter(self, name: PhaseName) -> None:
        """Go on to a phase."""
        self._flow.count[self._name] -= 1
        self._flow.count[name] += 1
        self._name = name
        self._flow.change()

    def end(self) -> None:
        """Leave the last phase."""
        self._flow.count[self._name] -= 1
        self._flow.change()


@define(kw_only=True)
class Backpressure:
    """Counts the tasks in each phase, and makes new work wait for the teachers and the gates."""

    capacity: Callable[[], float]
    """How many tasks may be with the teachers or queue for them."""
    backlog: int
    """Answers at the gates at which no more tasks are started."""
    defer_retries: bool
    """Whether attempts after a task's first wait for the source's end."""
    progress: RunProgress
    signal: StopSignal
    count: Counter[PhaseName] = field(factory=Counter, init=False)
    idle: dict[str, float] = field(factory=dict, init=False)
    """Seconds that starting tasks waited, by cause."""
    _changed: anyio.Event = field(factory=anyio.Event, init=False)
    _source_ended: anyio.Event = field(factory=anyio.Event, init=False)

    def __attrs_post_init__(self) -> None:
        self.signal.subscribe(self._wake_all)

    @property
    def stopped(self) -> bool:
        """Whether nothing more is started."""
        return self.signal.reason is not None

    def start(self, name: PhaseName) -> Phase:
        """Begin with a task; it is in the phase `name`."""
        self.count[name] += 1
        return Phase(self, name)

    def change(self) -> None:
        """Let who waits look again."""
        self._changed.set()

    def source_ended(self) -> None:
        """Let deferred attempts go on: every task has had its first."""
        self.progress.idle_because("source-ended")
        self._source_ended.set()

    async def wait_to_start(self) -> bool:
        """Wait until another task may start; return False when the run is stopped."""
        while not self.stopped and (cause := self._full()) is not None:
            start = time.monotonic()
            self.progress.idle_because(cause)
            await self._wait_for_change()
            self.progress.idle_because("source-slow")
            self.idle[cause] = self.idle.get(cause, 0.0) + time.monotonic() - start
        return not self.stopped

    def _full(self) -> str | None:
        if self.count["judging"] >= self.backlog:
            return "gates-behind"
        if self.count["preparing"] >= PREPARING:
            return "gates-preparing"
        return "teacher-full" if self.count["asking"] >= self.capacity() else None

    async def wait_to_retry(self, phase: Phase) -> bool:
        """Wait with a task's next request; return False when the run is stopped.

        Where a budget is to be made the most of, attempts after the first wait for the source's end.
        """
        if self.defer_retries and self.count["deferred"] < self.backlog:
            phase.enter("deferred")
            await self._source_ended.wait()
        return not self.stopped

    async def wait_until_quiet(self) -> None:
        """Wait until every task that was started is decided, or has deferred its next attempt."""
        self.progress.idle_because("pilot")
        while self.count.total() > self.count["deferred"] and not self.stopped:
            await self._wait_for_change()

    def _wake_all(self) -> None:
        self._changed.set()
        self._source_ended.set()

    async def _wait_for_change(self) -> None:
        self._changed = anyio.Event()
        await self._changed.wait()
