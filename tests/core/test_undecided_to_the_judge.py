"""A gold that a gate cannot read goes to the judge where the run file says so; a reply never chooses it."""

from typing import Any

import pytest

from fastdistill import Choice, Completion, Finding, Outcome, Reading, Task, passed, rejected, undecided
from fastdistill.model.sample import Status
from fastdistill.run.decision import Rules, judge_alone
from fastdistill.run.gates.pipeline import GatePipeline, GateStep

pytestmark = pytest.mark.anyio


class _Reads:
    def read(self, task: Task[Any], completion: Completion, /) -> Reading:
        return Reading(answer=completion.text, rule="whole")


class _Says:
    def __init__(self, finding: Finding) -> None:
        self.finding, self.asked = finding, 0

    async def __call__(self, task: Any, candidate: Any, /) -> Finding:
        self.asked += 1
        return self.finding


def _task() -> Task[None]:
    return Task(task_id="t", input={"problem": "Prove it."}, payload=None, has_gold=True)


def _pipeline(gate: _Says, judge: _Says | None, on_undecided: str) -> GatePipeline:
    steps = [
        GateStep(name="g", kind="exec", fingerprint="1", owner="o", gate=gate, on_undecided=on_undecided)
    ]
    if judge is not None:
        steps.append(GateStep(name="j", kind="judge", fingerprint="2", owner="o", gate=judge))
    return GatePipeline(scenario=_Reads(), owner="o", fingerprint="0", steps=steps)  # type: ignore[arg-type]


async def _judged(gate: Finding, judge: Finding | None, on_undecided: str) -> tuple[Any, Any, int]:
    asked = None if judge is None else _Says(judge)
    completion = Completion(choices=(Choice(text="by induction", finish="stop"),), model="m")
    pipeline = _pipeline(_Says(gate), asked, on_undecided)
    found = await pipeline.judge(_task(), completion, 0, 0)
    return found, judge_alone(_task(), found, Rules()), asked.asked if asked else 0


TEXT = undecided("text-gold", "the gold is a proof")


async def test_a_judge_decides_where_the_gold_is_text() -> None:
    found, decision, _ = await _judged(TEXT, passed(score=0.9), "judge")
    assert decision.status is Status.ACCEPTED
    assert decision.labelled is False
    assert [(v.gate, v.finding.reason) for v in found.verdicts] == [("g", "text-gold"), ("j", None)]
    found, decision, _ = await _judged(TEXT, rejected("wrong"), "judge")
    assert decision.status is Status.REJECTED


async def test_a_judge_that_stands_in_never_matches_gold() -> None:
    found, _, _ = await _judged(TEXT, passed(gold_match=True), "judge")
    assert found.gold_match is False


async def test_without_the_option_or_without_a_judge_it_stays_undecided() -> None:
    for judge, option in ((passed(), "error"), (None, "judge")):
        found, decision, asked = await _judged(TEXT, judge, option)
        assert (found.outcome, decision.status, asked) == (Outcome.ERROR, Status.FAILED, 0)


async def test_a_reply_that_cannot_be_read_does_not_choose_its_judge() -> None:
    found, _, asked = await _judged(undecided("undecided", "?"), passed(), "judge")
    assert (found.outcome, asked) == (Outcome.ERROR, 0)
    found, _, asked = await _judged(rejected("wrong-answer"), passed(), "judge")
    assert (found.outcome, asked) == (Outcome.REJECT, 0)
