"""Tasks in other people's tables, with other names: taken over once, then a run as any."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.toy import rows

from fastdistill_simulator import Asked, TeacherSimulator

FD = [sys.executable, "-c", "from fastdistill.cli.main import main; main()"]


def fd(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "FD_CACHE": str(cwd / "cache"), "OPENAI_API_KEY": "sk-none"}
    return subprocess.run([*FD, *words], cwd=cwd, env=env, capture_output=True, text=True, timeout=120)


CSV = 'id,prompt,target,level\n1,What is 6*7?,42,easy\n2,"What is 2+2?",4,hard\n3,cut off\n'


def solve(asked: Asked, index: int) -> str:
    return "\\boxed{42}" if "6*7" in json.dumps(asked.body) else "\\boxed{4}"


@pytest.fixture(scope="module")
def server() -> Iterator[TeacherSimulator]:
    with TeacherSimulator(answer=solve, slots=4) as running:
        yield running


def words(server: TeacherSimulator, *more: str) -> list[str]:
    return [
        "run", "--scenario", "math", "--teacher", "openai:any", "--base-url", server.base_url,
        "--audit", "0", "--no-cache", "--out", "out", *more,
    ]  # fmt: skip


MAP = ("--map", "task_id=id", "--map", "problem=prompt", "--map", "answer=target")


def test_a_csv_with_other_names_runs_resumes_and_replays(tmp_path: Path, server: TeacherSimulator) -> None:
    (tmp_path / "t.csv").write_text(CSV)
    command = words(server, "--tasks", "t.csv", *MAP)
    done = fd(*command, cwd=tmp_path)
    assert done.returncode == 1, done.stderr  # the third row is cut off
    found = rows(tmp_path / "out/dataset.jsonl")
    assert [row["task_id"] for row in found] == ["1", "2"]
    bad = [row for row in rows(tmp_path / "out/rejected.jsonl") if row["status"] == "failed"]
    assert "2 cells where there are 4 columns" in bad[0]["detail"]
    before = (tmp_path / "out/dataset.jsonl").read_bytes()
    assert fd(*command, cwd=tmp_path).returncode in (0, 1)
    assert (tmp_path / "out/dataset.jsonl").read_bytes() == before
    (tmp_path / "t.csv").unlink()
    assert fd("replay", "out", cwd=tmp_path).returncode == 0
    kept = [json.loads(line) for line in (tmp_path / "out/tasks.jsonl").read_text().splitlines()]
    assert kept[0] == {"task_id": "1", "problem": "What is 6*7?", "answer": "42", "level": "easy"}


def test_another_file_for_the_same_folder_is_refused(tmp_path: Path, server: TeacherSimulator) -> None:
    (tmp_path / "t.csv").write_text(CSV)
    command = words(server, "--tasks", "t.csv", *MAP)
    fd(*command, cwd=tmp_path)
    (tmp_path / "t.csv").write_text(CSV.replace("42", "43"))
    done = fd(*command, cwd=tmp_path)
    assert done.returncode == 2
    assert "holds a run of other tasks than 't.csv' has now" in done.stderr


def test_a_folder_of_tables(tmp_path: Path, server: TeacherSimulator) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    folder = tmp_path / "tasks"
    folder.mkdir()
    (folder / "a.csv").write_text("id,prompt,target\n1,What is 6*7?,42\n")
    table = pa.Table.from_pylist([{"id": 2, "prompt": "What is 2+2?", "target": 4, "note": None}])
    pq.write_table(table, folder / "b.parquet")
    (folder / "notes.txt").write_text("not a table")
    done = fd(*words(server, "--tasks", "tasks", *MAP), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [row["task_id"] for row in rows(tmp_path / "out/dataset.jsonl")] == ["1", "2"]


def test_paths_in_a_table_start_beside_it(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/db.sql").write_text("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1);")
    (tmp_path / "data/t.csv").write_text("id,ask,db,query\n1,How many?,db.sql,SELECT COUNT(*) FROM t\n")
    pairs = ("task_id=id", "question=ask", "database=db", "gold_sql=query")
    maps = [word for pair in pairs for word in ("--map", pair)]
    done = fd("audit", "--scenario", "sql", "--tasks", "data/t.csv", *maps, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "over 1 tasks" in done.stdout


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--map", "question"), "OURS=THEIRS"),
        (("--map", "problem={prompt!r}"), "alone"),
        (("--tasks", "nothing.csv"), "there is no task file 'nothing.csv'"),
    ],
)
def test_mistakes_are_told(
    tmp_path: Path, server: TeacherSimulator, more: tuple[str, ...], says: str
) -> None:
    (tmp_path / "t.csv").write_text(CSV)
    done = fd(*words(server, "--tasks", "t.csv", *more), cwd=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert not (tmp_path / "out").exists()
