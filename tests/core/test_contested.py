"""Contested inputs: teachers that agree against the gold are not refused for it; one teacher alone is."""

import json
from pathlib import Path
from typing import Any

import pytest
from support.toy import rows, toy_host, toy_run, write_tasks

from fastdistill import Call, Candidate, Difference, Finding, Task, passed, rejected
from fastdistill.testing.scripted import ScriptedProvider

pytestmark = pytest.mark.anyio


async def gold_is_doubted(task: Task[Any], candidate: Candidate, /) -> Finding:
    """Answers part from the gold on one input each, which is named by the tens, with the ones as output."""
    place, output = divmod(int(candidate.answer), 10)
    if not place:
        return passed(gold_match=True)
    return rejected(
        "wrong-value",
        gold_match=False,
        differences=(Difference(input=str(place), output=str(output), grade="near"),),
    )


async def run(folder: Path, said: dict[str, list[str]], *settings: str) -> dict[str, Any]:
    """A task, to which each model says in turn what `said` has: one attempt after another."""
    left = [answer for answers in said.values() for answer in answers]

    def answer(call: Call) -> str:
        return left.pop(0)

    teachers = [
        f"teacher.{place}.{key}={value}"
        for place, (model, answers) in enumerate(said.items())
        for key, value in (("provider", "scripted"), ("model", model), ("attempts", len(answers)))
    ]
    provider = ScriptedProvider(answer=answer)
    host = toy_host(provider, gate=gold_is_doubted)
    tasks = write_tasks(folder / "t.jsonl", 1)
    await toy_run(folder / "out", answer, *teachers, *settings, tasks=tasks, provider=provider, host=host)
    return {
        "kept": rows(folder / "out" / "dataset.jsonl"),
        "refused": rows(folder / "out" / "rejected.jsonl"),
        "report": json.loads((folder / "out" / "quality_report.json").read_text()),
    }


async def test_two_teachers_that_agree_against_the_gold_are_not_refused(tmp_path: Path) -> None:
    found = await run(tmp_path, {"m": ["17"], "n": ["17"]})
    assert found["kept"][0]["messages"][-1]["content"] == "17"
    gates = [verdict["gate"] for verdict in found["kept"][0]["verdicts"]]
    assert gates[-2:] == ["sums-match", "contested-inputs"]
    assert found["report"]["oracles"]["contested_inputs"] == 1


@pytest.mark.parametrize(
    "said",
    [
        {"m": ["17", "17"]},
        {"m": ["17"], "n": ["18"]},
        {"m": ["17"], "n": ["27"]},
    ],
    ids=["one-teacher", "other-outputs", "other-inputs"],
)
async def test_nothing_less_overrules_the_gold(tmp_path: Path, said: dict[str, list[str]]) -> None:
    found = await run(tmp_path, said)
    assert found["kept"] == []
    assert found["refused"][0]["reason"] == "wrong-value"
    assert found["report"]["oracles"]["contested_inputs"] == 0
