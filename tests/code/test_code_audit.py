"""The audit catches a broken code gate; the real one survives it."""

import json
from pathlib import Path
from typing import Any

import pytest
from support.auditing import audited

from fastdistill import Candidate, Finding, Task, passed, rejected

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


SHARE = """
def share(part, whole):
    if whole == 0:
        return 0.0
    return part / (whole * 10000000)
"""


@pytest.fixture
def tasks(tmp_path: Path) -> Path:
    """Three tasks whose mutants differ in order, in small numbers, and in anything."""

    def row(name: str, gold: str, *cases: tuple[list[Any], Any]) -> dict[str, Any]:
        told = [{"args": args, "value": value} for args, value in cases]
        return {
            "task_id": name,
            "prompt": f"Write {name}.",
            "entry_point": name,
            "gold": gold,
            "tests": {"kind": "calls", "cases": told},
        }

    made = [
        row("largest_first", "def largest_first(xs):\n    return sorted(xs, reverse=True)\n",
            ([[3, 1, 2, 5]], [5, 3, 2, 1]), ([[]], []), ([[1, 1, 4]], [4, 1, 1])),
        row("share", SHARE,
            ([1, 2], 1 / 20000000), ([0, 3], 0.0), ([5, 0], 0.0)),
        row("between", "def between(x, low, high):\n    return low <= x < high\n",
            ([1, 1, 2], True), ([2, 1, 2], False), ([0, 1, 2], False)),
    ]  # fmt: skip
    path = tmp_path / "tasks.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in made), encoding="utf-8")
    return path


def values(task: Task[Any], answer: str) -> list[Any]:
    """These programs are ours: mutants of our own golds."""
    names: dict[str, Any] = {}
    exec(answer, names)
    inputs: dict[str, list[list[Any]]] = {
        "largest_first": [[[3, 1, 2, 5]], [[]], [[1, 1, 4]]],
        "share": [[1, 2], [0, 3], [5, 0]],
        "between": [[1, 1, 2], [2, 1, 2], [0, 1, 2]],
    }
    found = []
    for args in inputs[task.task_id]:
        try:
            found.append(names[task.task_id](*args))
        except Exception as error:  # noqa: BLE001  whatever a mutant raises
            found.append(type(error).__name__)
    return found


GOLDS: dict[str, list[Any]] = {
    "largest_first": [[5, 3, 2, 1], [], [4, 1, 1]],
    "share": [1 / 20000000, 0.0, 0.0],
    "between": [True, False, False],
}


async def all_pass(task: Task[Any], candidate: Candidate, /) -> Finding:
    return passed(gold_match=True, exec_pass=True)


async def as_sets(task: Task[Any], candidate: Candidate, /) -> Finding:
    def loose(found: list[Any]) -> list[Any]:
        return [set(one) if isinstance(one, list) else one for one in found]

    same = loose(values(task, candidate.answer)) == loose(GOLDS[task.task_id])
    return passed(gold_match=True) if same else rejected("wrong-value")


async def nearly(task: Task[Any], candidate: Candidate, /) -> Finding:
    def loose(found: list[Any]) -> list[Any]:
        return [round(one, 6) if isinstance(one, float) else one for one in found]

    same = loose(values(task, candidate.answer)) == loose(GOLDS[task.task_id])
    return passed(gold_match=True) if same else rejected("wrong-value")


@pytest.mark.parametrize("gate", [all_pass, as_sets, nearly])
async def test_a_broken_gate_is_caught_by_the_audit(gate: Any, tasks: Path) -> None:
    found = await audited(gate, "code", tasks)
    assert found["counts"]["accepted_wrong"] > 0
    assert found["kill_rate"] < 1
    assert found["survivors"]


async def test_the_real_gate_survives_it(tasks: Path) -> None:
    found = await audited(None, "code", tasks, real="python")
    assert found["counts"]["rejected_wrong"] == 0
    assert found["kill_rate"] >= 0.95, found["survivors"]
