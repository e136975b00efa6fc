"""Real services and scripted teachers, for the tests of plugins."""

import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio

from fastdistill.errors import UsageError
from fastdistill.model.answer import Call, Choice, Completion
from fastdistill.protocols import Provider
from fastdistill.run.services.artifacts import Store
from fastdistill.run.services.services import RunServices
from fastdistill.run.services.worker_pool import WorkerPool

Reply = str | Completion | Exception


class ScriptedTeacher:
    """A provider that answers from a script and remembers what it was asked, in `calls`.

    The script is a function of the call, or replies in order: text, a `Completion`, or an error to raise.
    An exhausted script fails the test.
    """

    def __init__(
        self, script: Callable[[Call], Reply] | Iterable[Reply], *, identity: str = "scripted"
    ) -> None:
        self._identity = identity
        self._next = script if callable(script) else _in_order(script)
        self.calls: list[Call] = []

    @property
    def identity(self) -> str:
        """As given."""
        return self._identity

    async def complete(self, call: Call, /) -> Completion:
        """The next reply of the script; raises it if it is an error."""
        self.calls.append(call)
        reply = self._next(call)
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, str):
            return Completion(choices=(Choice(text=reply, finish="stop"),), model=self._identity)
        return reply


def _in_order(replies: Iterable[Reply]) -> Callable[[Call], Reply]:
    left = iter(replies)

    def reply(call: Call) -> Reply:
        for found in left:
            return found
        raise AssertionError(f"the scripted teacher has no reply left for {call!r:.300}")

    return reply


@asynccontextmanager
async def lend(
    *,
    teachers: Mapping[str, Provider] | None = None,
    seed: int = 0,
    workers: int = 1,
    transport: Any = None,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncIterator[RunServices]:
    """Services as a run gives them: real workers, an empty store, a folder that is gone at the end.

    `teachers` are served by name as they are: nothing paces, caches or retries them.
    """
    known = dict(teachers or {})

    async def teacher(name: str) -> Provider:
        if name not in known:
            raise UsageError(f"there is no teacher {name!r}; the test gives {sorted(known)}")
        return known[name]

    with tempfile.TemporaryDirectory(prefix="fastdistill-") as folder:
        tmp, store = Path(folder, "tmp"), Path(folder, "store")
        await anyio.Path(tmp).mkdir()
        async with WorkerPool(workers) as pool:
            yield RunServices(
                workers=pool,
                tmp=tmp,
                seed=seed,
                transport=transport,
                clock=clock,
                store=Store(store),
                teacher=teacher,
            )
