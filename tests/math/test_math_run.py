"""The math scenario in whole runs: the pack, a teacher, real problems, mutants, bad rows, imports."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.auditing import audited
from support.mathing import asking, task_of, tasks_of
from support.toy import rows

from fastdistill import (
    BadTask,
    Candidate,
    Finding,
    ImportOptions,
    Outcome,
    Task,
    UsageError,
    passed,
    rejected,
)
from fastdistill.run.tasks import JsonLines
from fastdistill_math.fast import plain
from fastdistill_math.importers import run as import_from
from fastdistill_math.rows import MathGold
from fastdistill_math.scenario import MathScenario
from fastdistill_simulator import Asked, TeacherSimulator

PACK = Path(sys.modules[MathScenario.__module__].__file__ or "").parent / "pack" / "tasks.jsonl"
FD = [sys.executable, "-c", "from fastdistill.cli.main import main; main()"]


def pack() -> list[Task[MathGold]]:
    found = list(MathScenario().tasks(JsonLines(path=PACK)))
    assert all(isinstance(one, Task) for one in found), found
    return found  # type: ignore[return-value]


@pytest.mark.anyio
async def test_the_packs_answers_pass_their_own_gate() -> None:
    found = pack()
    assert len(found) >= 60
    async with asking() as ask:
        for task in found:
            assert task.payload.answer is not None
            said = await ask(task, f"\\boxed{{{task.payload.answer}}}")
            assert said.outcome is Outcome.PASS, (task.task_id, said)


@pytest.mark.anyio
@pytest.mark.parametrize("answer", ["3", None])
async def test_without_gold_an_answer_has_a_class(answer: str | None) -> None:
    async with asking() as ask:
        one = await ask(task_of(None), "\\boxed{\\frac{1}{2}}")
        two = await ask(task_of(None), "\\boxed{0.5}")
        three = await ask(task_of(None), "\\boxed{x+1}")
        four = await ask(task_of(None), "\\boxed{1+x}")
    assert one.class_key == two.class_key is not None
    assert three.class_key == four.class_key not in (None, one.class_key)
    assert one.gold_match is None


def test_consensus_accepts_what_most_attempts_mean_marked_unlabelled(tmp_path: Path) -> None:
    replies = {"1": "\\boxed{0.5}", "2": "\\boxed{7}", "3": "\\boxed{\\frac12}"}

    def answer(asked: Asked, index: int) -> str:
        return replies[str(min(asked.ordinal, 3))]

    (tmp_path / "t.jsonl").write_text(json.dumps({"task_id": "a", "problem": "half of one"}) + "\n")
    with TeacherSimulator(answer=answer) as server:
        done = fd(
            tmp_path, "run", "--scenario", "math", "--tasks", "t.jsonl", "--teacher", "openai:m",
            "--base-url", server.base_url, "--out", "out", "--attempts", "3",
            "--set", "consensus.enabled=true",
            "--no-cache",
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (row,) = rows(tmp_path / "out" / "dataset.jsonl")
    quality = json.loads((tmp_path / "out" / "quality_report.json").read_text())
    assert row["answer"] == "0.5"
    assert quality["unlabelled"]["count"] == 1


def fd(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "FD_CACHE": str(folder / "cache")}
    return subprocess.run([*FD, *words], cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.slow
def test_a_run_over_the_pack_accepts_exactly_the_right_answers(tmp_path: Path) -> None:
    tasks = pack()
    by_problem = {str(task.input["problem"]): (number, task) for number, task in enumerate(tasks)}

    def answer(asked: Asked, index: int) -> str:
        number, task = by_problem[asked.prompt]
        gold = task.payload.answer
        refusal = "I cannot help with that at all, sorry, because it is too hard for me."
        return [f"So it is \\boxed{{{gold}}}.", "\\boxed{123456789}", refusal][number % 3]

    with TeacherSimulator(answer=answer) as server:
        done = fd(
            tmp_path, "run", "--scenario", "math", "--teacher", "openai:m", "--base-url", server.base_url,
            "--out", "out", "--no-cache", "--audit", "5", "--limit", str(len(tasks)),
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    right = [task.task_id for number, task in enumerate(tasks) if number % 3 == 0]
    assert [row["task_id"] for row in rows(tmp_path / "out" / "dataset.jsonl")] == right
    quality = json.loads((tmp_path / "out" / "quality_report.json").read_text())
    assert quality["gate_error"]["counts"]["accepted_wrong"] == 0
    assert sum(quality["reject_reason_counts"].values()) == len(tasks) - len(right)


@pytest.mark.needs_data
@pytest.mark.slow
@pytest.mark.anyio
async def test_gsm8k_golds_agree_with_their_solutions(data: Path) -> None:
    found = list(MathScenario().tasks(JsonLines(path=data / "gsm8k" / "tasks.jsonl")))
    async with asking() as ask:
        for task in found:
            assert isinstance(task, Task)
            said = await ask(task, task.payload.solution or "")
            assert said.outcome is Outcome.PASS, (task.task_id, said)


# -- the audit finds broken gates


async def all_pass(task: Task[Any], candidate: Candidate, /) -> Finding:
    return passed(gold_match=True, exec_pass=True)


async def as_sets_of_characters(task: Task[Any], candidate: Candidate, /) -> Finding:
    same = set(candidate.answer) == set(task.payload.answer)
    return passed(gold_match=True) if same else rejected("wrong")


async def nearly(task: Task[Any], candidate: Candidate, /) -> Finding:
    one, two = (plain(text.replace(" + 10^{-30}", "")) for text in (task.payload.answer, candidate.answer))
    same = candidate.answer == task.payload.answer if one is None or two is None else abs(one - two) <= 1e-6
    return passed(gold_match=True) if same else rejected("wrong")


GOLDS = (
    "12",
    "0.0000001",
    "1/2",
    "\\frac{3}{7}",
    "x^2+1",
    "(1,2)",
    "[0,1)",
    "\\{1,2,3\\}",
    "5 cm",
    "2\\pi",
    "-7",
)


@pytest.fixture
def golds(tmp_path: Path) -> Path:
    path = tmp_path / "golds.jsonl"
    tasks_of(path, *({"task_id": str(i), "problem": "?", "answer": gold} for i, gold in enumerate(GOLDS)))
    return path


@pytest.mark.anyio
@pytest.mark.parametrize("gate", [all_pass, as_sets_of_characters, nearly])
async def test_a_broken_gate_is_caught_by_the_audit(gate: Any, golds: Path) -> None:
    found = await audited(gate, "math", golds)
    assert found["counts"]["accepted_wrong"] > 0
    assert found["kill_rate"] < 1
    assert found["survivors"]


@pytest.mark.anyio
async def test_the_real_gate_survives_the_same_audit(golds: Path) -> None:
    found = await audited(None, "math", golds, real="sympy")
    assert found["counts"]["accepted_wrong"] == found["counts"]["rejected_wrong"] == 0
    assert found["total"] >= 40


# -- rows and imports


def test_bad_rows_fail_alone_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    lines = [
        {"task_id": "a", "problem": "1+1?", "answer": "2"},
        {"task_id": "b", "problem": "?", "answer": "2", "answr": "3"},
        {"task_id": "c", "problem": "?", "answer": " $ "},
        {"task_id": "d", "problem": "?", "answer": "2", "digits": -1},
        {"task_id": "e", "problem": "x" * 30_000, "answer": "2"},
        {"problem": "?", "answer": "2"},
    ]
    path.write_text("\n".join([*map(json.dumps, lines), "{not json"]) + "\n")
    found = list(MathScenario().tasks(JsonLines(path=path)))
    bad = {one.line: one.detail for one in found if isinstance(one, BadTask)}
    assert sorted(bad) == [2, 3, 4, 5, 6, 7]
    assert "did you mean 'answer" in bad[2]
    assert "empty answer" in bad[3]
    assert "digits" in bad[4]
    assert "30000 characters" in bad[5]
    assert "task_id" in bad[6]


def test_gsm8k_as_released(tmp_path: Path) -> None:
    released = [
        {"question": "How many?", "answer": "2+2=<<2+2=4>>4\n#### 1,004"},
        {"question": "A line\u2028end?", "answer": "#### 7"},
    ]
    source = tmp_path / "test.jsonl"
    source.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in released), encoding="utf-8")
    report = import_from("gsm8k", source, tmp_path, ImportOptions())
    found = rows(tmp_path / "tasks.jsonl")
    assert [row["answer"] for row in found] == ["1004", "7"]
    assert report.counts["written"] == 2
    assert all(
        isinstance(one, Task) for one in MathScenario().tasks(JsonLines(path=tmp_path / "tasks.jsonl"))
    )


def test_math_as_released(tmp_path: Path) -> None:
    folder = tmp_path / "MATH" / "algebra"
    folder.mkdir(parents=True)
    row = {
        "problem": "x?",
        "level": "Level 5",
        "type": "Algebra",
        "solution": "Thus $\\boxed{\\frac{1}{2}}$.",
    }
    (folder / "1.json").write_text(json.dumps(row))
    (folder / "2.json").write_text(json.dumps({**row, "solution": "no box here"}))
    import_from("math", tmp_path / "MATH", tmp_path, ImportOptions(samples=5, seed=13))
    (found,) = rows(tmp_path / "tasks.jsonl")
    assert found["answer"] == "\\frac{1}{2}"
    assert found["tags"] == ["Algebra", "Level 5"]


def test_a_source_that_is_no_such_dataset_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no"):
        import_from("math", tmp_path / "none", tmp_path, ImportOptions())
    (tmp_path / "x.jsonl").write_text('{"foo": 1}\n')
    with pytest.raises(UsageError, match="holds no gsm8k row"):
        import_from("gsm8k", tmp_path / "x.jsonl", tmp_path, ImportOptions())
