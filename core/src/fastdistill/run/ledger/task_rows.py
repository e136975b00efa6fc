"""Tasks as rows of the ledger: those that enter it, lines that are none, and those that come again."""

from attrs import frozen

from fastdistill.run.jsonl import clean
from fastdistill.run.ledger.rows import Statement, insert

TASK = insert(
    "tasks",
    "position, sample_id, task_id, line, input_digest, input, has_gold, duplicate_of, row, grp, split",
    verb="INSERT OR IGNORE",
)
BAD_TASK = insert("bad_tasks", "position, line, task_id, reason, detail", verb="INSERT OR IGNORE")


@frozen(kw_only=True)
class TaskRow:
    """A task as it enters the ledger."""

    position: int
    """Its place in the source, from 1; lines that are no tasks have one too."""
    sample_id: str
    task_id: str
    line: int
    input_digest: bytes
    canonical_input: str
    has_gold: bool
    duplicate_of: str | None
    """The sample id of the first task with the same input."""
    row: str = "{}"
    """The source's row as JSON: what exporters and verifiers need again, gold and all."""
    group: str = ""
    """What may not be parted by a split: a database, a column's value, else the task itself."""
    split: str = "train"

    def statement(self) -> Statement:
        """Return what writes it."""
        return TASK, (
            self.position,
            self.sample_id,
            self.task_id,
            self.line,
            self.input_digest,
            self.canonical_input,
            int(self.has_gold),
            self.duplicate_of,
            clean(self.row),
            clean(self.group),
            self.split,
        )


@frozen(kw_only=True)
class BadTaskRow:
    """A line of the source that is no task."""

    position: int
    line: int
    task_id: str | None
    reason: str
    detail: str

    def statement(self) -> Statement:
        """Return what writes it."""
        task_id = None if self.task_id is None else clean(self.task_id)
        return BAD_TASK, (self.position, self.line, task_id, self.reason, clean(self.detail))


@frozen(kw_only=True)
class KnownTask:
    """What the ledger knows of a task that comes from the source again."""

    task_id: str
    position: int
    line: int
    duplicate_of: str | None
    decided: bool
