"""`[pairs] extra_attempts`: a task goes on after its first acceptance, and the acceptance stays."""

import json
from pathlib import Path

import pytest

import fastdistill

TASKS = [{"task_id": str(i), "problem": f"What is {i} and {i}?", "answer": 2 * i} for i in range(3)]


@pytest.mark.parametrize(
    ("extra", "attempts"), [(0, [1, 2, 4]), (1, [2, 3, 4]), (2, [3, 4, 4]), (9, [4, 4, 4])]
)
def test_extra_attempts_come_after_the_first_acceptance(
    extra: int, attempts: list[int], tmp_path: Path
) -> None:
    right = {0: [0, 2], 1: [1, 3], 2: []}  # which of four replies are right
    replies = [
        {
            "task_id": str(i),
            "responses": [f"\\boxed{{{2 * i if k in right[i] else 70 + k}}}" for k in range(4)],
        }
        for i in range(3)
    ]
    (tmp_path / "r.jsonl").write_text("\n".join(json.dumps(one) for one in replies))
    made = fastdistill.run(
        "math", TASKS, teacher=f"recorded:{tmp_path / 'r.jsonl'}", out=tmp_path / "out", audit=0,
        gates=["sympy"], pairs={"extra_attempts": extra},
    )  # fmt: skip
    found = list(made.tasks())
    assert [len(one.attempts) for one in found] == attempts
    assert [one.status for one in found] == ["accepted", "accepted", "rejected"]
    assert [one.accepted.attempt for one in found if one.accepted] == [1, 2]
    assert len(list(made.rows())) == 2
    assert made.verify().problems == []
