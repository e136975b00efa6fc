"""Judges replies to rows inside the verifier's loop, with caches of tasks and verdicts."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, Generic, TypeVar

import anyio
from attrs import define, field, frozen

from fastdistill.api.rows import MemoryRows
from fastdistill.api.verified import Verified, unverified, verified
from fastdistill.errors import FastDistillError, TaskError, UsageError, boundary
from fastdistill.model.answer import Choice, Completion
from fastdistill.model.task import BadTask, Task, canonical_json
from fastdistill.model.verdict import Outcome
from fastdistill.run.audit.cases import open_for_audit
from fastdistill.run.gates.pipeline import GatePipeline
from fastdistill.run.plan import Plan

V = TypeVar("V")

TRANSIENT = frozenset(["deadline", "worker-lost", "gate-error"])
"""Reasons of an undecided verdict that a second look may decide: our clock, our workers."""


SIDE_BY_SIDE = 4
"""Items of one call that are judged at once; callers have several calls under way."""


@define
class Recent(Generic[V]):
    """The `size` values used last; none where `size` is 0."""

    size: int
    _held: OrderedDict[Any, V] = field(factory=OrderedDict, init=False)

    def get(self, key: object) -> V | None:
        """Return the value of `key`, which is now the last used, or None."""
        found = self._held.get(key)
        if found is not None:
            self._held.move_to_end(key)
        return found

    def put(self, key: object, value: V) -> None:
        """Keep `value`, and forget what was not used for longest."""
        if self.size:
            self._held[key] = value
            while len(self._held) > self.size:
                self._held.popitem(last=False)


@frozen(kw_only=True)
class Caching:
    """How many tasks and verdicts a verifier remembers; 0 for none."""

    tasks: int = 4096
    verdicts: int = 65_536


@define(kw_only=True)
class Judge:
    """The open gates of one plan, asked about rows and replies."""

    gates: GatePipeline
    plan: Plan
    base: Path
    retries: int
    """How often an item is judged again that our own clock or worker left undecided."""
    _tasks: Recent[Task[Any]]
    _verdicts: Recent[Verified]

    def task(self, row: Mapping[str, Any]) -> Task[Any]:
        """Make the task of a row. Raises `UsageError` naming what is wrong with it."""
        if not isinstance(row, Mapping):
            raise UsageError(f"a task is a mapping such as a row of a task file, not {row!r:.80}")
        key = _content(row) if self._tasks.size else None
        found = self._tasks.get(key) if key is not None else None
        if found is None:
            found = self._made(row)
            if key is not None:
                self._tasks.put(key, found)
        return found

    def _made(self, row: Mapping[str, Any]) -> Task[Any]:
        named = (
            row if isinstance(row.get("task_id"), str) and row["task_id"] else {**row, "task_id": "item"}
        )
        source = MemoryRows(held=(named,), base=self.base)
        with boundary(self.gates.owner, "tasks"):
            items = list(self.gates.scenario.tasks(source))
        made = items[0] if len(items) == 1 else BadTask(line=1, detail="the scenario makes no task of it")
        if isinstance(made, BadTask):
            raise UsageError(f"this row is no task of {self.plan.config.scenario!r}: {made.detail}")
        if not made.has_gold and not self.plan.config.accept_unmatched:
            raise UsageError(
                f"this row of {self.plan.config.scenario!r} has no gold to compare with; add it, or open "
                "the verifier with accept_unmatched=True to judge by the other gates alone"
            )
        return made

    async def verify(self, row: Mapping[str, Any], reply: str) -> Verified:
        """Judge one reply. Raises `UsageError` for a row or reply that is none."""
        if not isinstance(reply, str):
            raise UsageError(f"a reply is text, not {reply!r:.80}")
        task = self.task(row)
        key = (task.canonical_input, task.payload, reply) if self._verdicts.size else None
        try:
            known = self._verdicts.get(key) if key is not None else None
        except TypeError:  # a payload that cannot be hashed
            key = known = None
        if known is not None:
            return known
        found = await self._judged(task, reply)
        if key is not None and found.outcome is not Outcome.ERROR:
            self._verdicts.put(key, found)
        return found

    async def _judged(self, task: Task[Any], reply: str) -> Verified:
        completion = Completion(choices=(Choice(text=reply, finish="stop"),), model="verifier")
        for left in range(self.retries, -1, -1):
            try:
                judged = await self.gates.judge(task, completion, 0, 1)
            except TaskError as error:
                return unverified(error.reason, error.detail)
            except FastDistillError as error:
                return unverified("gate-error", str(error))
            found = verified(
                judged, has_gold=task.has_gold, accept_unmatched=self.plan.config.accept_unmatched
            )
            if found.outcome is not Outcome.ERROR or found.reason not in TRANSIENT or not left:
                return found
        raise AssertionError("the last try returns")

    async def verify_all(self, pairs: Sequence[tuple[Mapping[str, Any], str]]) -> list[Verified]:
        """Judge several replies side by side, in order; an item that is none is undecided, `bad-input`."""
        found = list[Verified | None]([None] * len(pairs))
        left = iter(range(len(pairs)))

        async def work() -> None:
            for at in left:
                try:
                    row, reply = pairs[at]
                    found[at] = await self.verify(row, reply)
                except (UsageError, TypeError, ValueError) as error:
                    found[at] = unverified("bad-input", str(error))

        async with anyio.create_task_group() as group:
            for _ in range(min(SIDE_BY_SIDE, len(pairs))):
                group.start_soon(work)
        return [one for one in found if one is not None]


def _content(row: Mapping[str, Any]) -> bytes | None:
    """Return the digest of a row's content; None for one that JSON cannot hold, which is not cached."""
    try:
        return sha256(canonical_json(row, path="task").encode()).digest()
    except ValueError:
        return None


def opener(
    plan: Plan, *, base: Path, caching: Caching, retries: int
) -> Callable[[], AbstractAsyncContextManager[Judge]]:
    """Return what opens the judge of `plan`, as often as it is asked to."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Judge]:
        async with open_for_audit(plan) as gates:
            yield Judge(
                gates=gates,
                plan=plan,
                base=base,
                retries=retries,
                tasks=Recent(caching.tasks),
                verdicts=Recent(caching.verdicts),
            )

    return opened
