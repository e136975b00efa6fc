"""The tasks of a run with their rows, and which of them a student was trained on."""

import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from fastdistill.run.jsonl import loads


@frozen(kw_only=True)
class TaskOfRun:
    """One task of a run as it stood in its source."""

    sample_id: str
    task_id: str
    split: str
    group: str
    accepted: bool
    row: Mapping[str, Any]
    """Empty where the run did not keep it."""
    canonical_input: str


_TASKS = """
SELECT t.sample_id, t.task_id, t.split, t.grp, t.row, t.input, COALESCE(d.status, '') AS status
FROM tasks t LEFT JOIN decisions d USING (sample_id)
WHERE t.duplicate_of IS NULL ORDER BY t.position
"""


def read_tasks(ledger: sqlite3.Connection) -> Iterator[TaskOfRun]:
    """Yield the tasks of a run in source order, duplicates left out."""
    for row in ledger.execute(_TASKS):
        yield TaskOfRun(
            sample_id=row["sample_id"],
            task_id=row["task_id"],
            split=row["split"],
            group=row["grp"],
            accepted=row["status"] == "accepted",
            row=loads(row["row"]),
            canonical_input=row["input"],
        )
