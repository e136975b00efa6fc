"""The clock of a gate: its deadline counts work, never waiting for a place to work in."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import anyio
from attrs import define, field


@define
class WorkClock:
    """Measures one piece of work; it stands still while the work waits for its turn."""

    waited: float = field(default=0.0, init=False)
    """Seconds of waiting so far."""
    _scope: anyio.CancelScope
    _waiting: int = field(default=0, init=False)
    _left: float = field(default=0.0, init=False)
    _since: float = field(default=0.0, init=False)

    def pause(self) -> None:
        """Stop the clock; it goes on when `resume` was called as often."""
        if self._waiting == 0:
            self._since = time.monotonic()
            self._left = self._scope.deadline - anyio.current_time()
            self._scope.deadline = float("inf")
        self._waiting += 1

    def resume(self) -> None:
        """Let the clock go on."""
        self._waiting -= 1
        if self._waiting == 0:
            self.waited += time.monotonic() - self._since
            self._scope.deadline = anyio.current_time() + self._left


_CLOCK: ContextVar[WorkClock | None] = ContextVar("fastdistill_work_clock", default=None)


@contextmanager
def deadline(seconds: float | None) -> Iterator[WorkClock]:
    """Raise TimeoutError when the work within takes longer; None: it may take any time."""
    with anyio.fail_after(seconds) as scope:
        clock = WorkClock(scope)
        token = _CLOCK.set(clock)
        try:
            yield clock
        finally:
            _CLOCK.reset(token)


@contextmanager
def deadline_paused() -> Iterator[None]:
    """Stop the clock of the gate that runs here while it waits for a worker or a slot."""
    clock = _CLOCK.get()
    if clock is None:
        yield
        return
    clock.pause()
    try:
        yield
    finally:
        clock.resume()
