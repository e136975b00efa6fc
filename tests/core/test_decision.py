"""The one accept rule: when a task is decided, and as what."""

from typing import Any

import pytest

from fastdistill import Candidate, Finding, Reading, Status, Task, Verdict, passed, rejected, undecided
from fastdistill.errors import PluginFault, ServerFailed, TaskError
from fastdistill.run.decision import Failure, Rules, decide, failed, give_up, judge_alone
from fastdistill.run.gates.judgement import Judgement
from fastdistill.settings import Consensus


def task(*, gold: bool = True) -> Task[Any]:
    return Task(task_id="t", input={"q": 1}, payload=None, has_gold=gold)


def judged(*findings: Finding, attempt: int = 1, choice: int = 0) -> Judgement:
    reading = Reading(answer="a", rule="whole")
    return Judgement(
        attempt=attempt,
        choice=choice,
        reading=reading,
        candidate=Candidate(answer="a", text="a", reading=reading),
        verdicts=tuple(
            Verdict(gate=f"g{i}", kind="exec", fingerprint="f", elapsed=0.0, finding=finding)
            for i, finding in enumerate(findings)
        ),
    )


MATCHED, RAN = passed(gold_match=True), passed(exec_pass=True)
WRONG, ERROR = rejected("wrong", "not it"), undecided("deadline", "too slow")
RULES = Rules()


@pytest.mark.parametrize(
    ("findings", "gold", "rules", "status", "reason"),
    [
        ([RAN, MATCHED], True, RULES, Status.ACCEPTED, None),
        ([RAN], False, RULES, Status.ACCEPTED, None),
        ([], False, RULES, Status.ACCEPTED, None),
        ([RAN], True, RULES, Status.REJECTED, "no-gold-match"),
        ([RAN], True, Rules(accept_unmatched=True), Status.ACCEPTED, None),
        ([RAN, WRONG], True, RULES, Status.REJECTED, "wrong"),
        ([RAN, ERROR], False, RULES, Status.FAILED, "deadline"),
    ],
)
def test_one_answer_alone(
    findings: list[Finding], gold: bool, rules: Rules, status: Status, reason: str | None
) -> None:
    decision = judge_alone(task(gold=gold), judged(*findings), rules)
    assert (decision.status, decision.reason) == (status, reason)
    kept = decide(task(gold=gold), [judged(*findings)], rules)
    assert (kept is not None) == (status is Status.ACCEPTED)


def test_the_first_that_may_be_kept_is_kept() -> None:
    answers = [judged(WRONG), judged(MATCHED, attempt=2, choice=1), judged(MATCHED, attempt=2, choice=2)]
    decision = decide(task(), answers, RULES)
    assert decision is not None
    assert (decision.attempt, decision.choice, decision.labelled) == (2, 1, True)


def test_an_error_of_ours_anywhere_is_a_failure() -> None:
    assert give_up(task(), [judged(ERROR), judged(WRONG)], [], RULES).status is Status.FAILED
    none = give_up(task(), [judged(WRONG)], [Failure.of(ServerFailed("500"))], RULES)
    assert (none.status, none.reason, none.detail) == (Status.FAILED, "server", "500")
    assert give_up(task(), [judged(WRONG)], [], RULES).reason == "wrong"
    assert give_up(task(), [], [], RULES).reason == "no-answer"


def test_failures_name_whose_they_are() -> None:
    broken = failed(Failure.of(TaskError("missing-database", "there is none")))
    assert (broken.status, broken.reason, broken.detail) == (
        Status.FAILED, "missing-database", "there is none",
    )  # fmt: skip
    assert Failure.of(PluginFault("me", "prompt", ValueError("x"))).reason == "plugin-fault"


@pytest.mark.parametrize(
    ("keys", "kept"),
    [("aab", 0), ("abb", 1), ("abc", None), ("aabb", 0), ("", None), ("a", None)],
)
def test_consensus_waits_for_the_last_attempt_and_takes_the_largest_class(
    keys: str, kept: int | None
) -> None:
    rules = Rules(consensus=Consensus(enabled=True))
    answers = [judged(passed(class_key=key), attempt=i + 1) for i, key in enumerate(keys)]
    assert decide(task(gold=False), answers, rules) is None
    decision = give_up(task(gold=False), answers, [], rules)
    assert decision.attempt == (None if kept is None else kept + 1)
    if kept is None:
        assert decision.reason == ("no-consensus" if keys else "no-answer")
