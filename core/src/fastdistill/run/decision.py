"""The one accept rule: when a task is decided, and as what. The engine and the audit both decide by it."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from attrs import field, frozen

from fastdistill.errors import PluginFault, ProviderError, TaskError
from fastdistill.model.sample import Decision, Status
from fastdistill.model.task import Task
from fastdistill.model.verdict import Outcome
from fastdistill.run.gates.faults import PLUGIN_FAULT
from fastdistill.run.gates.judgement import Judgement
from fastdistill.settings import Consensus, RunConfig


@frozen(kw_only=True)
class Rules:
    """What a run file says of accepting."""

    accept_unmatched: bool = False
    """Accept an answer to a task that has gold although no gate said `gold_match`."""
    consensus: Consensus = field(factory=Consensus)
    every_attempt: bool = False
    """Use every attempt whatever the first ones came to: to measure a student, not to solve the task."""

    extra_attempts: int = 0
    """Attempts after the first acceptance, so that there is something to prefer it to."""

    @classmethod
    def of(cls, config: RunConfig) -> "Rules":
        """Return the rules of a run file."""
        return cls(
            accept_unmatched=config.accept_unmatched,
            consensus=config.consensus,
            every_attempt=config.purpose == "student",
            extra_attempts=config.pairs.extra_attempts,
        )

    def by_consensus(self, task: Task[Any]) -> bool:
        """Return whether a task is decided over all its attempts together."""
        return self.consensus.enabled and not task.has_gold


@frozen(kw_only=True)
class Failure:
    """A request that brought no answer, or an error that left a task without one."""

    reason: str
    detail: str

    @classmethod
    def of(cls, error: TaskError | ProviderError | PluginFault) -> "Failure":
        """Return an error as the reason of a failure."""
        match error:
            case TaskError():
                return cls(reason=error.reason, detail=error.detail)
            case ProviderError():
                return cls(reason=error.kind, detail=str(error))
            case PluginFault():
                return cls(reason="plugin-fault", detail=str(error))


def judge_alone(task: Task[Any], judgement: Judgement, rules: Rules) -> Decision:
    """Decide over one answer by itself: accepted, rejected, or failed where a gate could not tell."""
    if judgement.outcome is Outcome.PASS:
        stood_in = judgement.judged_instead
        if judgement.gold_match or stood_in or not task.has_gold or rules.accept_unmatched:
            return _accept(judgement)
        return Decision(
            status=Status.REJECTED,
            reason="no-gold-match",
            detail="every gate passed, but none compared the answer with the task's gold",
        )
    status = Status.REJECTED if judgement.outcome is Outcome.REJECT else Status.FAILED
    return Decision(status=status, reason=judgement.last.reason, detail=judgement.last.detail)


def decide(task: Task[Any], judged: Sequence[Judgement], rules: Rules) -> Decision | None:
    """Return the acceptance of the first answer that may be kept; None while the task is open.

    What is decided by consensus stays open to its last attempt. A gate or reader that raised would raise
    again: the task has failed, and no further attempt is bought.
    """
    if not rules.by_consensus(task):
        for one in judged:
            decision = judge_alone(task, one, rules)
            if decision.status is Status.ACCEPTED:
                return decision
    if judged and judged[-1].outcome is Outcome.ERROR and judged[-1].last.reason == PLUGIN_FAULT:
        return judge_alone(task, judged[-1], rules)
    return None


def give_up(
    task: Task[Any], judged: Sequence[Judgement], failures: Sequence[Failure], rules: Rules
) -> Decision:
    """Decide when no attempt is left. An error of ours anywhere makes it a failure, not a rejection."""
    if judged and rules.by_consensus(task):
        return _agreed(judged, rules.consensus)
    decisions = [judge_alone(task, one, rules) for one in judged]
    for one in decisions:
        if one.status is Status.FAILED:
            return one
    if failures:
        return failed(failures[-1])
    return decisions[-1] if decisions else Decision(status=Status.FAILED, reason="no-answer")


def failed(failure: Failure) -> Decision:
    """Return the decision on a task that failed, by fault of ours or its own."""
    return Decision(status=Status.FAILED, reason=failure.reason, detail=failure.detail)


def _accept(judgement: Judgement, *, detail: str = "") -> Decision:
    return Decision(
        status=Status.ACCEPTED,
        detail=detail,
        attempt=judgement.attempt,
        choice=judgement.choice,
        labelled=judgement.gold_match,
    )


def _agreed(judged: Sequence[Judgement], rule: Consensus) -> Decision:
    """Accept the largest class of passing answers, if it is large enough (self-consistency).

    Of equal classes the one seen first wins. The detail holds the classes' sizes.
    """
    passing = [one for one in judged if one.outcome is Outcome.PASS and one.class_key]
    sizes = Counter(one.class_key for one in passing)
    spread = ", ".join(str(size) for _, size in sizes.most_common())
    detail = f"classes of {len(judged)} answers: {spread or 'none'}"
    if passing:
        key, size = sizes.most_common(1)[0]
        if size >= rule.min_size and size / len(judged) >= rule.min_share:
            return _accept(next(one for one in passing if one.class_key == key), detail=detail)
    return Decision(status=Status.REJECTED, reason="no-consensus", detail=detail)
