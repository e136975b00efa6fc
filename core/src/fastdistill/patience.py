"""A gate's deadline counts its work, never its waiting for a place to work in."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import anyio
from attrs import define, field


@define
class _Clock:
    scope: anyio.CancelScope
    waiting: int = field(default=0, init=False)
    left: float = field(default=0.0, init=False)


_CLOCK: ContextVar[_Clock | None] = ContextVar("fastdistill_gate_clock", default=None)


@contextmanager
def deadline(seconds: float | None) -> Iterator[None]:
    """Raise TimeoutError when the work within takes longer; None: it may take any time."""
    with anyio.fail_after(seconds) as scope:
        token = _CLOCK.set(_Clock(scope))
        try:
            yield
        finally:
            _CLOCK.reset(token)


@contextmanager
def deadline_paused() -> Iterator[None]:
    """Stop the clock of the gate that runs here while it waits for a worker or a slot."""
    clock = _CLOCK.get()
    if clock is None:
        yield
        return
    if clock.waiting == 0:
        clock.left = clock.scope.deadline - anyio.current_time()
        clock.scope.deadline = float("inf")
    clock.waiting += 1
    try:
        yield
    finally:
        clock.waiting -= 1
        if clock.waiting == 0:
            clock.scope.deadline = anyio.current_time() + clock.left
