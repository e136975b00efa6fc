"""A reject explains itself: question, gold, both results, where they part, and the rows that show it."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from fastdistill import Candidate, Finding, Reading, Task, TaskError
from fastdistill.protocols import Illustrated
from fastdistill.testing import lend
from fastdistill_simulator import Asked, TeacherSimulator
from fastdistill_sql.gate import SqliteOptions, open_gate
from fastdistill_sql.payload import SqlPayload

FD = [sys.executable, "-c", "from fastdistill.cli.main import main; main()"]
SCRIPT = """
CREATE TABLE team (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE "Top Player" (
  id INTEGER PRIMARY KEY, note TEXT, a, b, c, d, e, f, name TEXT NOT NULL, goals INT);
CREATE TABLE unused (id INTEGER PRIMARY KEY);
INSERT INTO team VALUES (1, 'Reds');
INSERT INTO "Top Player" (id, name, goals) VALUES (1, 'Ana', 7), (2, 'Bo', 3), (3, 'Cy', 9);
"""
GOLD = 'SELECT name FROM "Top Player" WHERE goals > 4'
LUCKY = "SELECT name FROM \"Top Player\" WHERE name IN ('Ana', 'Cy')"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "league.sqlite"
    with closing(sqlite3.connect(path)) as made:
        made.executescript(SCRIPT)
    return path


def task(database: Path) -> Task[SqlPayload]:
    return Task(
        task_id="t",
        input={"question": "Who scored more than 4?", "database": "league.sqlite", "dialect": "sqlite"},
        payload=SqlPayload(database=database, gold=(GOLD,)),
        has_gold=True,
    )


def candidate(answer: str) -> Candidate:
    return Candidate(answer=answer, text=answer, reading=Reading(answer=answer))


async def judge(one: Task[SqlPayload], answer: str) -> Finding:
    async with lend() as services, open_gate(SqliteOptions(), services) as gate:
        return await gate(one, candidate(answer))


@pytest.mark.anyio
@pytest.mark.parametrize("answer", ["SELECT name FROM team", "SELECT nothing FROM team", LUCKY])
async def test_every_reject_has_question_gold_and_the_first_difference(database: Path, answer: str) -> None:
    evidence = (await judge(task(database), answer)).evidence
    assert evidence["question"] == "Who scored more than 4?"
    assert evidence["gold_sql"] == GOLD
    assert evidence["first_difference"]
    assert isinstance(evidence["expected"], list)


@pytest.mark.anyio
async def test_a_reject_on_a_neighbour_shows_the_rows_of_the_tables_that_are_used(database: Path) -> None:
    evidence = (await judge(task(database), LUCKY)).evidence
    assert list(evidence["tables"]) == ["Top Player"]
    shown = evidence["tables"]["Top Player"]
    assert shown["columns"][:2] == ["name", "goals"]
    assert len(shown["columns"]) == 8
    assert 0 < len(shown["rows"]) <= 12
    assert evidence["candidate"] != evidence["expected"]


def answers(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as opened:
        return sorted(opened.execute(query).fetchall())


@pytest.mark.anyio
async def test_the_neighbour_that_refused_an_answer_is_written_as_a_database(
    database: Path, tmp_path: Path
) -> None:
    into, other = tmp_path / "x.sqlite", tmp_path / "y.sqlite"
    found = await judge(task(database), LUCKY)
    async with lend() as services, open_gate(SqliteOptions(), services) as gate:
        assert isinstance(gate, Illustrated)
        said = await gate.illustrate(task(database), candidate(LUCKY), None, into)
        again = await gate.illustrate(task(database), candidate(LUCKY), found.evidence["variant"], other)
        with pytest.raises(TaskError, match="choose --seed of") as unknown:
            await gate.illustrate(task(database), candidate(LUCKY), -5, other)
        with pytest.raises(TaskError, match="no neighbour refuses") as right:
            await gate.illustrate(task(database), candidate(GOLD), None, other)
    assert (unknown.value.reason, right.value.reason) == ("no-neighbour", "no-neighbour")
    assert said == again
    assert "Top Player" in said
    assert answers(into, GOLD) != answers(into, LUCKY)
    assert answers(into, GOLD) == answers(other, GOLD)
    assert sorted(p.name for p in tmp_path.glob("*.unfinished")) == []


def test_fd_neighbour_writes_it_from_a_finished_run(database: Path, tmp_path: Path) -> None:
    def answer(asked: Asked, index: int) -> str:
        return f"```sql\n{LUCKY if 'more than 4' in asked.prompt else GOLD}\n```"

    rows = [
        {
            "task_id": "lucky",
            "question": "Who scored more than 4?",
            "database": database.name,
            "gold_sql": GOLD,
        },
        {"task_id": "right", "question": "Who is above 4?", "database": database.name, "gold_sql": GOLD},
    ]
    (tmp_path / "tasks.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    environment = {**os.environ, "FD_CACHE": str(tmp_path / "cache")}

    def fd(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*FD, *words], cwd=tmp_path, env=environment, capture_output=True, text=True)

    with TeacherSimulator(answer=answer) as server:
        done = fd(
            "run", "--scenario", "sql", "--tasks", "tasks.jsonl", "--teacher", "openai:any", "--base-url",
            server.base_url, "--out", "out", "--no-cache", "--audit", "0",
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = fd("neighbour", "out", "lucky", "--out", "x.sqlite")
    assert found.returncode == 0, found.stderr
    assert "gold_sql: " + GOLD in found.stdout
    assert "wrong-on-neighbour" in found.stdout
    assert answers(tmp_path / "x.sqlite", GOLD) != answers(tmp_path / "x.sqlite", LUCKY)
    for words, says in (
        (["lucky", "--out", "x.sqlite"], "already something"),
        (["lucky", "--out", "no/x.sqlite"], "there is no folder"),
        (["lost", "--out", "y.sqlite"], "there is no task 'lost'"),
        (["right", "--out", "y.sqlite"], "no neighbour refuses"),
        (["lucky", "--seed", "-7", "--out", "y.sqlite"], "choose --seed of"),
    ):
        wrong = fd("neighbour", "out", *words)
        assert wrong.returncode != 0
        assert says in wrong.stderr, wrong.stderr
    assert not (tmp_path / "y.sqlite").exists()
