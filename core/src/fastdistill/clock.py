"""The clock of a gate: its deadline counts work, never waiting for a place to work in."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType

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


class deadline:  # noqa: N801  used as a function is, and entered for every candidate of every gate
    """Raise TimeoutError when the work within takes longer; None: it may take any time."""

    __slots__ = ("_scope", "_token")

    def __init__(self, seconds: float | None) -> None:
        until = float("inf") if seconds is None else anyio.current_time() + seconds
        self._scope = anyio.CancelScope(deadline=until)

    def __enter__(self) -> WorkClock:
        self._scope.__enter__()
        clock = WorkClock(self._scope)
        self._token = _CLOCK.set(clock)
        return clock

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        _CLOCK.reset(self._token)
        caught = bool(self._scope.__exit__(kind, error, traceback))
        if self._scope.cancelled_caught and anyio.current_time() >= self._scope.deadline:
            raise TimeoutError
        return caught


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
