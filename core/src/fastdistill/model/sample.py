"""What became of a task."""

from enum import StrEnum

from attrs import frozen

from fastdistill.model.answer import Candidate
from fastdistill.model.verdict import Verdict


class Status(StrEnum):
    """How a task was settled."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    """Asked to the end of its budget; no answer passed every gate."""
    FAILED = "failed"
    """Not the candidates' fault: a broken task, an error of a gate, no answer from any teacher."""
    DUPLICATE = "duplicate"


@frozen(kw_only=True)
class Judged:
    """One candidate with the verdicts on it, in gate order, up to the first that does not pass."""

    candidate: Candidate
    teacher: str
    verdicts: tuple[Verdict, ...]


@frozen(kw_only=True)
class Sample:
    """A settled task: what reporters see and what the ledger decides."""

    sample_id: str
    task_id: str
    status: Status
    reason: str | None = None
    detail: str = ""
    attempts: int = 0
    labelled: bool = False
    """Whether gold confirmed the accepted answer."""
    accepted: Judged | None = None
