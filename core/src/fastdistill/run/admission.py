"""Tasks come in: identities, duplicates, and what a resumed run has already decided."""

from bisect import insort
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import islice
from operator import itemgetter
from typing import Any

from attrs import define, field

from fastdistill.errors import boundary
from fastdistill.model.task import BadTask, Task
from fastdistill.protocols import KeepsRows, Scenario, Source
from fastdistill.run.jsonl import dumps
from fastdistill.run.ledger.ledger import Ledger
from fastdistill.run.ledger.task_rows import BadTaskRow, TaskRow
from fastdistill.run.ledger.union import TWICE, twice
from fastdistill.run.overlap.survey import Survey
from fastdistill.run.splits import group_of, split_of
from fastdistill.settings import SplitShares, shard_of

BATCH = 128
"""Lines taken from the source in one go, and entered in one commit."""


@define(kw_only=True)
class Admission:
    """Reads a source in batches and enters each task in the ledger once."""

    scenario: Scenario[Any]
    owner: str
    """Who made the scenario, for blame."""
    source: Source
    ledger: Ledger
    limit: int | None = None
    shard: str | None = None
    shares: SplitShares = field(factory=SplitShares)
    survey: Survey | None = None
    sample: int = 0
    """How many tasks with gold to keep for the gates' audit."""
    kept: list[tuple[str, Task[Any]]] = field(factory=list, init=False)
    """Those with the smallest sample_id: as random as sha256 is, and the same however the run went."""
    seen: int = field(default=0, init=False)
    duplicates: int = field(default=0, init=False)
    bad: int = field(default=0, init=False)
    left_out: int = field(default=0, init=False)
    """Tasks that the survey skipped in this session."""
    _position: int = field(default=0, init=False)
    _taken: int = field(default=0, init=False)
    _items: Iterator[Task[Any] | BadTask] | None = field(default=None, init=False)

    def read_batch(self) -> list[Task[Any]] | None:
        """Return the next tasks that have no decision; None at the source's end.

        Blocks: call it in a thread.
        """
        items = self._next()
        if not items:
            return None
        bad, tasks = list[BadTaskRow](), list[tuple[int, Task[Any], bytes]]()
        for item in items:
            self._position += 1
            if isinstance(item, BadTask):
                bad.append(self._bad(item, self._position))
                continue
            digest = sha256(item.canonical_input.encode()).digest()
            if self._mine(digest):
                tasks.append((self._position, item, digest))
                self._keep(item)
        fresh, rows, twins = self._enter(tasks)
        left_out = {} if self.survey is None else self.survey.skipped
        skipped = [(one.sample_id, left_out[one.sample_id]) for one in fresh if one.sample_id in left_out]
        self.ledger.record_tasks(rows, [*bad, *twins], skipped)
        self.left_out += len(skipped)
        return [task for task in fresh if task.sample_id not in left_out]

    def _next(self) -> list[Task[Any] | BadTask]:
        room = BATCH if self.limit is None else min(BATCH, self.limit - self._taken)
        with boundary(self.owner, "tasks"):
            if self._items is None:
                self._items = iter(self.scenario.tasks(self.source))
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

    def _bad(self, item: BadTask, position: int) -> BadTaskRow:
        self.seen += 1
        self.bad += 1
        return BadTaskRow(
            position=position,
            line=item.line,
            task_id=item.task_id,
            reason=item.reason,
            detail=item.detail,
        )

    def _enter(
        self, tasks: Sequence[tuple[int, Task[Any], bytes]]
    ) -> tuple[list[Task[Any]], list[TaskRow], list[BadTaskRow]]:
        """Sort tasks into those to ask, rows that are new to the ledger, and names that stand twice."""
        known = self.ledger.read_known_tasks([task.task_id for _, task, _ in tasks])
        by_input = self.ledger.read_first_of_input([digest for _, _, digest in tasks])
        fresh, rows, twins = list[Task[Any]](), list[TaskRow](), list[BadTaskRow]()
        names = dict[str, int]()
        for position, task, digest in tasks:
            row = self.source.raw(task.line) if isinstance(self.source, KeepsRows) else {}
            there = known.get(task.task_id)
            if (there is not None and there.position != position) or task.task_id in names:
                first = names.get(task.task_id) or (there.line if there is not None else 0)
                detail = twice(task.task_id, first)
                bad = BadTask(line=task.line, reason=TWICE, detail=detail, task_id=task.task_id)
                twins.append(self._bad(bad, position))
                continue
            names[task.task_id] = task.line
            self.seen += 1
            if there is not None:
                if there.duplicate_of is not None:
                    self.duplicates += 1
                elif not there.decided:
                    fresh.append(task)
                continue
            duplicate_of = by_input.get(digest)
            if duplicate_of is None:
                by_input[digest] = task.sample_id
                fresh.append(task)
            else:
                self.duplicates += 1
            group = group_of(task, row, self.shares, self.survey.groups if self.survey else {})
            rows.append(
                TaskRow(
                    position=position,
                    sample_id=task.sample_id,
                    task_id=task.task_id,
                    line=task.line,
                    input_digest=digest,
                    canonical_input=task.canonical_input,
                    has_gold=task.has_gold,
                    duplicate_of=duplicate_of,
                    row=dumps({**row, "meta": task.meta} if task.meta else row),
                    group=group,
                    split=split_of(group, self.shares),
                )
            )
        return fresh, rows, twins
