"""Warm worker processes for work that may hang or swell: killed at the deadline, and replaced.

A worker is distrusted: it gets no secrets in its environment, its answers are bounded JSON that is never
unpickled, and whatever it does costs only the job that it was given.
"""

import json
import os
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import anyio

from fastdistill.errors import DeadlineExceeded, PluginFault, TaskError, WorkerLost
from fastdistill.run.services.worker_process import HEADER, WorkerProcess

RESULT_LIMIT = 32 * 2**20
SLACK = 2**16
"""Bytes beyond the limit on results for the frame around them and for errors' text."""
LOAD_LIMIT = 120.0
"""Seconds that a worker may take to start and to import a function's module."""


class WorkerException(Exception):
    """What a function raised in a worker, as text; its traceback there is in a note."""


class WorkerPool:
    """`size` warm processes, started when first needed. An async context manager; implements `Workers`.

    Callers are served in the order they came. Waiting for a free worker, starting it and importing the
    function's module do not count against a job's deadline.
    """

    def __init__(self, size: int | None = None, *, result_limit: int = RESULT_LIMIT) -> None:
        self.size = max(1, size if size is not None else os.cpu_count() or 1)
        self._limit = result_limit
        self._slots = anyio.Semaphore(self.size, fast_acquire=True)
        self._idle: list[WorkerProcess] = []
        self._busy: set[WorkerProcess] = set()
        self._dead: list[WorkerProcess] = []
        self._closed = False

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
    ) -> Any:
        """`function(payload)` in a worker; see `fastdistill.Workers`.

        Raises TypeError for a function that a worker cannot import by name or a payload that is not
        JSON data, and RuntimeError when the pool is closed.
        """
        name = name_of(function)
        request = {"function": name, "payload": payload, "deadline": deadline, "memory": memory}
        frame = _frame(request | {"limit": self._limit})
        async with self._slots:
            if self._closed:
                raise RuntimeError("the worker pool is closed")
            worker = self._take()
            try:
                if name not in worker.loaded:
                    await self._load(worker, name)
                result = _unwrap(await self._exchange(worker, frame, deadline, name), name)
            except (TaskError, PluginFault):
                self._spare(worker)
                raise
            except BaseException:
                self._bury(worker)
                raise
            self._spare(worker)
            return result

    def _take(self) -> WorkerProcess:
        self._reap()
        while self._idle:
            worker = self._idle.pop()
            if not worker.gone():
                break
            self._bury(worker)
        else:
            worker = WorkerProcess()
        self._busy.add(worker)
        return worker

    async def _load(self, worker: WorkerProcess, name: str) -> None:
        reply = await self._exchange(worker, _frame({"function": name}), LOAD_LIMIT, f"import {name}")
        _unwrap(reply, name)
        worker.loaded.add(name)

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
            raise WorkerLost(f"the worker in {what} died ({await worker.cause()})") from error

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
