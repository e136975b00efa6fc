"""`fd tasks check`, `fd run --dry-run`, and sources that are mostly bad: all before a teacher is asked."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fastdistill.cli.main import cli


def fd(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words], standalone_mode=False)


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


GOOD = [
    {"task_id": str(i), "problem": f"What is {i} + 1?", "answer": i + 1, "source": "x"} for i in range(8)
]
FOREIGN = [{"id": i, "prompt": f"What is {i} + 1?", "expected_answer": i + 1} for i in range(6)]


def test_a_check_says_all_of_a_file(tmp_path: Path) -> None:
    bad = [{"task_id": "a"}, {"task_id": "b"}, {"problem": "What?"}]
    file = write(tmp_path / "t.jsonl", [*GOOD, *bad, {**GOOD[0], "task_id": "again"}, GOOD[1]])
    found = fd("tasks", "check", file, "--scenario", "math", "--json")
    said = json.loads(found.output)
    assert found.return_value == 1
    counts = {key: said[key] for key in ("rows", "tasks", "bad", "duplicates", "names_twice", "with_gold")}
    assert counts == {
        "rows": 13, "tasks": 10, "bad": 3, "duplicates": 1, "names_twice": 1, "with_gold": 10
    }  # fmt: skip
    assert [(one["count"], one["examples"][0]["line"]) for one in said["reasons"]] == [(2, 9), (1, 11)]
    assert said["meta_columns"] == ["source"]
    people = fd("tasks", "check", file, "--scenario", "math").output
    assert "13 rows: 9 tasks, 4 bad" in people
    assert "2 x malformed-task: problem" in people


def test_tasks_that_the_scenario_marks_are_counted(tmp_path: Path) -> None:
    proof = {
        "task_id": "proof",
        "problem": "Why?",
        "answer": "Assume that n is even. Then n^2 is even, too.",
    }
    file = write(tmp_path / "t.jsonl", [{**GOOD[0], "tags": ["easy"]}, proof])
    assert "1 of 2 tasks are marked text-gold\n" in fd("tasks", "check", file, "--scenario", "math").output
    assert json.loads(fd("tasks", "check", file, "--scenario", "math", "--json").output)["marked"] == {
        "text-gold": 1
    }


def test_a_file_without_faults_ends_with_zero(tmp_path: Path) -> None:
    assert fd("tasks", "check", write(tmp_path / "t.jsonl", GOOD), "--scenario", "math").return_value == 0


@pytest.mark.parametrize(
    ("scenario", "row", "flags"),
    [
        ("math", FOREIGN[0], "--map task_id=id --map problem=prompt --map answer=expected_answer"),
        (
            "sql",
            {"question_id": 1, "utterance": "How many?", "db_path": "a.sqlite", "query": "SELECT 1"},
            "--map task_id=question_id --map question=utterance --map database=db_path"
            " --map gold_sql=query",
        ),
        ("math", {"task_id": "1", "problems": "What is 1 + 1?", "answer": 2}, "--map problem=problems"),
    ],
)
def test_the_likely_mapping_is_told(scenario: str, row: dict[str, Any], flags: str, tmp_path: Path) -> None:
    file = write(tmp_path / "t.jsonl", [row] * 3)
    assert f"likely: {flags}\n" in fd("tasks", "check", file, "--scenario", scenario).output


def test_a_mostly_bad_source_stops_before_the_first_request(tmp_path: Path) -> None:
    file = write(tmp_path / "t.jsonl", [*FOREIGN, *GOOD[:5]])
    replies = write(tmp_path / "r.jsonl", [{"task_id": "0", "reply": "1"}])
    out = tmp_path / "out"
    run = ("run", "--scenario", "math", "--tasks", file, "--teacher", f"recorded:{replies}", "--out", out)
    stopped = fd(*run)
    assert stopped.exception is not None
    message = str(stopped.exception)
    assert message.startswith("6 of 11 rows are no tasks, more than half: nobody was asked")
    assert message.count("\n  line ") == 3
    assert "likely: --map task_id=id --map problem=prompt --map answer=expected_answer" in message
    assert not (out / "ledger.sqlite").exists()
    mapped = ("--map", "task_id=id", "--map", "problem=prompt", "--map", "answer=expected_answer")
    assert fd(*run[:4], write(tmp_path / "f.jsonl", FOREIGN), *run[5:], *mapped).exception is None


def test_half_bad_goes_on_and_says_why(tmp_path: Path) -> None:
    file = write(tmp_path / "t.jsonl", [*GOOD[:2], {"task_id": "a"}, {"task_id": "b"}])
    replies = write(
        tmp_path / "r.jsonl", [{"task_id": str(i), "reply": f"\\boxed{{{i + 1}}}"} for i in range(2)]
    )
    out = tmp_path / "out"
    found = fd(
        "run", "--scenario", "math", "--tasks", file, "--teacher", f"recorded:{replies}", "--out", out,
        "--audit", 0,
    )  # fmt: skip
    assert found.return_value == 1
    report = json.loads((out / "quality_report.json").read_text())
    assert [(one["count"], one["line"]) for one in report["bad_rows"]] == [(2, 3)]
    assert "rows that are no tasks: 2 x problem" in found.stderr


def test_a_dry_run_shows_prompts_gates_and_cost_and_writes_nothing(tmp_path: Path) -> None:
    file = write(tmp_path / "t.jsonl", GOOD)
    out = tmp_path / "out"
    found = fd(
        "run", "--dry-run", "--scenario", "math", "--tasks", file, "--teacher", "recorded:nothing.jsonl",
        "--attempts", 3, "--out", out, "--set", "teacher.0.max_tokens=100",
        "--set", "teacher.0.price={input=1.0, output=1000.0}",
    )  # fmt: skip
    assert found.exception is None
    text = found.output
    assert text.count("--- the prompt of task") == 3
    assert all(str(one["problem"]) in text for one in GOOD[:3])
    assert "sympy: compares" in text
    assert "800 tokens, about 0.80 USD; up to 3 times" in text
    assert not out.exists()


def test_a_dry_run_without_a_price_knows_no_cost(tmp_path: Path) -> None:
    write(tmp_path / "t.jsonl", FOREIGN)
    found = fd("run", "--dry-run", "--scenario", "math", "--tasks", tmp_path / "t.jsonl",
               "--teacher", "openai:m")  # fmt: skip
    assert "nobody was asked" in found.output
    assert "--- the prompt" not in found.output


def test_shares_and_group_of_a_split_by_flags(tmp_path: Path) -> None:
    file = write(tmp_path / "t.jsonl", [{**one, "source": str(i // 4)} for i, one in enumerate(GOOD)])
    replies = write(
        tmp_path / "r.jsonl", [{"task_id": str(i), "reply": f"\\boxed{{{i + 1}}}"} for i in range(8)]
    )
    out = tmp_path / "out"
    run = ("run", "--scenario", "math", "--tasks", file, "--teacher", f"recorded:{replies}", "--out", out)
    assert fd(*run, "--split", "0.5/0.5", "--by", "source", "--audit", 0).exception is None
    rows = [json.loads(line) for line in (out / "dataset.jsonl").read_text().splitlines()]
    assert {row["group"] for row in rows} == {"0", "1"}
    assert len({(row["group"], row["split"]) for row in rows}) == 2
    assert {row["split"] for row in rows} <= {"train", "test"}
    assert "0.9/0.05/0.05" in str(fd(*run, "--split", "0.9/0.5").exception)
