"""The bundled tasks: every gold is right, every suite is strong enough."""

from typing import Any

import pytest

from fastdistill import Candidate, Reading, Task
from fastdistill.run.tasks import JsonLines
from fastdistill.testing import lend
from fastdistill_code.gate import open_gate
from fastdistill_code.options import PythonOptions
from fastdistill_code.plugin import fastdistill_scenarios
from fastdistill_code.scenario import CodeScenario


def tasks() -> list[Task[Any]]:
    spec, *_ = fastdistill_scenarios()
    assert spec.pack is not None
    found = list(CodeScenario().tasks(JsonLines(path=spec.pack())))
    assert all(isinstance(task, Task) for task in found)
    return [task for task in found if isinstance(task, Task)]


def test_the_pack_has_tasks_of_every_kind() -> None:
    found = tasks()
    assert len(found) >= 40
    assert len({task.sample_id for task in found}) == len(found)
    assert {"strings", "lists", "dicts", "math", "parsing", "dp", "dates", "io"} == {
        tag for task in found for tag in task.tags
    }
    assert all(task.payload.gold for task in found)


@pytest.mark.anyio
@pytest.mark.parametrize("generated", [False, pytest.param(True, marks=pytest.mark.slow)])
async def test_every_gold_is_accepted_by_a_suite_that_is_not_weak(generated: bool) -> None:
    options = PythonOptions(allow_weak_sandbox=True, parallel=1, generated=generated, max_mutants=12)
    async with lend() as services, open_gate(options, services) as gate:
        for task in tasks():
            gold = task.payload.gold
            found = await gate(task, Candidate(answer=gold, text=gold, reading=Reading(answer=gold)))
            assert found.gold_match, (task.task_id, found.detail)
            assert not found.evidence["weak_oracle"], (task.task_id, found.evidence)
