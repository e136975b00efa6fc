"""Released problem sets as task rows."""

import base64
import gzip
import json
import pickle
import zlib
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
def test_each_layout_becomes_tasks(
    tmp_path: Path, name: str, row: dict[str, Any], entry_point: str
) -> None:
    (task,) = imported(tmp_path, name, json.dumps(row) + "\n")
    assert task.payload.entry_point == entry_point
    assert task.payload.suite.calls
    assert task.payload.gold


def test_gzip_and_arrays_are_read(tmp_path: Path) -> None:
    source = tmp_path / "released.jsonl.gz"
    source.write_bytes(gzip.compress(json.dumps([MBPP, MBPP | {"task_id": 12}]).encode()))
    assert run("mbpp", source, tmp_path, ImportOptions()).counts == {"tasks": 2}


def test_samples_and_a_share_for_evaluation(tmp_path: Path) -> None:
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
def test_what_is_not_that_layout_names_the_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        imported(tmp_path, "mbpp", text)
    assert words in str(caught.value)


@pytest.mark.needs_data
def test_humaneval_is_read_whole_and_lifted(tmp_path: Path, data: Path) -> None:
    report = run("humaneval", data / "humaneval" / "tasks.jsonl", tmp_path, ImportOptions())
    assert report.counts == {"tasks": 164}
    found = list(CodeScenario().tasks(JsonLines(path=tmp_path / "tasks.jsonl")))
    lifted = [t for t in found if isinstance(t, Task) and t.payload.suite.source is None]
    assert len(lifted) >= 160


STDIN = [{"input": "1 2\n", "output": "3\n", "testtype": "stdin"}]
FUNCTIONAL = [{"input": "[1, 2]\n3", "output": "[4, 5]", "testtype": "functional"}]


def packed(cases: list[dict[str, str]]) -> str:
    """Hidden cases as LiveCodeBench releases them."""
    return base64.b64encode(zlib.compress(pickle.dumps(json.dumps(cases)))).decode()


LIVE = {
    "question_title": "Sum",
    "question_content": "Read two numbers; print their sum.",
    "platform": "atcoder",
    "question_id": "abc_1",
    "contest_id": "abc",
    "contest_date": "2024-01-01T00:00:00",
    "starter_code": "",
    "difficulty": "easy",
    "public_test_cases": json.dumps(STDIN),
    "private_test_cases": packed(STDIN * 2),
    "metadata": "{}",
}
LIVE_CALLS = LIVE | {
    "question_content": "Add k to each number.",
    "question_id": "7",
    "platform": "leetcode",
    "starter_code": "class Solution:\n    def addAll(self, nums: List[int], k: int):\n        ",
    "public_test_cases": json.dumps(FUNCTIONAL),
    "private_test_cases": json.dumps(FUNCTIONAL),
    "metadata": json.dumps({"func_name": "addAll"}),
}
APPS = {
    "problem_id": 3,
    "question": "Read n; print n halves.",
    "solutions": json.dumps(["print(int(input()) / 3)", "print(int(input()) / 2)"]),
    "input_output": json.dumps({"inputs": ["3\n", "4\n"], "outputs": ["1.5\n", "2.0\n"]}),
    "difficulty": "introductory",
    "url": "https://example.org/3",
    "starter_code": "",
}
APPS_CALLS = APPS | {
    "question": "Add the numbers of a list.",
    "solutions": json.dumps(["def add(xs):\n    return sum(xs)\n"]),
    "input_output": json.dumps({"fn_name": "add", "inputs": [[[1, 2]], [[5]]], "outputs": [[3], [5]]}),
    "starter_code": "def add(xs):\n\t",
}
CONTEST = {
    "name": "1_A. Sum",
    "description": "Read two numbers; print their sum.",
    "public_tests": {"input": ["1 2\n"], "output": ["3\n"]},
    "private_tests": {"input": ["4 5\n"], "output": ["9 \n"]},
    "generated_tests": {"input": [], "output": []},
    "solutions": {
        "language": [2, 3],
        "solution": ["int main() {}", "print(sum(map(int, input().split())))"],
    },
    "input_file": "",
    "output_file": "",
}


