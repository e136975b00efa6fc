"""Nothing odd in a schema, a row or a suite costs a task."""

import sqlite3
from contextlib import closing
from pathlib import Path

import apsw
import pytest
from support.sql_judging import judged, made

FACTS = "CREATE TABLE facts (id INTEGER PRIMARY KEY, amount INTEGER, label TEXT);" + "".join(
    f"INSERT INTO facts VALUES ({n}, {n * 3 % 17}, 'w{n % 5}');" for n in range(1, 30)
)
ODD = {
    "foreign key to a column that is no key": "CREATE TABLE maker (id INTEGER PRIMARY KEY, name TEXT);"
    "CREATE TABLE model (id INTEGER PRIMARY KEY, maker TEXT REFERENCES maker (name));",
    "foreign key to a missing table": "CREATE TABLE lost (id INT PRIMARY KEY, x INT REFERENCES gone (id));",
    "foreign key to a missing column": "CREATE TABLE lost (id INTEGER, x INT REFERENCES facts (absent));",
    "without rowid": "CREATE TABLE pair (a INT, b INT, PRIMARY KEY (a, b)) WITHOUT ROWID;",
    "broken view": "CREATE VIEW broken AS SELECT zz FROM gone; CREATE VIEW wrong AS SELECT * FROM broken;",
    "trigger": "CREATE TRIGGER t AFTER INSERT ON facts BEGIN SELECT raise(ABORT, 'no'); END;",
    "strict": "CREATE TABLE s (id INTEGER PRIMARY KEY, x TEXT) STRICT;",
    "full text": "CREATE VIRTUAL TABLE words USING fts5(body); INSERT INTO words VALUES ('one two');",
    "boxes": "CREATE VIRTUAL TABLE box USING rtree(id, x0, x1); INSERT INTO box VALUES (1, 2, 3);",
    "names that need quotes": 'CREATE TABLE "or der" ("se""lect" INT, "a.b" TEXT, [x y] INT);',
    "a shadow's prefix": "CREATE VIRTUAL TABLE box USING rtree(i, a, b); CREATE TABLE box_office (x INT);",
}


@pytest.mark.parametrize("kind", ODD)
def test_an_oddity_beside_the_tables_of_a_task_costs_nothing(tmp_path: Path, kind: str) -> None:
    database = made(tmp_path, FACTS + ODD[kind])
    gold = "SELECT COUNT(*) FROM facts WHERE amount > 8"
    same = judged(database, gold, "SELECT COUNT(id) FROM facts WHERE 8 < amount")
    assert (same["outcome"], same["evidence"].get("no_suite")) == ("pass", None), same
    wrong = judged(database, gold, "SELECT COUNT(*) FROM facts WHERE amount >= 9 AND id < 1000")
    assert wrong["reason"] == "wrong-on-neighbour"


@pytest.mark.parametrize(
    ("script", "gold", "same", "wrong"),
    [
        (
            "CREATE TABLE maker (id INTEGER PRIMARY KEY, name TEXT);"
            "CREATE TABLE model (id INTEGER PRIMARY KEY, maker TEXT REFERENCES maker (name), hp INT);"
            "INSERT INTO maker VALUES (1, 'a'), (2, 'b'), (3, 'c');"
            "INSERT INTO model VALUES (1, 'a', 90), (2, 'a', 80), (3, 'b', 70), (4, 'c', 60);",
            "SELECT m.name FROM maker m JOIN model o ON o.maker = m.name WHERE o.hp > 75",
            "SELECT m.name FROM model o, maker m WHERE o.maker = m.name AND 75 < o.hp",
            "SELECT m.name FROM maker m JOIN model o ON o.maker = m.name WHERE o.hp > 71",
        ),
        (
            "CREATE TABLE pair (a INT, b INT, c INT, PRIMARY KEY (a, b)) WITHOUT ROWID;"
            "INSERT INTO pair VALUES (1, 1, 5), (1, 2, 6), (2, 1, 7), (3, 9, 1);",
            "SELECT SUM(c) FROM pair WHERE a = 1",
            "SELECT SUM(c) FROM pair WHERE a IN (1)",
            "SELECT SUM(c) FROM pair WHERE a = 1 AND b < 3",
        ),
        (
            "CREATE VIRTUAL TABLE box USING rtree(id, x0, x1, y0, y1);"
            + "".join(f"INSERT INTO box VALUES ({n}, {n}, {n + 2}, {n}, {n + 3});" for n in range(20)),
            "SELECT id FROM box WHERE x0 >= 5 AND x1 <= 9",
            "SELECT id FROM box WHERE x1 <= 9 AND x0 >= 5",
            "SELECT id FROM box WHERE x0 >= 5 AND x1 <= 9 AND y0 >= 0",
        ),
        (
            "CREATE VIRTUAL TABLE words USING fts5(title, body);"
            "INSERT INTO words VALUES ('x', 'one two'), ('y', 'two three'), ('z', 'four');",
            "SELECT title FROM words WHERE words MATCH 'two'",
            "SELECT title FROM words WHERE words MATCH 'two' ORDER BY rowid",
            "SELECT title FROM words WHERE title <> 'z'",
        ),
        (
            "CREATE TABLE item (id INTEGER PRIMARY KEY, price INT NOT NULL, n INT NOT NULL,"
            " total INT GENERATED ALWAYS AS (price * n) STORED, name TEXT, slug TEXT AS (lower(name)));"
            "INSERT INTO item (id, price, n, name) VALUES (1, 10, 3, 'Pen'), (2, 7, 20, 'Cup'),"
            " (3, 5, 9, 'Hat');",
            "SELECT name FROM item WHERE total > 100",
            "SELECT name FROM item WHERE price * n > 100",
            "SELECT name FROM item WHERE total >= 100",
        ),
        (
            "CREATE TABLE cust (id INTEGER PRIMARY KEY, name TEXT, active INT NOT NULL);"
            "CREATE TABLE ord (id INTEGER PRIMARY KEY, cid INT NOT NULL REFERENCES cust (id),"
            " amount INT NOT NULL);"
            "CREATE VIEW big AS SELECT o.id, c.name, o.amount FROM ord o JOIN cust c ON c.id = o.cid"
            " WHERE c.active = 1;"
            "INSERT INTO cust VALUES (1, 'Ann', 1), (2, 'Bo', 0), (3, 'Cy', 1);"
            "INSERT INTO ord VALUES (1, 1, 120), (2, 1, 80), (3, 2, 300), (4, 3, 250), (5, 3, 90),"
            " (6, 1, 101);",
            "SELECT name FROM big WHERE amount > 100",
            "SELECT c.name FROM ord o JOIN cust c ON c.id = o.cid WHERE c.active = 1 AND o.amount > 100",
            "SELECT name FROM big WHERE amount > 95",
        ),
    ],
    ids=["no key", "without rowid", "rtree", "fts5", "generated", "view"],
)
def test_queries_over_odd_tables_are_judged(
    tmp_path: Path, script: str, gold: str, same: str, wrong: str
) -> None:
    database = made(tmp_path, script)
    found = judged(database, gold, same)
    assert (found["outcome"], found["evidence"].get("no_suite")) == ("pass", None), found
    assert judged(database, gold, wrong)["reason"] in ("wrong-rows", "wrong-on-neighbour")


