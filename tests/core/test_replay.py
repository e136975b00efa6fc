"""Replay: the same verdicts and bytes without a teacher; a changed gate is found and named."""

from pathlib import Path
from typing import Any

import pytest
from support.toy import rows, solve, toy_host, toy_plan, toy_run, write_tasks

from fastdistill import Call, Candidate, Finding, ServerFailed, Task, passed
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
