"""Right programs in every form that people write are kept, wrong ones in the same forms are not."""

import sys
import tomllib
from pathlib import Path
from typing import Any

import anyio
import pytest

from fastdistill import Candidate, Outcome, Task
from fastdistill_code import rules
from fastdistill_code.gate import judge
from fastdistill_code.jobs import Limits
from fastdistill_code.payload import CodePayload
from fastdistill_code.reading import read_reply
from fastdistill_code.runner import Runner, open_sandbox
from fastdistill_code.serial import structured_row

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the strong levels are Linux's")
HERE = Path(__file__).parent / "forms"
LIMITS = Limits(cpu_seconds=2.0, wall_seconds=60.0)
TASKS = {
    name: structured_row({"task_id": name} | row)
    for name, row in tomllib.loads((HERE / "tasks.toml").read_text()).items()
}
RULES = (
    rules.Size(rules.SizeOptions()),
    rules.parses,
    rules.entry_point,
    rules.AllowedImports(rules.ImportOptions()),
    rules.no_io,
)


def corpus(file: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = tomllib.loads((HERE / file).read_text(encoding="utf-8"))["form"]
    return found


async def judged(runner: Runner, task: Task[CodePayload], reply: str) -> tuple[Outcome, str]:
    """What the scenario's gates come to, the cheap ones first, and why."""
    prompt, entry_point = str(task.input["prompt"]), task.payload.entry_point
    reading = read_reply(reply, "stop", prompt, entry_point)
    if reading.answer is None:
        return Outcome.REJECT, str(reading.reason)
    candidate = Candidate(answer=reading.answer, text=reply, reading=reading)
    for rule in RULES:
        found = rule(task, candidate)
        if found.outcome is not Outcome.PASS:
            return found.outcome, f"{found.reason}: {found.detail}"
    suite = task.payload.suite
    given = len(suite.calls) or len(suite.stdin)
    found = await judge(runner, reading.answer, task.payload, suite, given, LIMITS)
    return found.outcome, f"{found.reason}: {found.detail}"


@pytest.mark.parametrize(
    ("file", "expected", "least"), [("right.toml", Outcome.PASS, 80), ("wrong.toml", Outcome.REJECT, 40)]
)
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.anyio
async def test_forms_are_judged_by_what_they_do(file: str, expected: Outcome, least: int) -> None:
    forms = corpus(file)
    assert len({form["name"] for form in forms}) == len(forms) >= least
    missed: dict[str, Any] = {}
    async with open_sandbox(slots=2) as runner, anyio.create_task_group() as group:

        async def one(form: dict[str, str]) -> None:
            outcome, why = await judged(runner, TASKS[form["task"]], form["reply"])
            if outcome is not expected:
                missed[form["name"]] = why

        for form in forms:
            group.start_soon(one, form)
    assert missed == {}
