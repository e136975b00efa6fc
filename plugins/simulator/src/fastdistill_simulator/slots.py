"""The slots of a simulated teacher: a silent queue in front of a known number of places."""

import asyncio
from collections import deque
from collections.abc import Callable

from attrs import define, field

from fastdistill_simulator.counters import Counters


@define(eq=False)
class Work:
    """One request on its way: what begins it (giving its seconds) and what ends it."""

    begin: Callable[[], float]
    done: Callable[[], None]
    timer: asyncio.TimerHandle | None = None
    queued: bool = False


@define(kw_only=True)
class Slots:
    """Serves `Work` in order of arrival, `counters.slots` at once. One event loop."""

    loop: asyncio.AbstractEventLoop
    counters: Counters
    _queue: deque[Work] = field(factory=deque)

    @property
    def full(self) -> bool:
        """Whether new work would wait."""
        return self.counters.busy >= self.counters.slots

    def enter(self, work: Work) -> None:
        """Begin `work` now or when its turn comes."""
        if self.full:
            work.queued = True
            self._queue.append(work)
            self.counters.queue_peak = max(self.counters.queue_peak, len(self._queue))
        else:
            self._begin(work)

    def leave(self, work: Work) -> None:
        """The client is gone: give up `work`, freeing its place."""
        if work.queued:
            work.queued = False
            self._queue.remove(work)
        elif work.timer is not None:
            work.timer.cancel()
            work.timer = None
            self._free()

    def _begin(self, work: Work) -> None:
        work.queued = False
        self.counters.change_busy(+1, self.loop.time())
        work.timer = self.loop.call_later(work.begin(), self._end, work)

    def _end(self, work: Work) -> None:
        work.timer = None
        self.counters.finish(self.loop.time())
        work.done()
        self._free()

    def _free(self) -> None:
        self.counters.change_busy(-1, self.loop.time())
        if self._queue and not self.full:
            self._begin(self._queue.popleft())