@pytest.mark.parametrize(
    ("name", "row", "texts", "calls"),
    [
        ("livecodebench", LIVE, 3, 0),
        ("livecodebench", LIVE_CALLS, 0, 2),
        ("apps", APPS, 2, 0),
        ("taco", APPS_CALLS, 0, 2),
        ("code-contests", CONTEST, 2, 0),
    ],
)
def test_sets_of_contest_problems_become_tasks(
    tmp_path: Path, name: str, row: dict[str, Any], texts: int, calls: int
) -> None:
    (task,) = imported(tmp_path, name, json.dumps(row) + "\n")
    suite = task.payload.suite
    assert (len(suite.stdin), len(suite.calls)) == (texts, calls)
    assert (task.payload.gold is None) == (name == "livecodebench")
    assert not (tmp_path / "left_out.jsonl").exists()


def test_values_of_one_item_are_unwrapped_and_halves_compared_with_a_tolerance(tmp_path: Path) -> None:
    (task,) = imported(tmp_path, "apps", json.dumps(APPS_CALLS) + "\n")
    assert [check.value for check in task.payload.suite.checks] == [3, 5]
    (task,) = imported(tmp_path, "apps", json.dumps(APPS) + "\n")
    match = task.payload.suite.checks[0].match
    assert match.same("1.5\n", "1.50000001")
    assert not match.same("1.5\n", "1.6")
    assert "/ 2" in task.payload.gold


def test_hidden_cases_are_never_unpickled(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "sprung",))

    trap = base64.b64encode(zlib.compress(pickle.dumps(Trap()))).decode()
    with pytest.raises(UsageError, match="pickle of one text"):
        imported(tmp_path, "livecodebench", json.dumps(LIVE | {"private_test_cases": trap}))
    assert not (tmp_path / "sprung").exists()


def test_golds_that_fail_and_tests_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    bad = [
        MBPP | {"task_id": 1, "code": "def add(a, b):\n    return a - b"},
        MBPP | {"task_id": 2, "code": "def other(): pass"},
        MBPP,
    ]
    source = tmp_path / "released.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in bad))
    report = run("mbpp", source, tmp_path, ImportOptions())
    assert report.counts == {"tasks": 1, "left-out: gold-failed": 1, "left-out: unusable": 1}
    left = [json.loads(line) for line in (tmp_path / "left_out.jsonl").read_text().splitlines()]
    assert [(one["line"], one["reason"]) for one in left] == [(1, "gold-failed"), (2, "unusable")]
    assert "wrong-value" in left[0]["detail"]


def test_setup_code_stands_before_the_asserts(tmp_path: Path) -> None:
    row = MBPP | {
        "code": "def area(r):\n    return math.pi * r\n",
        "test_setup_code": "import math",
        "test_list": ["assert math.isclose(area(1), math.pi)", "assert area(0) == 0"],
    }
    (task,) = imported(tmp_path, "mbpp", json.dumps(row) + "\n")
    assert task.payload.gold


def test_further_inputs_become_calls_with_what_the_gold_gives(tmp_path: Path) -> None:
    (task,) = imported(tmp_path, "evalplus", json.dumps(EVALPLUS) + "\n")
    assert [
        (c.args, k.value) for c, k in zip(task.payload.suite.calls, task.payload.suite.checks, strict=True)
    ] == [
        ((1, 2), 3),
        ((3, 4), 7),
    ]
    odd = EVALPLUS | {"assertion": "assert sorted([add(1, 2)]) == [3]"}
    (task,) = imported(tmp_path, "evalplus", json.dumps(odd) + "\n")
    assert len(task.payload.suite.calls) == 1
