"""Hostile statements against the guard: none writes, hangs, or reads another file."""

import sqlite3
import time
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from fastdistill_sql.compare import Comparison, Expected, matching
from fastdistill_sql.execute import Budget, Failure, Table, run
from fastdistill_sql.guard import reader

ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
HOSTILE = [
    "DELETE FROM users",
    "DROP TABLE users",
    "UPDATE users SET name = 'x'",
    "INSERT INTO users VALUES (9, 'x')",
    "REPLACE INTO users VALUES (1, 'x')",
    "CREATE TABLE t (a)",
    "CREATE TEMP TABLE t (a)",
    "CREATE VIEW v AS SELECT 1",
    "CREATE TRIGGER t AFTER INSERT ON users BEGIN SELECT 1; END",
    "ALTER TABLE users ADD COLUMN z",
    "VACUUM",
    "VACUUM INTO 'SIDE'",
    "ATTACH 'SIDE' AS s",
    "ATTACH 'file:SIDE?mode=rwc' AS s",
    "DETACH main",
    "REINDEX",
    "ANALYZE",
    "BEGIN",
    "COMMIT",
    "SAVEPOINT s",
    "PRAGMA writable_schema = 1",
    "PRAGMA table_info(users)",
    "PRAGMA journal_mode = WAL",
    "SELECT * FROM pragma_database_list",
    "SELECT count(*) FROM pragma_database_list",
    "SELECT * FROM dbstat",
    "SELECT * FROM sqlite_dbpage",
    "SELECT load_extension('SIDE')",
    "SELECT readfile('SIDE')",
    "SELECT writefile('SIDE', 'x')",
    "SELECT edit('SIDE')",
    "SELECT fts3_tokenizer('simple')",
    "EXPLAIN SELECT 1",
    "EXPLAIN QUERY PLAN SELECT 1",
    "SELECT 1; DROP TABLE users",
    "SELECT 1; SELECT 2",
    "WITH a AS (SELECT 1) DELETE FROM users",
    "WITH a AS (SELECT 1) INSERT INTO users SELECT 9, 'x'",
    f"{ENDLESS} SELECT max(x) FROM n",
    f"{ENDLESS} SELECT x FROM n",
    f"{ENDLESS} SELECT group_concat(x) FROM n",
    f"{ENDLESS} SELECT count(*) FROM n, n AS m",
    "SELECT zeroblob(1000000000)",
    "SELECT hex(zeroblob(500000000))",
    "SELECT printf('%999999999d', 1)",
    "SELECT replace(hex(zeroblob(4000000)), '0', 'xxxxxxxxxxxxxxxx')",
    "SELECT randomblob(1000000)",
    "SELECT random()",
    "SELECT datetime('now')",
    "SELECT CURRENT_TIMESTAMP",
    "SELECT date()",
    "SELECT",
    "",
    ";;",
    "-- nothing",
    "\x00",
    "SELECT '",
    "SELECT " + "(" * 5000,
]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "users.sqlite"
    with closing(sqlite3.connect(path)) as made:
        made.executescript(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO users VALUES (1, 'a')"
        )
    return path


def test_no_hostile_statement_writes_hangs_or_reads_another_file(database: Path) -> None:
    side = database.with_name("side.txt")
    side.write_text("secret")
    before = sha256(database.read_bytes()).digest()
    for statement in HOSTILE:
        for _ in range(2):  # what is prepared once must not pass the second time
            began = time.monotonic()
            found = run(reader(database), statement.replace("SIDE", str(side)), Budget(steps=5_000_000))
            assert isinstance(found, Failure), statement
            assert time.monotonic() - began < 5, statement
    assert sha256(database.read_bytes()).digest() == before
    assert side.read_text() == "secret"
    assert sorted(p.name for p in database.parent.iterdir()) == ["side.txt", "users.sqlite"]
    assert run(reader(database), "SELECT name FROM users", Budget()) == Table(1, [("a",)])


def test_changes_waiting_in_a_log_are_seen_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "wal.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.executescript("PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (7)")
        before = sorted(p.name for p in tmp_path.iterdir())
        assert run(reader(path), "SELECT a FROM t", Budget()) == Table(1, [(7,)])
        assert sorted(p.name for p in tmp_path.iterdir()) == before


def plain(*rows: tuple[object, ...]) -> Expected:
    return Expected(width=len(rows[0]), rows=list(rows))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wanted", "rows", "same"),
    [
        (plain((1,), (2,)), [(2,), (1,)], True),
        (plain((1,), (1,)), [(1,)], False),
        (plain((1,), (1,), (2,)), [(1,), (2,), (2,)], False),
        (plain((1,)), [(1.0,)], True),
        (plain((1,)), [("1",)], False),
        (plain((None,)), [(0,)], False),
        (plain((None,)), [(None,)], True),
        (plain((0.1 + 0.2,)), [(0.3,)], True),
        (plain((1 / 3,)), [(0.333333,)], False),
        (plain(("a",)), [("A",)], False),
        (plain((1, "x"), (2, "y")), [("x", 1), ("y", 2)], True),
        (plain((1, 2), (2, 1)), [(1, 1), (2, 2)], False),
        (Expected(width=1, rows=[(1,), (2,), (3,)], groups=(1, 2)), [(1,), (3,), (2,)], True),
        (Expected(width=1, rows=[(1,), (2,), (3,)], groups=(1, 2)), [(2,), (1,), (3,)], False),
        (Expected(width=1, rows=[(1,), (2,), (3,)], groups=(1, 2), count=2), [(1,), (3,)], True),
        (Expected(width=1, rows=[(1,), (2,), (3,)], groups=(1, 2), count=2), [(1,), (2,), (3,)], False),
    ],
)
def test_results_are_typed_bags_with_order_where_gold_orders(
    wanted: Expected, rows: list[tuple[int | float | str | None, ...]], same: bool
) -> None:
    assert bool(matching(wanted, Table(wanted.width, list(rows)), Comparison())) is same
