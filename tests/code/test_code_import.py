"""Released problem sets as task rows."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from fastdistill import ImportOptions, Task, UsageError
from fastdistill.run.tasks import JsonLines
from fastdistill_code.importers.released import run
from fastdistill_code.scenario import CodeScenario

HUMANEVAL = {
    "task_id": "X/0",
    "prompt": 'from typing import List\n\ndef first(items: List[int]) -> int:\n    """The first."""\n',
    "entry_point": "first",
    "canonical_solution": "    return items[0]\n",
    "test": "METADATA = {}\n\ndef check(candidate):\n    assert candidate([1, 2]) == 1\n",
}
MBPP = {
    "task_id": 11,
    "text": "Write a function to add.",
    "code": "def add(a, b):\r\n\treturn a + b",
    "test_list": ["assert add(1, 2) == 3", "assert add(0, 0) == 0"],
    "test_setup_code": "",
    "challenge_test_list": [],
}
EVALPLUS = {
    "task_id": "Mbpp/11",
    "prompt": '"""Write a function to add.\nassert add(1, 2) == 3\n"""\n',
    "entry_point": "add",
    "canonical_solution": "\ndef add(a, b):\n    return a + b\n",
    "assertion": "assert add(1, 2) == 3",
    "base_input": [[1, 2]],
    "plus_input": [[3, 4]],
}


def imported(tmp_path: Path, name: str, text: str, **options: Any) -> list[Task[Any]]:
    source = tmp_path / "released.jsonl"
    source.write_text(text, encoding="utf-8")
    run(name, source, tmp_path, ImportOptions(**options))
    found = list(CodeScenario().tasks(JsonLines(path=tmp_path / "tasks.jsonl")))
    assert all(isinstance(task, Task) for task in found)
    return [task for task in found if isinstance(task, Task)]


@pytest.mark.parametrize(
    ("name", "row", "entry_point"),
    [("humaneval", HUMANEVAL, "first"), ("mbpp", MBPP, "add"), ("evalplus", EVALPLUS, "add"),
     ("evalplus", HUMANEVAL, "first")],
)  # fmt: skip
def test_each_layout_becomes_tasks(tmp_path: Path, name: str, row: dict[str, Any], entry_point: str):
    (task,) = imported(tmp_path, name, json.dumps(row) + "\n")
    assert task.payload.entry_point == entry_point
    assert task.payload.suite.calls
    assert task.payload.gold


def test_gzip_and_arrays_are_read(tmp_path: Path):
    source = tmp_path / "released.jsonl.gz"
    source.write_bytes(gzip.compress(json.dumps([MBPP, MBPP | {"task_id": 12}]).encode()))
    assert run("mbpp", source, tmp_path, ImportOptions()).counts == {"tasks": 2}


def test_samples_and_a_share_for_evaluation(tmp_path: Path):
    text = "".join(json.dumps(MBPP | {"task_id": i}) + "\n" for i in range(20))
    found = imported(tmp_path, "mbpp", text, samples=10, eval_share=0.2)
    assert len(found) == 8
    assert len((tmp_path / "eval.jsonl").read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "holds no problem"),
        ("{", "line 1: is not JSON"),
        ("[1]", "is not a JSON object"),
        (json.dumps(MBPP) + "\n" + json.dumps(HUMANEVAL), "line 2: no 'test_list'"),
        (json.dumps(MBPP | {"code": "def other(): pass"}), "the tests call none of other"),
    ],
)
def test_what_is_not_that_layout_names_the_line(tmp_path: Path, text: str, words: str):
    with pytest.raises(UsageError) as caught:
        imported(tmp_path, "mbpp", text)
    assert words in str(caught.value)


@pytest.mark.needs_data
def test_humaneval_is_read_whole_and_lifted(tmp_path: Path, data: Path):
    report = run("humaneval", data / "humaneval" / "tasks.jsonl", tmp_path, ImportOptions())
    assert report.counts == {"tasks": 164}
    found = list(CodeScenario().tasks(JsonLines(path=tmp_path / "tasks.jsonl")))
    lifted = [t for t in found if isinstance(t, Task) and t.payload.suite.source is None]
    assert len(lifted) >= 160
