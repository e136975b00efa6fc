"""A contract asked of the teacher: once a task, in the sandbox, in the ledger, the same at replay."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fastdistill import Call, Candidate, Finding, Outcome, Reading, UsageError
from fastdistill.testing import ScriptedTeacher, lend
from fastdistill_code.gate import open_gate
from fastdistill_code.options import PythonOptions
from fastdistill_code.rows import CodeRow
from fastdistill_code.scenario import make_task
from fastdistill_simulator import Asked, TeacherSimulator

OPTIONS = PythonOptions(
    allow_weak_sandbox=True, parallel=1, cpu_seconds=1.0, max_mutants=1, contract="teacher"
)
GOLD = "def half(n):\n    return n // 2\n"
ROW: dict[str, Any] = {
    "task_id": "t",
    "prompt": "Write half(n): the half of an even number.",
    "entry_point": "half",
    "tests": {"kind": "calls", "cases": [{"args": [n], "value": n // 2} for n in (4, 10)]},
    "gold": GOLD,
}
RIGHT = "def half(n):\n    return n / 2 if n % 2 else n // 2\n"
EVEN = "```python\ndef valid_input(n):\n    return type(n) is int and n % 2 == 0\n```"


async def judged(reply: str, source: str = RIGHT) -> tuple[Finding, Call]:
    teacher = ScriptedTeacher([reply])
    candidate = Candidate(answer=source, text=source, reading=Reading(answer=source))
    task = make_task(CodeRow(**ROW))
    async with lend(teachers={"teacher": teacher}) as services, open_gate(OPTIONS, services) as gate:
        await gate.prepare(task)
        found = await gate(task, candidate)
    assert [call.purpose for call in teacher.calls] == ["validator"]
    return found, teacher.calls[0]


@pytest.mark.anyio
async def test_inputs_that_the_contract_refuses_are_not_used() -> None:
    found, call = await judged(EVEN)
    assert found.outcome is Outcome.PASS
    assert found.evidence["contract"]["used"]
    assert found.evidence["contract"]["refused"] > 0
    shown = " ".join(message.content for message in call.prompt.messages)
    assert ROW["prompt"] in shown
    assert "// 2" not in shown


@pytest.mark.anyio
async def test_inputs_that_it_accepts_still_refuse_wrong_programs() -> None:
    wrong = "def half(n):\n    return n // 2 if n < 14 else 0\n"
    assert (await judged(EVEN, wrong))[0].outcome is Outcome.REJECT


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("I would rather not.", "unreadable"),
        ("```python\ndef valid_input(n):\n    return n > 5\n```", "refuses-seen-inputs"),
        ("```python\ndef valid_input(n):\n    return 1\n```", "refuses-seen-inputs"),
        ("```python\nimport os\ndef valid_input(n):\n    os._exit(0)\n```", "refuses-seen-inputs"),
        ("```python\ndef valid_input(n):\n    while True: pass\n```", "refuses-seen-inputs"),
    ],
)
async def test_a_contract_that_is_none_changes_nothing(reply: str, why: str) -> None:
    found, _ = await judged(reply)
    assert found.outcome is Outcome.REJECT
    assert found.evidence["contract"] == {"used": False, "why": why}


@pytest.mark.anyio
async def test_a_run_without_that_teacher_is_told_so() -> None:
    async with lend() as services:
        with pytest.raises(UsageError, match="teacher"):
            async with open_gate(OPTIONS, services):
                pass


FD = [sys.executable, "-c", "from fastdistill.cli.main import main; main()"]


@pytest.mark.slow
def test_the_contract_is_in_the_ledger_and_replays_offline(tmp_path: Path) -> None:
    def answer(asked: Asked, index: int) -> str:
        return EVEN if "valid_input" in asked.prompt else f"```python\n{RIGHT}```"

    (tmp_path / "tasks.jsonl").write_text(json.dumps(ROW), encoding="utf-8")
    environment = {**os.environ, "FD_CACHE": str(tmp_path / "cache")}
    with TeacherSimulator(answer=answer) as server:
        command = [
            *FD, "run", "--scenario", "code", "--tasks", "tasks.jsonl", "--teacher", "openai:any",
            "--base-url", server.base_url, "--out", "out", "--no-cache", "--no-pilot", "--audit", "0",
            "--set", "exec_evals.python.contract=teacher",
            "--set", "exec_evals.python.allow_weak_sandbox=true",
        ]  # fmt: skip
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(tmp_path / "out" / "ledger.sqlite") as ledger:
        asked = ledger.execute("SELECT purpose FROM completions ORDER BY purpose").fetchall()
    ledger.close()
    assert asked == [("teacher",), ("validator",)]
    assert len((tmp_path / "out" / "dataset.jsonl").read_text().splitlines()) == 1
    environment["FD_CACHE"] = str(tmp_path / "empty")  # nothing kept but the run's own folder
    again = subprocess.run(
        [*FD, "replay", "out"], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert again.returncode == 0, again.stdout + again.stderr
