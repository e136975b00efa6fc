"""The `sqlite` gate through its public seam: real workers, a real store, a small school database."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from fastdistill import Candidate, Finding, Outcome, Reading, Task, TaskError
from fastdistill.testing import lend
from fastdistill_sql.gate import SqliteOptions, open_gate
from fastdistill_sql.payload import SqlPayload

pytestmark = pytest.mark.anyio

SCRIPT = """
CREATE TABLE team (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT);
CREATE TABLE player (id INTEGER PRIMARY KEY, name TEXT NOT NULL, team_id INTEGER REFERENCES team(id),
  goals INT, born TEXT);
INSERT INTO team VALUES (1, 'Reds', 'Porto'), (2, 'Blues', 'Turin'), (3, 'Greens', 'Porto');
INSERT INTO player VALUES (1, 'Ana', 1, 7, '1999-03-01'), (2, 'Bo', 1, 3, '2001-07-12'),
  (3, 'Cy', 2, 9, '1998-01-30'), (4, 'Di', 2, 5, '2000-11-05'), (5, 'Ed', 3, 4, '1997-05-21');
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "league.sqlite"
    with closing(sqlite3.connect(path)) as made:
        made.executescript(SCRIPT)
    return path


def task(database: Path, *gold: str) -> Task[SqlPayload]:
    return Task(
        task_id="t",
        input={"question": "?", "database": "league.sqlite", "dialect": "sqlite"},
        payload=SqlPayload(database=database, gold=gold),
        has_gold=bool(gold),
    )


def candidate(answer: str) -> Candidate:
    return Candidate(answer=answer, text=answer, reading=Reading(answer=answer))


async def judge(one: Task[SqlPayload], answer: str, options: SqliteOptions | None = None) -> Finding:
    async with lend() as services, open_gate(options or SqliteOptions(), services) as gate:
        return await gate(one, candidate(answer))


GOALS = "SELECT name FROM player WHERE goals > 4"


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        (GOALS, "SELECT p.name FROM player p WHERE 4 < p.goals"),
        (GOALS, "SELECT name FROM player WHERE goals >= 5"),
        ("SELECT name, goals FROM player", "SELECT goals, name FROM player"),
        ("SELECT COUNT(*) FROM player", "SELECT COUNT(id) FROM player"),
        (
            "SELECT name FROM player ORDER BY goals DESC LIMIT 1",
            "SELECT name FROM player ORDER BY goals DESC, id LIMIT 1",
        ),
        (
            "SELECT t.name FROM team t JOIN player p ON p.team_id = t.id WHERE p.goals > 4",
            "SELECT t.name FROM player p, team t WHERE p.goals > 4 AND t.id = p.team_id",
        ),
        ("SELECT AVG(goals) FROM player", "SELECT SUM(goals) * 1.0 / COUNT(goals) FROM player"),
    ],
)
async def test_what_means_the_same_passes(database: Path, gold: str, answer: str) -> None:
    found = await judge(task(database, gold), answer)
    assert (found.outcome, found.gold_match, found.exec_pass) == (Outcome.PASS, True, True), found


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        (GOALS, "SELECT name FROM player WHERE goals > 3 AND name <> 'Ed'"),
        (GOALS, "SELECT name FROM player WHERE name IN ('Ana', 'Cy', 'Di')"),
        ("SELECT COUNT(goals) FROM player", "SELECT COUNT(*) FROM player"),
        ("SELECT DISTINCT t.name FROM team t JOIN player p ON p.team_id = t.id WHERE p.goals < 5",
         "SELECT t.name FROM team t JOIN player p ON p.team_id = t.id WHERE p.goals < 5"),
        ("SELECT t.name FROM team t JOIN player p ON p.team_id = t.id GROUP BY t.id",
         "SELECT t.name FROM team t LEFT JOIN player p ON p.team_id = t.id GROUP BY t.id"),
        ("SELECT name FROM player WHERE goals = (SELECT MAX(goals) FROM player)",
         "SELECT name FROM player ORDER BY goals DESC LIMIT 1"),
        ("SELECT name FROM team WHERE city = 'Porto'", "SELECT name FROM team WHERE city LIKE '%Porto%'"),
        ("SELECT name FROM player WHERE goals > 4 AND born < '2000-06-01'",
         "SELECT name FROM player WHERE goals > 6"),
    ],
)  # fmt: skip
async def test_what_one_database_takes_for_right_is_refuted_by_a_neighbour(
    database: Path, gold: str, answer: str
) -> None:
    lone = await judge(task(database, gold), answer, SqliteOptions(neighbours=False))
    assert lone.outcome is Outcome.PASS
    found = await judge(task(database, gold), answer)
    assert (found.reason, found.exec_pass, found.gold_match) == ("wrong-on-neighbour", True, False), found
    assert isinstance(found.evidence["variant"], int)
    assert found.evidence["first_difference"]
    assert found.evidence["oracle_strength"]["killed"] > 0


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("SELECT name FROM player", "wrong-rows"),
        ("SELECT name, goals FROM player WHERE goals > 4", "wrong-rows"),
        ("SELECT nam FROM player", "no-such-column"),
        ('SELECT "nam" FROM player', "wrong-rows"),
        ("SELECT name FROM players", "no-such-table"),
        ("SELECT name FROM player WHERE", "syntax-error"),
        ("", "no-statement"),
        ("SELECT 1; SELECT 2", "several-statements"),
        ("DELETE FROM player", "not-read-only"),
        ("SELECT name FROM player ORDER BY random()", "nondeterministic"),
        ("SELECT abs(-9223372036854775808)", "execution-error"),
        (
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n",
            "too-expensive",
        ),
        ("SELECT length(zeroblob(900000000))", "too-large"),
    ],
)
async def test_each_fault_has_its_reason(database: Path, answer: str, reason: str) -> None:
    found = await judge(task(database, GOALS), answer)
    assert (found.outcome, found.reason, found.gold_match) == (Outcome.REJECT, reason, False)
    assert found.exec_pass is (reason == "wrong-rows")


