"""What became of a task."""

from enum import StrEnum

from attrs import frozen

from fastdistill.model.answer import Candidate
from fastdistill.model.verdict import Verdict


class Status(StrEnum):
    """What became of a task. Every funnel, filter and metric uses these five."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    """Asked to the end of its budget; no answer passed every gate. The candidates' fault."""
    FAILED = "failed"
    """Ours: a broken task, an error of a gate, no answer from any teacher."""
    SKIPPED = "skipped"
    """Never asked; the reason says why."""
    UNFINISHED = "unfinished"
    """The run was stopped before the task was decided."""


class SkipReason(StrEnum):
    """Why a task was never asked."""

    DUPLICATE = "duplicate"
    """Another task has the same input; its task id is the detail."""
    CONTAMINATED = "contaminated"
    """It repeats an item of a benchmark; the item and what they share are the detail."""
    NEAR_DUPLICATE = "near-duplicate"
    """It nearly repeats an earlier task."""
    SOLVED_BY_STUDENT = "solved-by-student"
    """The student that is to be taught solves it already."""
    UNSOLVED = "unsolved-by-student"
    """The student solves it more rarely than the run file asks for."""


@frozen(kw_only=True)
class Decision:
    """What became of a task, and through which attempt."""

    status: Status
    reason: str | None = None
    detail: str = ""
    attempts: int = 0
    """How many requests were made for it, over all teachers."""
    attempt: int | None = None
    """The ordinal of the attempt that was accepted, over all teachers, from 1."""
    choice: int | None = None
    labelled: bool = False
    """Whether gold confirmed the accepted answer."""


@frozen(kw_only=True)
class Judged:
    """One candidate with the verdicts on it, in gate order, up to the first that does not pass."""

    candidate: Candidate
    teacher: str
    verdicts: tuple[Verdict, ...]


@frozen(kw_only=True)
class Sample:
    """A decided task, as reporters receive it."""

    sample_id: str
    task_id: str
    status: Status
    reason: str | None = None
    detail: str = ""
    attempts: int = 0
    labelled: bool = False
    """Whether gold confirmed the accepted answer."""
    accepted: Judged | None = None
