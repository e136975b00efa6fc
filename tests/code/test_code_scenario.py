"""Rows as tasks, prompts, and the replies that an audit is made of."""

import json
from pathlib import Path
from typing import Any

import pytest

from fastdistill import BadTask, Choice, Completion, Task
from fastdistill.run.tasks import Cases, JsonLines
from fastdistill_code.plugin import GATES, fastdistill_exec_evals, fastdistill_rules, fastdistill_scenarios
from fastdistill_code.scenario import CodeScenario
from fastdistill_code.syntax import parse

ROW: dict[str, Any] = {
    "task_id": "t",
    "prompt": 'def double(x: int) -> int:\n    """Twice x."""\n',
    "entry_point": "double",
    "tests": {"kind": "calls", "cases": [{"args": [2], "value": 4}, {"args": [0], "value": 0}]},
    "gold": "    total = 0\n    for step in range(2):\n        total += x\n    return total\n",
}


def load(tmp_path: Path, *rows: dict[str, Any]) -> list[Task[Any] | BadTask]:
    path = tmp_path / "tasks.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return list(CodeScenario().tasks(JsonLines(path=path)))


def test_a_row_is_a_task_whose_input_holds_no_gold(tmp_path: Path) -> None:
    (task,) = load(tmp_path, ROW)
    assert isinstance(task, Task)
    assert task.input == {"prompt": ROW["prompt"], "entry_point": "double"}
    assert task.has_gold
    assert parse(task.payload.gold) is not None
    prompt = CodeScenario().prompt(task, 1)
    shown = "".join(message.content for message in prompt.messages)
    assert "Twice x." in shown
    assert "total" not in shown


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"tests": {"kind": "calls", "cases": []}}, "tests.cases: is empty"),
        ({"tests": None}, "tests"),
        ({"entry_point": ""}, "entry_point: is missing"),
        ({"entry_point": "a b"}, "is no name"),
        ({"gold": "def double(x:"}, "gold: is not Python"),
        ({"gold": "def triple(x):\n    return 3 * x", "prompt": "Twice."}, "does not define 'double'"),
        ({"limits": {"cpu_seconds": 0}}, "limits.cpu_seconds"),
        ({"limits": {"cpu": 1}}, "unknown key"),
        ({"limit": 1}, "limits"),
        ({"task_id": ""}, "task_id"),
    ],
)
def test_a_bad_row_fails_alone_with_its_line(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    good, bad, other = load(tmp_path, ROW, ROW | change, ROW | {"task_id": "u"})
    assert isinstance(good, Task)
    assert isinstance(other, Task)
    assert isinstance(bad, BadTask)
    assert bad.line == 2
    assert words in bad.detail


def test_a_case_may_leave_out_the_prompt(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    row = {key: value for key, value in ROW.items() if key not in ("prompt", "task_id", "gold")}
    path.write_text(json.dumps(row | {"reply": "x", "expect": "reject", "note": 1}), encoding="utf-8")
    (task,) = CodeScenario().tasks(Cases(path=path))
    assert isinstance(task, Task)


def test_mutants_are_labelled_and_read_back(tmp_path: Path) -> None:
    (task,) = load(tmp_path, ROW)
    assert isinstance(task, Task)
    made = list(CodeScenario().mutants(task))
    assert {"gold", "strip-docstrings", "rename-locals", "for-to-while", "dead-code"} <= {
        m.kind for m in made if m.expect == "accept"
    }
    assert {"off-by-one", "arithmetic", "return-none"} <= {m.kind for m in made if m.expect == "reject"}
    assert len({m.text for m in made}) == len(made)
    for mutant in made:
        reading = CodeScenario().read(task, Completion(choices=(Choice(text=mutant.text),), model="m"))
        assert reading.rule == "fenced"


def test_a_task_without_gold_has_no_mutants(tmp_path: Path) -> None:
    (task,) = load(tmp_path, ROW | {"gold": ""})
    assert isinstance(task, Task)
    assert list(CodeScenario().mutants(task)) == []


def test_the_default_gates_are_offered() -> None:
    scenario, javascript = fastdistill_scenarios()
    offered = {spec.name for spec in (*fastdistill_rules(), *fastdistill_exec_evals())}
    assert {*GATES, *javascript.gates} - {"not-empty"} == offered
    assert scenario.pack is not None
    assert scenario.pack().is_file()