async def test_any_of_several_golds_will_do_but_one_everywhere(database: Path) -> None:
    both = task(
        database, "SELECT name FROM player WHERE goals > 4", "SELECT name, id FROM player WHERE goals > 4"
    )
    assert (await judge(both, "SELECT id, name FROM player WHERE goals > 4")).gold_match
    assert not (await judge(both, "SELECT id FROM player WHERE goals > 4")).gold_match


@pytest.mark.parametrize(
    ("gold", "reason"),
    [
        ("SELECT nothing FROM player", "gold-failed"),
        ("SELECT name FROM player WHERE born < date('now')", "nondeterministic-gold"),
    ],
)
async def test_a_gold_that_fails_is_the_tasks_error(database: Path, gold: str, reason: str) -> None:
    with pytest.raises(TaskError) as raised:
        await judge(task(database, gold), "SELECT 1")
    assert raised.value.reason == reason


async def test_a_missing_or_broken_database_is_the_tasks_error_with_its_path(tmp_path: Path) -> None:
    missing, broken = tmp_path / "none.sqlite", tmp_path / "broken.sqlite"
    broken.write_bytes(b"no database at all, but long enough to look like one" * 40)
    for path, reason in ((missing, "missing-database"), (broken, "broken-database")):
        with pytest.raises(TaskError, match=path.name) as raised:
            await judge(task(path, "SELECT 1"), "SELECT 1")
        assert raised.value.reason == reason
    assert sorted(p.name for p in tmp_path.iterdir()) == ["broken.sqlite"]


async def test_without_gold_a_query_that_runs_and_returns_rows_passes_unlabelled(database: Path) -> None:
    found = await judge(task(database), GOALS)
    same = await judge(task(database), "SELECT name FROM player WHERE goals >= 5 ORDER BY id DESC")
    assert (found.outcome, found.exec_pass, found.gold_match) == (Outcome.PASS, True, None)
    assert found.class_key == same.class_key is not None
    assert found.evidence["labelled"] is False
    assert (await judge(task(database), "SELECT name FROM player WHERE goals > 99")).reason == "no-rows"


async def test_a_degenerate_gold_is_decided_by_the_neighbours(database: Path) -> None:
    empty = task(database, "SELECT name FROM player WHERE goals > 50")
    found = await judge(empty, "SELECT name FROM player WHERE goals > 50")
    assert found.gold_match
    assert found.evidence["degenerate"] is True
    assert (await judge(empty, "SELECT name FROM player WHERE goals > 60")).reason == "wrong-on-neighbour"


async def test_a_deadline_is_not_the_candidates_fault(database: Path) -> None:
    slow = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"
    options = SqliteOptions(max_steps=10**12, deadline=0.5, neighbours=False)
    found = await judge(task(database, GOALS), slow, options)
    assert (found.outcome, found.reason) == (Outcome.ERROR, "deadline")


async def test_a_finding_repeats(database: Path) -> None:
    for answer in (GOALS, "SELECT name FROM player WHERE name IN ('Ana', 'Cy', 'Di')"):
        assert await judge(task(database, GOALS), answer) == await judge(task(database, GOALS), answer)
