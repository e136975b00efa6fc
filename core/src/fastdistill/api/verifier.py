r"""The verifier: a scenario's gates for one caller, as a reward or in a notebook.

    with fastdistill.verifier("math") as verifier:
        verifier.verify({"problem": "What is 6*7?", "answer": "42"}, "It is \boxed{42}.").reward   # 1.0

No teacher and no run folder are needed. A verdict is that of `fd run` and `fd audit` with equal settings.
"""

from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import anyio.to_thread

from fastdistill.api.judging import Caching, Judge, opener
from fastdistill.api.plans import plan_of
from fastdistill.api.thread import LoopThread, awaited
from fastdistill.api.verified import Verified
from fastdistill.run.plan import Plan

Pair = tuple[Mapping[str, Any], str]

CHUNK = 8
"""Items that cross into the loop's thread together: a crossing costs about 0.1 ms."""
IN_FLIGHT = 16
"""Chunks on their way at once: enough to keep every worker busy behind one slow item."""


class _Opened:
    """What both verifiers share: the plan and the thread in which its gates are open."""

    def __init__(
        self, plan: Plan, *, base: Path | str = ".", caching: Caching | None = None, retries: int = 1
    ) -> None:
        self.plan = plan
        self._thread: LoopThread[Judge] = LoopThread(
            opener(plan, base=Path(base), caching=caching or Caching(), retries=retries),
            name=f"verifier-{plan.config.scenario}",
        )

    def __repr__(self) -> str:
        gates = ", ".join(gate.name for gate in self.plan.gates)
        return f"<{type(self).__name__} {self.plan.config.scenario!r}: {gates}>"


class Verifier(_Opened):
    """Judges replies to rows; thread-safe, usable after a fork and inside a running event loop.

    A context manager: on leaving it the gates' processes end. Made by `verifier`.
    """

    def __enter__(self) -> Self:
        self._thread.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the gates' processes. A verifier that is closed cannot be used again."""
        self._thread.close()

    def verify(self, task: Mapping[str, Any], reply: str) -> Verified:
        """Judge one reply to a task, which is a row as in a task file.

        Raises `UsageError` for a row that is no task of the scenario or has no gold, and for a reply that
        is not text. Whatever else goes wrong is an undecided answer with its reason.
        """
        return self._thread.call(lambda judge: judge.verify(task, reply))

    def verify_many(self, pairs: Iterable[Pair]) -> Iterator[Verified]:
        """Judge many `(task, reply)` pairs side by side; answers come in the order of the pairs, lazily.

        An item that is no task or no text is undecided with the reason `bad-input`; the others go on.
        """
        flying = deque[Future[list[Verified]]]()
        try:
            for chunk in _chunks(pairs):
                flying.append(self._thread.submit(partial(_verify_all, chunk)))
                if len(flying) >= IN_FLIGHT:
                    yield from flying.popleft().result()
            while flying:
                yield from flying.popleft().result()
        finally:
            for future in flying:
                future.cancel()


class AsyncVerifier(_Opened):
    """Does what `Verifier` does, awaited: under asyncio or trio, whose loop goes on meanwhile."""

    async def __aenter__(self) -> Self:
        await anyio.to_thread.run_sync(self._thread.open)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End the gates' processes. A verifier that is closed cannot be used again."""
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(self._thread.close)

    async def verify(self, task: Mapping[str, Any], reply: str) -> Verified:
        """Judge one reply; see `Verifier.verify`."""
        return await self._thread.acall(lambda judge: judge.verify(task, reply))

    async def verify_many(self, pairs: Iterable[Pair] | AsyncIterable[Pair]) -> AsyncIterator[Verified]:
        """Judge many pairs side by side, in order; see `Verifier.verify_many`."""
        await anyio.to_thread.run_sync(self._thread.open)
        flying = deque[Future[list[Verified]]]()
        try:
            async for chunk in _achunks(pairs):
                flying.append(self._thread.submit(partial(_verify_all, chunk)))
                if len(flying) >= IN_FLIGHT:
                    for found in await awaited(flying.popleft()):
                        yield found
            while flying:
                for found in await awaited(flying.popleft()):
                    yield found
        finally:
            for future in flying:
                future.cancel()


async def _verify_all(chunk: Sequence[Pair], judge: Judge) -> list[Verified]:
    return await judge.verify_all(chunk)


def _chunks(pairs: Iterable[Pair]) -> Iterator[Sequence[Pair]]:
    chunk = list[Pair]()
    for pair in pairs:
        chunk.append(pair)
        if len(chunk) >= CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


async def _achunks(pairs: Iterable[Pair] | AsyncIterable[Pair]) -> AsyncIterator[Sequence[Pair]]:
    if not isinstance(pairs, AsyncIterable):
        for chunk in _chunks(pairs):
            yield chunk
        return
    held = list[Pair]()
    async for pair in pairs:
        held.append(pair)
        if len(held) >= CHUNK:
            yield held
            held = []
    if held:
        yield held


def verifier(
    scenario: str,
    *,
    base: Path | str = ".",
    tasks_cached: int = 4096,
    verdicts_cached: int = 65_536,
    retries: int = 1,
    **settings: Any,
) -> Verifier:
    """Make a verifier of a scenario's gates.

    `settings` are keys of a run file: `gates=["sympy", my_rule]`, `exec_evals={"sqlite": {...}}`,
    `gate_deadline=30`, `accept_unmatched=True`. Paths inside rows are relative to `base`. Tasks and decided
    verdicts are remembered by content, as many as said. An item that our clock or a lost worker left
    undecided is judged again `retries` times. Raises `UsageError` or `PluginError` for settings that cannot
    be, at once.
    """
    caching = Caching(tasks=tasks_cached, verdicts=verdicts_cached)
    plan = plan_of("verifier", {"scenario": scenario, **settings}, asks=False)
    return Verifier(plan, base=base, caching=caching, retries=retries)


def averifier(
    scenario: str,
    *,
    base: Path | str = ".",
    tasks_cached: int = 4096,
    verdicts_cached: int = 65_536,
    retries: int = 1,
    **settings: Any,
) -> AsyncVerifier:
    """Make an awaited verifier; see `verifier`."""
    caching = Caching(tasks=tasks_cached, verdicts=verdicts_cached)
    plan = plan_of("averifier", {"scenario": scenario, **settings}, asks=False)
    return AsyncVerifier(plan, base=base, caching=caching, retries=retries)
