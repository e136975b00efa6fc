"""Tasks come in: identities, duplicates, and what a resumed run has already settled."""

from bisect import insort
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import islice
from operator import itemgetter
from typing import Any

from attrs import define, field

from fastdistill.errors import boundary
from fastdistill.model.task import BadTask, Task
from fastdistill.protocols import Scenario, Source
from fastdistill.run.ledger.ledger import Ledger
from fastdistill.run.ledger.rows import Statement, clean
from fastdistill.settings import shard_of

BATCH = 128
_TASK = "INSERT OR IGNORE INTO tasks VALUES (?,?,?,?,?,?,?,?)"
_BAD = "INSERT OR IGNORE INTO bad_tasks VALUES (?,?,?,?,?)"
TWICE = "duplicate-task-id"


def twice(task_id: str, line: int) -> str:
    """What is said of a task whose name stands already in `line`."""
    return f"task_id {task_id!r} stands twice; its first is in line {line}"


@define(kw_only=True)
class Admission:
    """Reads a source in batches and enters each task in the ledger once."""

    scenario: Scenario[Any]
    owner: str
    source: Source
    ledger: Ledger
    limit: int | None = None
    shard: str | None = None
    sample: int = 0
    """How many tasks with gold to keep for the gates' audit."""
    kept: list[tuple[str, Task[Any]]] = field(factory=list, init=False)
    """Those with the smallest sample_id: as random as sha256 is, and the same however the run went."""
    seen: int = field(default=0, init=False)
    duplicates: int = field(default=0, init=False)
    bad: int = field(default=0, init=False)
    _position: int = field(default=0, init=False)
    _taken: int = field(default=0, init=False)
    _items: Iterator[Task[Any] | BadTask] | None = field(default=None, init=False)

    def batch(self) -> list[Task[Any]] | None:
        """The next tasks that are not settled; None at the source's end. Blocks: call it in a thread."""
        if self._items is None:
            with boundary(self.owner, "tasks"):
                self._items = iter(self.scenario.tasks(self.source))
        items = self._next()
        if not items:
            return None
        statements, tasks = list[Statement](), list[tuple[int, Task[Any], bytes]]()
        for item in items:
            self._position += 1
            if isinstance(item, BadTask):
                statements.append(self._bad(item, self._position))
                continue
            digest = sha256(item.canonical_input.encode()).digest()
            if self._mine(digest):
                tasks.append((self._position, item, digest))
                self._keep(item)
        fresh = self._enter(tasks, statements)
        self.ledger.write(statements)
        return fresh

    def _next(self) -> list[Task[Any] | BadTask]:
        room = BATCH if self.limit is None else min(BATCH, self.limit - self._taken)
        assert self._items is not None  # noqa: S101  set by the caller
        with boundary(self.owner, "tasks"):
            items = list(islice(self._items, max(0, room)))
        self._taken += len(items)
        return items

    def _mine(self, digest: bytes) -> bool:
        if self.shard is None:
            return True
        part, parts = shard_of(self.shard)
        return int.from_bytes(digest[:8], "big") % parts == part - 1

    def _keep(self, task: Task[Any]) -> None:
        if not task.has_gold or not self.sample:
            return
        if len(self.kept) < self.sample or task.sample_id < self.kept[-1][0]:
            insort(self.kept, (task.sample_id, task), key=itemgetter(0))
            del self.kept[self.sample :]

    def _bad(self, item: BadTask, position: int) -> Statement:
        self.seen += 1
        self.bad += 1
        task_id = clean(item.task_id) if item.task_id is not None else None
        return _BAD, (position, item.line, task_id, item.reason, clean(item.detail))

    def _enter(
        self, tasks: Sequence[tuple[int, Task[Any], bytes]], statements: list[Statement]
    ) -> list[Task[Any]]:
        known = self._known(tasks)
        by_input = self._by_input(tasks)
        fresh, names = list[Task[Any]](), dict[str, int]()
        for position, task, digest in tasks:
            there = known.get(task.task_id)
            if (there is not None and there["position"] != position) or task.task_id in names:
                first = names.get(task.task_id) or (there["line"] if there is not None else 0)
                bad = BadTask(
                    line=task.line, reason=TWICE, detail=twice(task.task_id, first), task_id=task.task_id
                )
                statements.append(self._bad(bad, position))
                continue
            names[task.task_id] = task.line
            self.seen += 1
            if there is not None:
                if there["duplicate_of"] is not None:
                    self.duplicates += 1
                elif there["status"] is None:
                    fresh.append(task)
                continue
            duplicate_of = by_input.get(digest)
            if duplicate_of is None:
                by_input[digest] = task.sample_id
                fresh.append(task)
            else:
                self.duplicates += 1
            row = (
                position,
                task.sample_id,
                task.task_id,
                task.line,
                digest,
                task.canonical_input,
                int(task.has_gold),
                duplicate_of,
            )
            statements.append((_TASK, row))
        return fresh

    def _known(self, tasks: Sequence[tuple[int, Task[Any], bytes]]) -> dict[str, Any]:
        marks = ",".join("?" * len(tasks))
        rows = self.ledger.query(
            "SELECT task_id, position, line, duplicate_of, status FROM tasks"  # noqa: S608  marks only
            f" LEFT JOIN decisions USING (sample_id) WHERE task_id IN ({marks})",
            [task.task_id for _, task, _ in tasks],
        )
        return {row["task_id"]: row for row in rows}

    def _by_input(self, tasks: Sequence[tuple[int, Task[Any], bytes]]) -> dict[bytes, str]:
        marks = ",".join("?" * len(tasks))
        rows = self.ledger.query(
            "SELECT input_digest, sample_id FROM tasks"  # noqa: S608  marks only
            f" WHERE duplicate_of IS NULL AND input_digest IN ({marks})",
            [digest for _, _, digest in tasks],
        )
        return {row["input_digest"]: row["sample_id"] for row in rows}
