"""DuckDB behind the seam: the same verdicts as ever, and nothing that a hostile statement could reach."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from fastdistill import BadTask, Candidate, Finding, Outcome, Reading, Task, TaskError
from fastdistill.run.tasks import JsonLines
from fastdistill.testing import lend
from fastdistill_simulator import Asked, TeacherSimulator
from fastdistill_sql import rules
from fastdistill_sql.engines import engine_of
from fastdistill_sql.execute import Budget, Failure, Table
from fastdistill_sql.gate import SqliteOptions, open_gate
from fastdistill_sql.payload import SqlPayload
from fastdistill_sql.prompt import SqlOptions
from fastdistill_sql.reading import read_reply
from fastdistill_sql.scenario import SqlScenario

duckdb = pytest.importorskip("duckdb", reason="the extra fastdistill-sql[duckdb] is not installed")

FD = [sys.executable, "-c", "from fastdistill.cli.main import main; main()"]
SCRIPT = """
CREATE TYPE place AS ENUM ('keeper', 'back', 'front');
CREATE TABLE team (id INTEGER PRIMARY KEY, name VARCHAR NOT NULL, city VARCHAR);
CREATE TABLE player (
  id INTEGER PRIMARY KEY, name VARCHAR NOT NULL, team_id INTEGER REFERENCES team (id), goals INTEGER,
  born DATE, role place, fee DECIMAL(10, 2), tags VARCHAR[], active BOOLEAN, CHECK (goals >= 0));
CREATE VIEW scorers AS SELECT name, goals FROM player WHERE goals > 4;
CREATE TABLE score (player VARCHAR, points INTEGER);
INSERT INTO score VALUES ('Ana', 3), ('Ana', 3), ('Bo', 1);
INSERT INTO team VALUES (1, 'Reds', 'Porto'), (2, 'Blues', 'Turin'), (3, 'Greens', 'Porto');
INSERT INTO player VALUES
  (1, 'Ana', 1, 7, '1999-03-01', 'front', 12.50, ['x', 'y'], true),
  (2, 'Bo', 1, 3, '2001-07-12', 'back', 3.00, ['x'], true),
  (3, 'Cy', 2, 9, '1998-01-30', 'front', 20.25, [], false),
  (4, 'Di', 2, 5, '2000-11-05', 'back', NULL, NULL, true),
  (5, 'Ed', 3, 4, '1997-05-21', 'keeper', 1.00, ['z'], false);
