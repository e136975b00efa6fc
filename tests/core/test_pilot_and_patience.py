"""A pilot under a budget: tasks that put off their second attempt do not keep it waiting."""

from pathlib import Path

import anyio
import pytest
from support.toy import solve, toy_run, write_tasks

from fastdistill import Call

pytestmark = pytest.mark.anyio


async def test_a_pilot_does_not_wait_for_what_a_budget_puts_off(tmp_path: Path) -> None:
    def answer(call: Call) -> str:
        wrong = call.attempt == 1 and call.prompt.messages[-1].content.startswith("1")
        return "0" if wrong else solve(call)

    tasks = write_tasks(tmp_path / "tasks.jsonl", 20)
    settings = (
        "teacher.0.attempts=2", "budget.accept=20", "pilot.tasks=5", "pilot.above=5",
        "pilot.min_exec_pass=0.1",
    )  # fmt: skip
    with anyio.fail_after(20):
        done = await toy_run(tmp_path / "out", answer, *settings, tasks=tasks)
    assert done.progress.accepted == 20
