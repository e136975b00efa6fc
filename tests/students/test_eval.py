"""`fd eval` as a person uses it, over a simulated teacher and student."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.commands import command as fd
from support.toy import rows

from fastdistill_simulator import Asked, TeacherSimulator

SUM = re.compile(r"(\d+) plus (\d+)")


def answer(asked: Asked, index: int) -> str:
    """Right, but for the student called `weak`: wrong on even sums at every second request."""
    found = SUM.search(asked.prompt)
    assert found is not None
    total = int(found[1]) + int(found[2])
    if asked.model == "weak" and total % 2 == 0 and asked.ordinal % 2 == 0:
        total += 1
    return "I do not know." if asked.model == "mute" else f"The answer is \\boxed{{{total}}}."


@pytest.fixture(scope="module")
def server() -> Iterator[TeacherSimulator]:
    with TeacherSimulator(answer=answer) as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, server: TeacherSimulator) -> Path:
    """A teacher's run of forty tasks with a test split."""
    made = tmp_path_factory.mktemp("students")
    tasks = [
        {
            "task_id": f"t{n}",
            "problem": f"{n} plus {n * n}?",
            "answer": str(n + n * n),
            "tags": ["sum"],
        }
        for n in range(40)
    ]
    (made / "tasks.jsonl").write_text("".join(json.dumps(one) + "\n" for one in tasks))
    done = fd(
        "run", "--scenario", "math", "--tasks", "tasks.jsonl", "--out", "teacher",
        "--audit", "0", "--no-cache",
        "--teacher", "openai:strong", "--base-url", server.base_url,
        "--set", "split.train=0.6", "--set", "split.test=0.4", cwd=made,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return made


def evaluated(
    folder: Path, server: TeacherSimulator, *words: str, target: str = "teacher"
) -> dict[str, Any]:
    done = fd("eval", target, "--base-url", server.base_url, "--no-cache", "--json", *words, cwd=folder)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_student_is_asked_the_test_split_k_times(folder: Path, server: TeacherSimulator) -> None:
    found = evaluated(
        folder, server, "--student", "openai:weak", "--k", "4", "--out", "weak", "--concurrency", "1"
    )
    held_out = [row["task_id"] for row in rows(folder / "weak" / "tasks.jsonl")]
    trained = [row["task_id"] for row in rows(folder / "teacher" / "dataset.jsonl")]
    assert 5 < found["tasks"] == len(held_out) < 30
    assert found["answers"]["asked"] == 4 * len(held_out)
    assert found["answers"]["undecided"] == 0
    assert found["by_reason"] == {"wrong-answer": found["answers"]["wrong"]}
    assert 0 < found["pass@1"]["rate"] < found["pass@4"]["rate"] == 1
    assert found["by_tag"]["sum"]["rate"] == found["pass@1"]["rate"]
    assert found["refused"]["count"] == 0
    assert len(set(trained)) == 40, "the teacher's run goes on having its own rows"
    assert (folder / "weak" / "dataset.jsonl").read_text() == "", "a student's answers are no dataset"


def test_its_figures_are_shown_again_replayed_and_not_asked_twice(
    folder: Path, server: TeacherSimulator
) -> None:
    words = ("--student", "openai:weak", "--k", "2", "--out", "again")
    first, asked = evaluated(folder, server, *words), server.counters.requests
    assert evaluated(folder, server, *words) == first
    assert server.counters.requests == asked
    shown = fd("eval", "again", cwd=folder)
    assert "pass@2" in shown.stdout
    assert "95 %" in shown.stdout
    assert fd("replay", "again", cwd=folder).returncode == 0
    assert fd("verify", "again", cwd=folder).returncode == 0
    refused = fd("eval", "teacher", cwd=folder)
    assert refused.returncode == 3
    assert "holds a teacher's run" in refused.stderr


def test_the_training_split_is_asked_only_when_it_is_named(folder: Path, server: TeacherSimulator) -> None:
    both = evaluated(
        folder, server, "--student", "openai:strong", "--k", "1", "--split", "both", "--out", "both"
    )
    train = evaluated(
        folder, server, "--student", "openai:strong", "--k", "1", "--split", "train", "--out", "train"
    )
    assert (both["tasks"], both["pass@1"]["rate"]) == (40, 1.0)
    assert 0 < train["tasks"] < 40


def test_two_students_are_compared_task_by_task(folder: Path, server: TeacherSimulator) -> None:
    for name in ("strong", "mute"):
        evaluated(folder, server, "--student", f"openai:{name}", "--k", "2", "--out", f"as-{name}")
    done = fd("compare", "as-mute", "as-strong", "--json", cwd=folder)
    found = json.loads(done.stdout)
    assert found["better"] == found["tasks"] == len(found["flips"]) > 5
    assert "openai:strong (as-strong) is better than openai:mute (as-mute)" in found["claim"]
    assert found["doubts"] == []
    mixed = fd("compare", "teacher", "as-strong", cwd=folder)
    assert "doubt: one is a teacher's run" in mixed.stdout
    assert "No difference" in mixed.stdout


def test_a_weak_student_is_diagnosed_by_its_arms(tmp_path: Path, server: TeacherSimulator) -> None:
    tasks = [
        {"task_id": f"t{n}", "problem": f"{n} plus {n * n}?", "answer": str(n + n * n)} for n in range(110)
    ]
    (tmp_path / "tasks.jsonl").write_text("".join(json.dumps(one) + "\n" for one in tasks))
    ran = fd(
        "run", "--scenario", "math", "--tasks", "tasks.jsonl", "--out", "teacher", "--audit", "0",
        "--no-cache", "--teacher", "openai:strong", "--base-url", server.base_url,
        "--set", "split.train=0.5", "--set", "split.test=0.5", cwd=tmp_path,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    words = (
        "diagnose",
        "teacher",
        "--base-url",
        server.base_url,
        "--k",
        "2",
        "--limit",
        "40",
        "--out",
        "why",
    )
    done = fd(
        *words, "--student", "openai:mute", "--base", "openai:strong", "--set", "cache=false", "--json",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["verdict"] in ("training", "format")
    assert {name: arm["rate"] for name, arm in found["arms"].items()} == {
        "A": 1.0, "B": 0.0, "C": 0.0, "D": 1.0, "E": 1.0,
    }  # fmt: skip
    shown = rows(tmp_path / "why" / "E" / "examples.jsonl")
    assert len(shown) == 4
    asked = server.counters.requests
    again = fd(
        *words, "--student", "openai:mute", "--base", "openai:strong", "--set", "cache=false", cwd=tmp_path
    )
    assert found["sentence"] in again.stdout
    assert server.counters.requests == asked
    assert fd("replay", "why/E", cwd=tmp_path).returncode == 0


def test_tasks_that_were_trained_on_are_refused(folder: Path, server: TeacherSimulator) -> None:
    said = rows(folder / "tasks.jsonl")
    file = [dict(row, task_id=f"x{row['task_id']}") for row in said]
    (folder / "held.jsonl").write_text("".join(json.dumps(row) + "\n" for row in file))
    words = ("--student", "openai:mute", "--k", "1", "--scenario", "math", "--trained-on", "teacher")
    found = evaluated(folder, server, *words, "--out", "held", target="held.jsonl")
    assert found["refused"]["reasons"] == {"same-input": 40 - found["tasks"]}
    assert found["answers"]["solved"] == 0
    assert found["pass@1"]["interval"][1] < 0.5


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["teacher", "--student", "openai"], 2, "write PROVIDER:MODEL"),
        (["nowhere", "--student", "openai:m"], 2, "neither a run nor a task file"),
        (["tasks.jsonl", "--student", "openai:m"], 2, "which scenario?"),
        (
            ["tasks.jsonl", "--student", "openai:m", "--scenario", "math", "--split", "train"],
            2,
            "is of a run",
        ),
        (["teacher", "--student", "opnai:m"], 3, "did you mean 'openai'?"),
        (["teacher", "--student", "openai:m", "--out", "teacher"], 2, "choose another --out"),
        (["teacher", "--student", "openai:m", "--set", "teachr=1"], 2, "did you mean 'teacher'?"),
        (["empty", "--student", "openai:m"], 3, "is this the folder of a run?"),
    ],
)
def test_wrong_input_is_explained(folder: Path, words: list[str], code: int, says: str) -> None:
    (folder / "empty").mkdir(exist_ok=True)
    done = fd("eval", *words, cwd=folder)
    assert says in done.stderr
    assert done.returncode == code
    assert "Traceback" not in done.stderr


def test_a_run_without_a_test_split_says_what_to_do(folder: Path, server: TeacherSimulator) -> None:
    done = fd(
        "run", "--scenario", "math", "--tasks", "tasks.jsonl", "--limit", "2", "--out", "whole",
        "--audit", "0",
        "--teacher", "openai:strong", "--base-url", server.base_url, "--no-cache", cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    done = fd("eval", "whole", "--student", "openai:m", cwd=folder)
    assert done.returncode == 2
    assert "[split]" in done.stderr
