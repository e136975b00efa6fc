"""The example plugin, tested as its author would."""

from pathlib import Path

import pytest
from fastdistill_example import plugin
from fastdistill_example.plugin import BannedWords, BannedWordsRule
from support.toy import rows, solve, toy_host, toy_run, write_tasks

from fastdistill import Call, Candidate, Reading, Task
from fastdistill.testing.scripted import ScriptedProvider


def candidate(answer: str) -> Candidate:
    return Candidate(answer=answer, text=answer, reading=Reading(answer=answer))


@pytest.mark.parametrize(("answer", "reason"), [("SELECT 1", None), ("SELECT 'ToDo'", "banned-word")])
def test_the_rule(answer: str, reason: str | None) -> None:
    task = Task(task_id="t", input={"q": 1}, payload=None)
    assert BannedWordsRule(BannedWords())(task, candidate(answer)).reason == reason


@pytest.mark.anyio
async def test_rule_and_reporter_in_a_run(tmp_path: Path) -> None:
    def teacher(call: Call) -> str:
        return "todo" if call.prompt.messages[-1].content.startswith("3 ") else solve(call)

    await toy_run(
        tmp_path / "out",
        teacher,
        'gates=["banned-words", "is-number", "sums-match"]',
        f"reporters.ticker.path={tmp_path / 'ticks.txt'}",
        tasks=write_tasks(tmp_path / "t.jsonl", 5),
        host=toy_host(ScriptedProvider(answer=teacher), plugin),
    )
    assert sorted((tmp_path / "ticks.txt").read_text().split()) == ["t0", "t1", "t2", "t4"]
    assert rows(tmp_path / "out" / "rejected.jsonl")[0]["reason"] == "banned-word"
