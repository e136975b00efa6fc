"""Replay: the same verdicts and bytes without a teacher; a changed gate is found and named."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support.toy import rows, solve, toy_host, toy_plan, toy_run, write_tasks

from fastdistill import Call, Candidate, Finding, ServerFailed, Task, passed
from fastdistill.run.ops.diff import diff
from fastdistill.run.ops.replay import compare, copy_ledger, rejudge, same_bytes
from fastdistill.testing.scripted import Answer, ScriptedProvider

pytestmark = pytest.mark.anyio


def faulty(call: Call) -> Answer:
    left = int(call.prompt.messages[-1].content.split()[0])
    said: list[Answer] = [solve(call), "77", "no idea", "sorry", ServerFailed("HTTP 500")]
    return said[left % 5]


async def run_and_replay(tmp_path: Path, gate: Any = None) -> tuple[Path, Path]:
    tasks = write_tasks(tmp_path / "t.jsonl", 40)
    out, new, old = (tmp_path / name for name in ("out", "new", "old"))
    await toy_run(out, faulty, "teacher.0.retries=0", tasks=tasks)
    silent = ScriptedProvider(answer=lambda call: pytest.fail("a replay asked a teacher"))
    host = toy_host(silent, gate=gate) if gate else toy_host(silent)
    old.mkdir()
    copy_ledger(out, old)
    plan = toy_plan(host, tasks, "cache=false", "teacher.0.retries=0")
    await rejudge(out, plan, tasks, new)
    return old, new


async def test_a_run_with_faults_replays_to_the_same_bytes(tmp_path: Path) -> None:
    old, new = await run_and_replay(tmp_path)
    assert compare(old, new) == []
    assert same_bytes(tmp_path / "out", new)
    assert (tmp_path / "out" / "rejected.jsonl").read_bytes() == (new / "rejected.jsonl").read_bytes()


async def test_a_gate_that_judges_otherwise_is_found(tmp_path: Path) -> None:
    async def lenient(task: Task[Any], candidate: Candidate, /) -> Finding:
        return passed(exec_pass=True, gold_match=True)

    old, new = await run_and_replay(tmp_path, lenient)
    found = compare(old, new)
    assert {one.task_id for one in found if one.where == "decision"} == {f"t{i}" for i in range(1, 40, 5)}
    assert not same_bytes(tmp_path / "out", new)
    assert len(rows(new / "dataset.jsonl")) == 16


async def test_a_comparison_holds_one_task_at_a_time(tmp_path: Path) -> None:
    """What either side lacks or says otherwise is told, and what is the same is passed over."""
    tasks = write_tasks(tmp_path / "tasks.jsonl", 12)
    for name, wrong in (("one", "3 + 1"), ("two", "7 + 1")):

        def answer(call: Call, wrong: str = wrong) -> str:
            return "0" if call.prompt.messages[-1].content == wrong else solve(call)

        await toy_run(tmp_path / name, answer, tasks=tasks)
    one, two = tmp_path / "one", tmp_path / "two"
    with closing(sqlite3.connect(two / "ledger.sqlite")) as ledger, ledger:
        gone = ledger.execute("SELECT sample_id FROM tasks WHERE task_id = 't5'").fetchone()
        ledger.execute("DELETE FROM verdicts WHERE sample_id = ? AND ordinal = 1", gone)
    found = compare(one, two)
    assert [(d.task_id, d.where) for d in found] == [
        ("t3", "verdict 1 of attempt 1"),
        ("t5", "verdict 1 of attempt 1"),
        ("t7", "verdict 1 of attempt 1"),
        ("t3", "decision"),
        ("t7", "decision"),
    ]
    assert found[1].replayed == "nothing"
    assert {flip["task_id"] for flip in diff(one, two)["flips"]} == {"t3", "t7"}
    assert compare(one, one) == []