def test_collations_and_functions_of_the_application_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "own.sqlite"
    database = apsw.Connection(str(path))
    database.create_collation("german", lambda a, b: (a > b) - (a < b))
    database.create_scalar_function("slug", lambda *text: text[0], 1, deterministic=True)
    database.execute(
        "CREATE TABLE a (id INTEGER PRIMARY KEY, nm TEXT COLLATE german, b INTEGER, CHECK (slug(nm) > ''));"
        "CREATE UNIQUE INDEX ui ON a (slug(nm))"
    )
    database.executemany("INSERT INTO a VALUES (?, ?, ?)", [(n, f"n{n}", n % 4) for n in range(20)])
    database.close()
    gold = "SELECT COUNT(*) FROM a WHERE b = 2"
    assert judged(path, gold, "SELECT COUNT(id) FROM a WHERE b = 2")["outcome"] == "pass"
    assert judged(path, gold, "SELECT COUNT(*) FROM a WHERE b = 2 AND id < 999")["outcome"] == "reject"


def test_text_that_is_not_utf8_is_read_as_latin_1(tmp_path: Path) -> None:
    path = tmp_path / "latin.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE p (id INTEGER PRIMARY KEY, name TEXT, town TEXT)")
        for n, name in enumerate((b"Jos\xe9", b"Ann", b"Ren\xe8", b"Bo")):
            database.execute("INSERT INTO p VALUES (?, CAST(? AS TEXT), ?)", (n, name, f"t{n % 2}"))
        database.commit()
    gold = "SELECT name FROM p WHERE town = 't0'"
    found = judged(path, gold, "SELECT name FROM p WHERE 't0' = town")
    assert (found["outcome"], found["evidence"]["candidate"]) == ("pass", [["José"], ["Renè"]]), found
    assert judged(path, gold, "SELECT name FROM p WHERE id <> 1 AND id <> 3")["outcome"] == "reject"


def test_many_tables_and_wide_ones_are_no_trouble(tmp_path: Path) -> None:
    many = "".join(
        f"CREATE TABLE t{n} (id INTEGER PRIMARY KEY, x INT REFERENCES t{max(0, n - 1)} (id));"
        for n in range(300)
    )
    wide = f"CREATE TABLE wide ({', '.join(f'c{n} INT' for n in range(1000))});"
    rows = "".join(f"INSERT INTO wide (c0, c1) VALUES ({n}, {n % 3});" for n in range(9))
    database = made(tmp_path, many + wide + rows)
    gold = "SELECT c0 FROM wide WHERE c1 = 1"
    assert judged(database, gold, "SELECT c0 FROM wide WHERE c1 IN (1)")["outcome"] == "pass"
    assert judged(database, gold, "SELECT c0 FROM wide WHERE c1 = 1 AND c0 < 50")["outcome"] == "reject"
    assert judged(database, "SELECT COUNT(*) FROM t299", "SELECT COUNT(id) FROM t299")["outcome"] == "pass"


def test_where_no_suite_can_be_made_the_real_database_decides(tmp_path: Path) -> None:
    database = made(tmp_path, FACTS)
    found = judged(database, "SELECT 1 + 1", "SELECT 2")
    assert (found["outcome"], found["gold_match"]) == ("pass", True)
    assert found["evidence"]["no_suite"]
    assert judged(database, "SELECT 1 + 1", "SELECT 3")["reason"] == "wrong-rows"
    strict = judged(database, "SELECT 1 + 1", "SELECT 2", weak_oracle="undecided")
    assert (strict["outcome"], strict["reason"]) == ("error", "weak-oracle")
