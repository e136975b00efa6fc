"""Warm worker processes for work that may hang or swell: killed at the deadline, and replaced.

A worker is distrusted: it gets no secrets in its environment, its answers are bounded JSON that is never
unpickled, and whatever it does costs only the job that it was given.
"""

import contextlib
import json
import os
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import anyio
from attrs import define

from fastdistill.clock import deadline_paused
from fastdistill.errors import BudgetExceeded, DeadlineExceeded, PluginFault, TaskError, WorkerLost
from fastdistill.run.services.worker_process import HEADER, WorkerProcess

RESULT_LIMIT = 32 * 2**20
SLACK = 2**16
"""Bytes beyond the limit on results for the frame around them and for errors' text."""
LOAD_LIMIT = 120.0
"""Seconds that a worker may take to start and to import a function's module."""


class WorkerException(Exception):
    """What a function raised in a worker, as text; its traceback there is in a note."""


@define
class WorkerUsage:
    """What a pool's jobs cost so far, in seconds of wall clock: waiting for a worker is not work."""

    jobs: int = 0
    waited: float = 0.0
    worked: float = 0.0
    replaced: int = 0
    """Workers that were killed or died."""


class WorkerPool:
    """`size` warm processes, started when first needed. An async context manager; implements `Workers`.

    Callers are served in the order they came. Waiting for a free worker, starting it and importing the
    function's module do not count against a job's deadline. A worker that was killed is replaced at
    once: the new one starts and imports what its predecessors had while others work.
    """

    def __init__(self, size: int | None = None, *, result_limit: int = RESULT_LIMIT) -> None:
        self.size = max(1, size if size is not None else os.cpu_count() or 1)
        self._limit = result_limit
        self._slots = anyio.Semaphore(self.size, fast_acquire=True)
        self._idle: list[WorkerProcess] = []
        self._busy: set[WorkerProcess] = set()
        self._dead: list[WorkerProcess] = []
        self._functions: dict[str, None] = {}
        self._closed = False
        self.usage = WorkerUsage()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        for worker in (*self._idle, *self._busy):
            self._bury(worker)
        self._idle.clear()
        with anyio.CancelScope(shield=True):
            while self._reap():  # noqa: ASYNC110  a process's end sends no event on every platform
                await anyio.sleep(0.002)

    async def run(
        self,
        function: Callable[[Any], Any],
        payload: Any,
        /,
        *,
        deadline: float,
        memory: int | None = None,
        cpu: float | None = None,
    ) -> Any:
        """Run `function(payload)` in a worker; see `fastdistill.Workers`.

        Raises TypeError for a function that a worker cannot import by name or a payload that is not
        JSON data, and RuntimeError when the pool is closed.
        """
        name = name_of(function)
        limits = {"deadline": deadline, "memory": memory, "cpu": cpu, "limit": self._limit}
        frame = _frame({"function": name, "payload": payload} | limits)
        came = time.perf_counter()
        with deadline_paused():
            await self._slots.acquire()
        try:
            if self._closed:
                raise RuntimeError("the worker pool is closed")
            worker = self._take()
            try:
                with deadline_paused():
                    await self._load(worker, name)
                result = await self._work(worker, frame, deadline, name, came)
            except (TaskError, PluginFault):
                self._spare(worker)
                raise
            except BaseException:
                self._bury(worker)
                self._replace()
                raise
            self._spare(worker)
            return result
        finally:
            self._slots.release()

    def _take(self) -> WorkerProcess:
        self._reap()
        while self._idle:
            worker = self._idle.pop()
            if not worker.gone():
                break
            self._bury(worker)
        else:
            worker = self._start()
        self._busy.add(worker)
        return worker

    def _start(self) -> WorkerProcess:
        """Start a process that imports at once what workers before it were asked for."""
        worker = WorkerProcess()
        if self._functions:
            with contextlib.suppress(OSError):  # a job finds out that it is gone
                worker.preload(_frame({"preload": list(self._functions)}))
        return worker

    def _replace(self) -> None:
        self.usage.replaced += 1
        if not self._closed and len(self._idle) + len(self._busy) < self.size:
            try:
                self._idle.insert(0, self._start())  # the last to be taken: it is still importing
            except WorkerLost:
                return  # the next job tries again, and tells why

    async def _load(self, worker: WorkerProcess, name: str) -> None:
        if worker.loading:
            _, names = await self._exchange(worker, b"", LOAD_LIMIT, "import")
            worker.loading = False
            worker.loaded.update(names)
        if name not in worker.loaded:
            reply = await self._exchange(worker, _frame({"function": name}), LOAD_LIMIT, f"import {name}")
            _unwrap(reply, name)
            worker.loaded.add(name)
            self._functions[name] = None

    async def _work(
        self, worker: WorkerProcess, frame: bytes, deadline: float, name: str, came: float
    ) -> Any:
        taken = time.perf_counter()
        self.usage.jobs += 1
        self.usage.waited += taken - came
        try:
            return _unwrap(await self._exchange(worker, frame, deadline, name), name)
        finally:
            self.usage.worked += time.perf_counter() - taken

    async def _exchange(
        self, worker: WorkerProcess, frame: bytes, limit: float, what: str
    ) -> tuple[str, Any]:
        try:
            with anyio.fail_after(limit):
                await worker.send(frame)
                return _parsed(await worker.receive(self._limit + SLACK), what)
        except TimeoutError as error:
            raise DeadlineExceeded(f"{what} did not end within {limit:g} s and was killed") from error
        except (EOFError, OSError, anyio.ClosedResourceError) as error:
            cause = await worker.cause()
            if cause.out_of_cpu:
                raise BudgetExceeded(f"{what} used more processor time than it may") from error
            raise WorkerLost(f"the worker in {what} died ({cause.text})") from error

    def _spare(self, worker: WorkerProcess) -> None:
        if self._closed:
            self._bury(worker)
        else:
            self._busy.discard(worker)
            self._idle.append(worker)

    def _bury(self, worker: WorkerProcess) -> None:
        self._busy.discard(worker)
        worker.kill()
        if worker not in self._dead:
            self._dead.append(worker)

    def _reap(self) -> int:
        """Collect the exit codes of the killed; how many have not gone yet."""
        self._dead = [worker for worker in self._dead if not worker.gone()]
        return len(self._dead)