"""
GOALS = "SELECT name FROM player WHERE goals > 4"


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FD_CACHE", str(tmp_path / "cache"))


def load(folder: Path, *rows: Mapping[str, object]) -> list[Task[SqlPayload] | BadTask]:
    (folder / "league.sql").write_text(SCRIPT)
    lines = [
        {"task_id": f"t{i}", "question": "Who?", "database": "league.sql", "dialect": "duckdb", **row}
        for i, row in enumerate(rows)
    ]
    (folder / "tasks.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return list(SqlScenario().tasks(JsonLines(path=folder / "tasks.jsonl")))


def task(folder: Path, *golds: str) -> Task[SqlPayload]:
    row = {"gold_sql": golds[0], "acceptable_sql": list(golds[1:])} if golds else {}
    [found] = load(folder, row)
    assert isinstance(found, Task), found
    return found


def candidate(answer: str) -> Candidate:
    return Candidate(answer=answer, text=answer, reading=Reading(answer=answer))


async def judge(
    one: Task[SqlPayload], *answers: str, options: SqliteOptions | None = None
) -> list[Finding]:
    async with lend() as services, open_gate(options or SqliteOptions(), services) as gate:
        return [await gate(one, candidate(answer)) for answer in answers]


SAME = [
    (GOALS, "FROM player SELECT name WHERE goals >= 5"),
    (GOALS, "SELECT name FROM scorers"),
    ("SELECT name, goals FROM player", "SELECT goals, name FROM player"),
    ("SELECT COUNT(*) FROM player WHERE active",
     "SELECT COUNT(*) FILTER (WHERE active = true) FROM player"),
    ("SELECT name FROM player ORDER BY goals DESC LIMIT 1",
     "SELECT name FROM player QUALIFY row_number() OVER (ORDER BY goals DESC, id) = 1"),
    ("SELECT t.name FROM team t JOIN player p ON p.team_id = t.id WHERE p.goals > 4",
     "SELECT t.name FROM player p, team t WHERE p.goals > 4 AND t.id = p.team_id"),
    ("SELECT AVG(goals) FROM player", "SELECT SUM(goals) / COUNT(goals) FROM player"),
    ("SELECT * EXCLUDE (born, tags, fee, role) FROM player",
     "SELECT id, name, team_id, goals, active FROM player"),
    ("SELECT year(born) FROM player", "SELECT EXTRACT(year FROM born) FROM player"),
    ("SELECT date_trunc('year', born) FROM player", "SELECT make_date(year(born), 1, 1) FROM player"),
    ("SELECT SUM(fee) FROM player", "SELECT SUM(fee::DOUBLE) FROM player"),
    ("SELECT name, len(tags) FROM player", "SELECT name, array_length(tags) FROM player"),
]  # fmt: skip
OTHER = [
    (GOALS, "SELECT name FROM player WHERE goals > 3 AND name <> 'Ed'"),
    (GOALS, "SELECT name FROM player WHERE name IN ('Ana', 'Cy', 'Di')"),
    ("SELECT COUNT(goals) FROM player", "SELECT COUNT(*) FROM player"),
    ("SELECT name FROM player WHERE goals = (SELECT MAX(goals) FROM player)",
     "SELECT name FROM player ORDER BY goals DESC LIMIT 1"),
    ("SELECT name FROM team WHERE city = 'Porto'", "SELECT name FROM team WHERE city ILIKE '%porto%'"),
    ("SELECT COUNT(*) FROM team", "SELECT COUNT(DISTINCT team_id) FROM player"),
    ("SELECT player FROM score WHERE points > 2", "SELECT player FROM score WHERE player = 'Ana'"),
    ("SELECT DISTINCT t.name FROM team t JOIN player p ON p.team_id = t.id WHERE p.goals < 5",
     "SELECT t.name FROM team t JOIN player p ON p.team_id = t.id WHERE p.goals < 5"),
]  # fmt: skip


@pytest.mark.anyio
async def test_what_means_the_same_passes(tmp_path: Path) -> None:
    async with lend() as services, open_gate(SqliteOptions(), services) as gate:
        for gold, answer in SAME:
            found = await gate(task(tmp_path, gold), candidate(answer))
            said = (found.outcome, found.gold_match, found.exec_pass)
            assert said == (Outcome.PASS, True, True), (answer, found)
            assert str(found.evidence["engine"]).startswith("duckdb ")


@pytest.mark.anyio
async def test_what_one_database_takes_for_right_is_refuted_by_a_neighbour(tmp_path: Path) -> None:
    alone = SqliteOptions(neighbours=False)
    async with (
        lend() as services,
        open_gate(SqliteOptions(), services) as gate,
        open_gate(alone, services) as lone,
    ):
        for gold, answer in OTHER:
            one = task(tmp_path, gold)
            assert (await lone(one, candidate(answer))).outcome is Outcome.PASS, answer
            found = await gate(one, candidate(answer))
            said = (found.reason, found.exec_pass, found.gold_match)
            assert said == ("wrong-on-neighbour", True, False), answer
            assert found.evidence["tables"]
            assert found.evidence["first_difference"]
            assert found.evidence["gold_sql"] == gold


FAULTS = [
    ("SELECT name FROM player", "wrong-rows"),
    ("SELECT name, goals FROM player WHERE goals > 4", "wrong-rows"),
    ("SELECT nam FROM player", "no-such-column"),
    ("SELECT p.nam FROM player p", "no-such-column"),
    ("SELECT name FROM players", "no-such-table"),
    ("SELECT middle(goals) FROM player", "no-such-function"),
    ("SELECT name FROM player WHERE", "syntax-error"),
    ("", "no-statement"),
    ("SELECT 1; SELECT 2", "several-statements"),
    ("SELECT name FROM player ORDER BY random()", "nondeterministic"),
    ('SELECT "random"() FROM player', "nondeterministic"),
    ("SELECT $$ ' $$, random(), $$ ' $$", "nondeterministic"),
    ("SELECT current_date", "nondeterministic"),
    ("SELECT now()", "nondeterministic"),
    ("SELECT age(born) FROM player", "nondeterministic"),
    ("SELECT name FROM player USING SAMPLE 2", "nondeterministic"),
    ("SELECT sleep_ms(100000)", "nondeterministic"),
    ("SELECT CAST(name AS INTEGER) FROM player", "execution-error"),
    ("SELECT ? FROM player", "execution-error"),
    ("SELECT * FROM range(200000)", "too-large"),
    ("SELECT repeat('x', 40000000)", "too-large"),
]
HOSTILE = [
    "COPY player TO '{folder}/stolen.csv'",
    "COPY (SELECT 1) TO '{folder}/stolen.csv'",
    "COPY player FROM '/etc/passwd'",
    "ATTACH '{folder}/other.duckdb' AS other",
    "ATTACH ':memory:' AS other",
    "DETACH memory",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM read_parquet('{folder}/x.parquet')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{folder}/x.so'",
    "PRAGMA database_list",
    "PRAGMA table_info('player')",
    "SET threads = 8",
    "SET memory_limit = '100GB'",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "RESET memory_limit",
    "SET VARIABLE a = 1",
    "CALL pragma_version()",
    "CALL enable_logging()",
    "EXPORT DATABASE '{folder}/all'",
    "IMPORT DATABASE '{folder}/all'",
    "CHECKPOINT",
    "VACUUM",
    "BEGIN",
    "USE memory",
    "CREATE TABLE stolen (a INTEGER)",
    "CREATE TEMP TABLE stolen AS SELECT * FROM player",
    "CREATE MACRO goals(a) AS 1",
    "CREATE SECRET s (TYPE s3)",
    "INSERT INTO team VALUES (9, 'x', 'y')",
    "UPDATE player SET goals = 5",
    "DELETE FROM player",
    "DROP TABLE player",
    "ALTER TABLE player ADD COLUMN x INTEGER",
    "WITH w AS (INSERT INTO team VALUES (9, 'x', 'y') RETURNING *) SELECT * FROM w",
    "PREPARE p AS SELECT 1",
    "EXPLAIN SELECT 1",
    "DESCRIBE player",
    "SUMMARIZE player",
    "SELECT current_setting('secret_directory')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_databases()",
    "SELECT * FROM pragma_database_list()",
    "SELECT * FROM query('SELECT random()')",
    "SELECT write_log('x')",
    "SELECT * FROM checkpoint()",
]


@pytest.mark.anyio
async def test_each_fault_has_its_reason(tmp_path: Path) -> None:
    found = await judge(task(tmp_path, GOALS), *(answer for answer, _ in FAULTS))
    assert [(answer, one.reason) for (answer, _), one in zip(FAULTS, found, strict=True)] == FAULTS
    assert {one.outcome for one in found} == {Outcome.REJECT}
    assert all(one.evidence["question"] == "Who?" for one in found)


@pytest.fixture
def engine_and_database(tmp_path: Path) -> tuple[object, object]:
    engine = engine_of("duckdb")
    return engine, engine.guard(task(tmp_path).payload.database)


IMPOSSIBLE = ["SELECT * FROM '/etc/passwd'", "SELECT * FROM hidden", "SELECT * FROM sqlite_scan('x', 'y')"]


@pytest.mark.parametrize("statement", [*HOSTILE, *IMPOSSIBLE])
def test_a_hostile_statement_is_refused_and_leaves_nothing(
    tmp_path: Path, engine_and_database: tuple[object, object], statement: str
) -> None:
    hidden = [(1,)]  # a name of this process that no query may see
    engine, database = engine_and_database
    before = sorted(path.name for path in tmp_path.rglob("*"))
    found = engine.run(database, statement.format(folder=tmp_path), Budget())  # type: ignore[attr-defined]
    assert isinstance(found, Failure), hidden
    if statement in HOSTILE:
        assert found.reason in ("not-read-only", "nondeterministic"), found
    assert sorted(path.name for path in tmp_path.rglob("*")) == before
    again = engine.run(database, "SELECT COUNT(*) FROM team", Budget())  # type: ignore[attr-defined]
    assert again == Table(1, [(3,)])


def test_a_built_database_is_as_safe_as_a_file(tmp_path: Path) -> None:
    engine = engine_of("duckdb")
    schema = engine.schema(task(tmp_path).payload.database)
    rows: dict[str, list[tuple[Any, ...]]] = {
        "team": [(1, "A", None), (1, "twice", None)],
        "score": [("A", 1), ("A", 1), (None, None)],
        "player": [
            (1, "P", 1, 2, "2020-01-01", "back", 1.5, None, 1),
            (2, "Q", 7, 2, None, None, None, None, None),
            (3, "R", 1, -5, None, None, None, None, None),
        ],
    }
    database = engine.build(schema, rows)
    assert engine.run(database, "SELECT name FROM team", Budget()) == Table(1, [("A",)])
    assert engine.run(database, "SELECT COUNT(*), COUNT(points) FROM score", Budget()) == Table(2, [(3, 2)])
    found = engine.run(database, "SELECT name, born, role, active FROM player", Budget())
    assert found == Table(4, [("P", "2020-01-01", "back", 1)])
    for statement in HOSTILE:
        assert isinstance(engine.run(database, statement.format(folder=tmp_path), Budget()), Failure), (
            statement
        )
    assert engine.run(database, "SELECT COUNT(*) FROM team", Budget()) == Table(1, [(1,)])
    engine.close(database)


def test_processor_time_is_the_budget(tmp_path: Path) -> None:
    engine = engine_of("duckdb")
    database = engine.guard(task(tmp_path).payload.database)
    for endless in (
        "SELECT COUNT(*) FROM range(1000000000) a, range(1000000) b",
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT MAX(x) FROM n",
    ):
        found = engine.run(database, endless, Budget(cpu=0.2))
        assert isinstance(found, Failure)
        assert found.reason == "too-expensive"
    assert engine.run(database, "SELECT 1", Budget(cpu=0.2)) == Table(1, [(1,)])


@pytest.mark.anyio
async def test_what_no_interrupt_stops_is_stopped_with_its_worker(tmp_path: Path) -> None:
    one = task(tmp_path, GOALS)
    bombs = [
        "SELECT list_sort(range(60000000))[1]",
        "SELECT len(list(repeat('x', 1000000))) FROM range(9000)",
    ]
    options = SqliteOptions(engine_seconds=0.3, gold_engine_seconds=1.0, engine_memory=2 * 2**30)
    found = await judge(one, *bombs, GOALS, options=options)
    assert {bomb.reason for bomb in found[:2]} <= {"too-expensive", "too-large"}, found
    assert found[2].outcome is Outcome.PASS


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("gold", "reason"),
    [
        ("SELECT nothing FROM player", "gold-failed"),
        ("SELECT current_date", "nondeterministic-gold"),
        ("SELECT COUNT(*) FROM range(1000000000) a, range(1000000) b", "gold-too-expensive"),
    ],
)
async def test_a_gold_that_fails_is_the_tasks_error(tmp_path: Path, gold: str, reason: str) -> None:
    with pytest.raises(TaskError) as raised:
        await judge(task(tmp_path, gold), "SELECT 1", options=SqliteOptions(gold_engine_seconds=0.5))
    assert raised.value.reason == reason


@pytest.mark.anyio
async def test_a_gold_beyond_the_twin_is_decided_by_the_real_database_and_says_so(tmp_path: Path) -> None:
    gold = "SELECT list_sum(list(goals)) FROM player"
    found, wrong = await judge(task(tmp_path, gold), "SELECT SUM(goals) FROM player", "SELECT 1")
    assert (found.outcome, found.gold_match) == (Outcome.PASS, True)
    assert found.evidence["no_suite"]
    assert wrong.reason == "wrong-rows"


@pytest.mark.anyio
async def test_without_gold_a_query_that_returns_rows_passes_unlabelled(tmp_path: Path) -> None:
    found, none = await judge(task(tmp_path), GOALS, "SELECT name FROM player WHERE goals > 99")
    assert (found.outcome, found.gold_match, found.evidence["labelled"]) == (Outcome.PASS, None, False)
    assert none.reason == "no-rows"


def test_the_prompt_is_in_its_dialect(tmp_path: Path) -> None:
    one = task(tmp_path, "SELECT t.name FROM team t")
    prompt = SqlScenario(SqlOptions(sample_rows=1)).prompt(one, 1)
    assert "DuckDB queries" in prompt.messages[0].content
    text = prompt.messages[-1].content
    assert text.startswith("Database schema (DuckDB):")
    assert "CREATE TYPE" in text
    assert "-- city: 'Porto', 'Turin'" in text
    assert "FOREIGN KEY (team_id) REFERENCES team(id)" in text
    near = SqlScenario(SqlOptions(schema="gold+0")).prompt(one, 1).messages[-1].content
    assert "CREATE TABLE player" in near  # beside team by its foreign key


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ("```sql\nFROM player SELECT name;\n```", "FROM player SELECT name"),
        ("select * exclude (born) from player", "select * exclude (born) from player"),
        ("select name from player qualify row_number() over (order by id) = 1", None),
        ("Select the names of all the people who play.", "no-sql"),
    ],
)
def test_replies_are_read_in_its_dialect(tmp_path: Path, reply: str, answer: str | None) -> None:
    from fastdistill_sql.dialects import Reader

    found = read_reply(reply, "stop", None, Reader("duckdb"))
    assert (found.answer or found.reason) == (answer or reply)


def test_rules_leave_another_dialect_to_its_engine(tmp_path: Path) -> None:
    one = task(tmp_path)
    for fine in (
        "FROM player",
        "PIVOT team ON city USING COUNT(*)",
        "SELECT $$a;b$$",
        "SELECT nothing FROM nowhere",
    ):
        for rule in (rules.one_statement, rules.read_only, rules.parses, rules.known_names):
            assert rule(one, candidate(fine)).outcome is Outcome.PASS, (rule, fine)
    for wrong, rule in (("SELECT 1; SELECT 2", rules.one_statement), ("COPY t TO 'x'", rules.read_only)):
        assert rule(one, candidate(wrong)).outcome is Outcome.REJECT


def test_a_broken_or_foreign_file_is_that_rows_error(tmp_path: Path) -> None:
    (tmp_path / "text.duckdb").write_text("no database at all " * 100)
    (tmp_path / "wrong.sql").write_text("CREATE TABLE a (x INTEGER); INSERT INTO b VALUES (1);")
    (tmp_path / "away.sql").write_text(f"ATTACH '{tmp_path}/other.duckdb' AS o;")
    names = ["text.duckdb", "wrong.sql", "away.sql", "lost.duckdb", "league.sql"]
    found = load(tmp_path, *({"database": name} for name in names))
    assert [one.reason if isinstance(one, BadTask) else None for one in found] == [
        "broken-database", "broken-database", "broken-database", "missing-database", None,
    ]  # fmt: skip
    assert not (tmp_path / "other.duckdb").exists()


def test_without_the_extra_a_task_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    for name in [name for name in sys.modules if name.startswith("fastdistill_sql.engines.duck")]:
        monkeypatch.delitem(sys.modules, name)
    [found] = load(tmp_path, {})
    assert isinstance(found, BadTask)
    assert found.reason == "engine-not-installed"
    assert "pip install 'fastdistill-sql[duckdb]'" in found.detail


def test_a_run_over_duckdb_accepts_the_right_and_replays(tmp_path: Path) -> None:
    (tmp_path / "league.sql").write_text(SCRIPT)
    questions = {
        "right?": f"```sql\n{GOALS}\n```",
        "lucky?": f"```sql\n{OTHER[1][1]}\n```",
        "hostile?": "```sql\nCOPY player TO 'stolen.csv'\n```",
        "lost?": "I cannot help.",
    }
    rows = [
        {"task_id": q, "question": q, "database": "league.sql", "dialect": "duckdb", "gold_sql": GOALS}
        for q in questions
    ]
    (tmp_path / "tasks.jsonl").write_text("\n".join(map(json.dumps, rows)))

    def answer(asked: Asked, index: int) -> str:
        return next(reply for question, reply in questions.items() if question in asked.prompt)

    def fd(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*FD, *words], cwd=tmp_path, capture_output=True, text=True)

    with TeacherSimulator(answer=answer) as server:
        done = fd(
            "run", "--scenario", "sql", "--tasks", "tasks.jsonl", "--teacher", "openai:any", "--base-url",
            server.base_url, "--out", "out", "--no-cache",
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    accepted = [json.loads(line) for line in (tmp_path / "out" / "dataset.jsonl").read_text().splitlines()]
    assert [row["task_id"] for row in accepted] == ["right?"]
    refused = [json.loads(line) for line in (tmp_path / "out" / "rejected.jsonl").read_text().splitlines()]
    assert {row["task_id"]: row["reason"] for row in refused} == {
        "lucky?": "wrong-on-neighbour", "hostile?": "not-read-only", "lost?": "refusal",
    }  # fmt: skip
    replayed = fd("replay", "out")
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr
    assert not (tmp_path / "stolen.csv").exists()
