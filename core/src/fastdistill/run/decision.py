"""When a task is settled, and as what."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from attrs import frozen

from fastdistill.model.sample import Judged, Sample, Status
from fastdistill.model.task import Task
from fastdistill.model.verdict import Outcome
from fastdistill.run.gates.pipeline import Judgement
from fastdistill.run.teachers.teacher import Teacher
from fastdistill.settings import Consensus


@frozen(kw_only=True)
class Decision:
    """What the ledger keeps of a settled task."""

    status: Status
    reason: str | None = None
    detail: str = ""
    attempts: int = 0
    attempt: int | None = None
    choice: int | None = None
    labelled: bool = False


def accept(judgement: Judgement, attempts: int, *, detail: str = "") -> Decision:
    """The task is solved by `judgement`."""
    return Decision(
        status=Status.ACCEPTED,
        detail=detail,
        attempts=attempts,
        attempt=judgement.attempt,
        choice=judgement.choice,
        labelled=judgement.gold_match,
    )


def first_accepted(
    judgements: Sequence[Judgement], *, has_gold: bool, accept_unmatched: bool
) -> Judgement | None:
    """The first that every gate passed; where the task has gold, one that a gate matched with it."""
    for one in judgements:
        if one.outcome is Outcome.PASS and (one.gold_match or not has_gold or accept_unmatched):
            return one
    return None


def agreed(judgements: Sequence[Judgement], rule: Consensus, attempts: int) -> Decision:
    """Self-consistency: the largest class of passing answers, if it is large enough.

    Of equal classes the one seen first wins. The detail holds the classes' sizes.
    """
    passing = [one for one in judgements if one.outcome is Outcome.PASS and one.class_key]
    sizes = Counter(one.class_key for one in passing)
    spread = ", ".join(str(size) for _, size in sizes.most_common())
    detail = f"classes of {len(judgements)} answers: {spread or 'none'}"
    if passing:
        key, size = sizes.most_common(1)[0]
        if size >= rule.min_size and size / len(judgements) >= rule.min_share:
            return accept(next(one for one in passing if one.class_key == key), attempts, detail=detail)
    return Decision(status=Status.REJECTED, reason="no-consensus", detail=detail, attempts=attempts)


def unsolved(judgements: Sequence[Judgement], faults: Sequence[tuple[str, str]], attempts: int) -> Decision:
    """No attempt is left. An error of ours anywhere makes it a failure, not a rejection."""
    for one in judgements:
        if one.outcome is Outcome.ERROR:
            last = one.last
            return Decision(status=Status.FAILED, reason=last.reason, detail=last.detail, attempts=attempts)
    if faults:
        kind, detail = faults[-1]
        return Decision(status=Status.FAILED, reason=kind, detail=detail, attempts=attempts)
    if not judgements:
        return Decision(status=Status.FAILED, reason="no-answer", attempts=attempts)
    final = judgements[-1]
    if final.outcome is Outcome.PASS:
        return Decision(
            status=Status.REJECTED,
            reason="gold-unmatched",
            detail="every gate passed, but none compared the answer with the task's gold",
            attempts=attempts,
        )
    return Decision(
        status=Status.REJECTED, reason=final.last.reason, detail=final.last.detail, attempts=attempts
    )


def sample_of(
    task: Task[Any], decision: Decision, judgements: Sequence[Judgement], teachers: Sequence[Teacher]
) -> Sample:
    """What reporters are told of a settled task."""
    judged = None
    for one in judgements:
        if (one.attempt, one.choice) == (decision.attempt, decision.choice) and one.candidate:
            judged = Judged(
                candidate=one.candidate, teacher=_asked(one.attempt, teachers), verdicts=one.verdicts
            )
    return Sample(
        sample_id=task.sample_id,
        task_id=task.task_id,
        status=decision.status,
        reason=decision.reason,
        detail=decision.detail,
        attempts=decision.attempts,
        labelled=decision.labelled,
        accepted=judged,
    )


def _asked(attempt: int, teachers: Sequence[Teacher]) -> str:
    """Who was asked at the `attempt`th attempt, counted over all teachers."""
    for teacher in teachers:
        if attempt <= teacher.plan.config.attempts:
            return teacher.title
        attempt -= teacher.plan.config.attempts
    return ""