def name_of(function: Callable[[Any], Any]) -> str:
    """`module:qualname`, by which a worker imports `function`. Raises TypeError if it cannot."""
    module, qualname = getattr(function, "__module__", None), getattr(function, "__qualname__", "<")
    if not module or module == "__main__" or "<" in qualname:
        raise TypeError(f"{function!r} cannot run in a worker: it must be a module's top-level function")
    return f"{module}:{qualname}"


def _frame(request: dict[str, Any]) -> bytes:
    body = json.dumps(request, separators=(",", ":")).encode()
    return HEADER.pack(len(body)) + body


def _parsed(body: bytes, what: str) -> tuple[str, Any]:
    try:
        tag, data = json.loads(body)
        if isinstance(tag, str):
            return tag, data
    except (ValueError, TypeError, RecursionError):
        pass
    raise WorkerLost(f"the worker in {what} answered with something unreadable and was killed")


def _unwrap(reply: tuple[str, Any], name: str) -> Any:
    module, _, qualname = name.partition(":")
    match reply:
        case ("result", data):
            return data
        case ("loaded", None):
            return None
        case ("task", [str(reason), str(detail)]):
            raise TaskError(reason, detail)
        case ("fault", [str(kind), str(text), str(trace)]):
            cause = WorkerException(f"{kind}: {text}" if text else kind)
            cause.add_note(trace)
            raise PluginFault(module, qualname, cause) from cause
        case ("lost", str(why)):
            raise WorkerLost(f"the worker in {name} was lost: {why}")
    raise WorkerLost(f"the worker in {name} broke the protocol with {reply[0]!r:.40}")
