"""One event loop in a thread of its own, for callers that have none, or one that is already running.

It is made on first use in each process: a thread does not survive a fork, so a child makes its own.
"""

import asyncio
import os
import threading
import weakref
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, ExitStack, suppress
from contextvars import Context
from typing import Any, Generic, TypeVar

import anyio
import anyio.lowlevel
import anyio.to_thread
from anyio import from_thread

T = TypeVar("T")
R = TypeVar("R")

_ALL: "weakref.WeakSet[LoopThread[Any]]" = weakref.WeakSet()
_LEFT_BY_PARENT: list[object] = []
"""What a child inherited and may not touch: no destructor of it must ever run there."""


class LoopThread(Generic[T]):
    """A resource opened inside a loop of its own, and calls into that loop.

    Thread-safe. `opened` is entered on first use and left by `close`. After a fork the child starts with
    neither thread nor resource and opens its own.
    """

    def __init__(self, opened: Callable[[], AbstractAsyncContextManager[T]], *, name: str) -> None:
        self._opened, self._name = opened, name
        self._reset()
        _ALL.add(self)

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._stack: ExitStack | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._resource: T | None = None
        self._closed = False

    def forget(self) -> None:
        """Drop what the parent process owns, in a child, without closing it."""
        _LEFT_BY_PARENT.append((self._stack, self._loop, self._resource, self._lock))
        closed = self._closed
        self._reset()
        self._closed = closed

    def _running(self) -> tuple[asyncio.AbstractEventLoop, T]:
        loop, resource = self._loop, self._resource
        if loop is not None and resource is not None:
            return loop, resource
        with self._lock:
            if self._closed:
                raise RuntimeError(f"the {self._name} is closed")
            if self._loop is None or self._resource is None:
                with ExitStack() as stack:
                    portal = stack.enter_context(
                        from_thread.start_blocking_portal("asyncio", name=f"fastdistill-{self._name}")
                    )
                    self._resource = stack.enter_context(portal.wrap_async_context_manager(self._opened()))
                    self._loop = portal.call(_running_loop)
                    self._stack = stack.pop_all()
            return self._loop, self._resource

    def open(self) -> None:
        """Open the resource now rather than at the first call. Raises what opening raises."""
        self._running()

    def submit(self, function: Callable[[T], Coroutine[Any, Any, R]]) -> "Future[R]":
        """Start `function(resource)` in the loop without waiting for it."""
        loop, resource = self._running()
        # An empty context: the caller's says which async library runs there, and it may be another.
        return Context().run(asyncio.run_coroutine_threadsafe, function(resource), loop)

    def call(self, function: Callable[[T], Coroutine[Any, Any, R]]) -> R:
        """Wait for `function(resource)`; an interrupted wait cancels it."""
        loop, resource = self._running()
        crossing = _Crossing(loop, function(resource))
        loop.call_soon_threadsafe(crossing.start, context=Context())
        return crossing.result()

    async def acall(self, function: Callable[[T], Coroutine[Any, Any, R]]) -> R:
        """Do as `call`, for a caller in another event loop, which goes on meanwhile."""
        if self._loop is None or self._resource is None:
            await anyio.to_thread.run_sync(self.open)
        return await awaited(self.submit(function))

    def close(self) -> None:
        """Close the resource and end the thread; a second call does nothing."""
        with self._lock:
            stack, self._stack = self._stack, None
            self._loop = self._resource = None
            self._closed = True
        if stack is not None:
            stack.close()


class _Crossing(Generic[R]):
    """One coroutine run in another thread's loop while this thread waits.

    A lock in place of a future, which takes a lock, a condition and two more callbacks each: about half the
    cost of `asyncio.run_coroutine_threadsafe` (`tests/bench/bench_verifier.py overhead`). The task releases
    it itself, so that nobody waits for the loop's next turn.
    """

    __slots__ = ("_coroutine", "_ended", "_error", "_found", "_loop", "_task")

    def __init__(self, loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, R]) -> None:
        self._loop, self._coroutine = loop, coroutine
        self._task: asyncio.Task[None] | None = None
        self._found: list[R] = []
        self._error: BaseException | None = None
        self._ended = threading.Lock()
        self._ended.acquire()

    def start(self) -> None:
        """Begin, in the loop's thread."""
        self._task = self._loop.create_task(self._run())
        self._task.add_done_callback(self._dropped)

    def _dropped(self, _: object) -> None:
        """Let the waiting thread go where the loop ended before the task's first step."""
        if self._error is None and not self._found:
            self._coroutine.close()
            self._error = asyncio.CancelledError()
            self._ended.release()

    async def _run(self) -> None:
        try:
            self._found.append(await self._coroutine)
        except BaseException as error:  # noqa: BLE001  raised where it is waited for
            self._error = error
        self._ended.release()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def result(self) -> R:
        """Wait for the end and return its result. Raises `CancelledError` where the loop ended first."""
        try:
            self._ended.acquire()
        except BaseException:
            self._loop.call_soon_threadsafe(self._cancel)
            raise
        if isinstance(self._error, asyncio.CancelledError):
            raise CancelledError
        if self._error is not None:
            raise self._error
        return self._found[0]


async def _running_loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


async def awaited(future: "Future[R]") -> R:
    """Wait for a future of another thread, on either backend; a cancelled wait cancels it."""
    done, native = anyio.Event(), anyio.lowlevel.current_token().native_token
    soon = getattr(native, "call_soon_threadsafe", None) or getattr(native, "run_sync_soon")  # noqa: B009

    def wake(_: object) -> None:
        # Never waits: this runs in the other loop's thread. A loop that is gone has nobody waiting.
        with suppress(RuntimeError):
            soon(done.set)

    future.add_done_callback(wake)
    try:
        await done.wait()
    except BaseException:
        future.cancel()
        raise
    return future.result()


def _after_fork() -> None:
    for one in list(_ALL):
        one.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def loop_is_running() -> bool:
    """Return whether the caller stands inside an event loop, as in a notebook."""
    try:
        anyio.get_current_task()
    except RuntimeError:  # anyio.NoEventLoopError
        return False
    return True


def in_a_thread_beside_a_loop(function: Callable[[], R]) -> R:
    """Call `function`, which starts a loop of its own; in another thread where one is running here."""
    if not loop_is_running():
        return function()
    with ThreadPoolExecutor(1, thread_name_prefix="fastdistill") as pool:
        return pool.submit(function).result()
