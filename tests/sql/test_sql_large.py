"""Large groups, and large databases: many tables, many columns, many megabytes."""

from pathlib import Path

import pytest
from support.sql_judging import judged, made

from fastdistill import Task
from fastdistill.run.tasks import JsonLines
from fastdistill_sql.prompt import SqlOptions
from fastdistill_sql.scenario import SqlScenario

CAST = """
CREATE TABLE actor (aid INTEGER PRIMARY KEY, name TEXT, country TEXT);
CREATE TABLE film (fid INTEGER PRIMARY KEY, title TEXT, year INTEGER);
CREATE TABLE casting (aid INTEGER NOT NULL, fid INTEGER NOT NULL, pay INTEGER, PRIMARY KEY (aid, fid),
  FOREIGN KEY (aid) REFERENCES actor (aid), FOREIGN KEY (fid) REFERENCES film (fid));
"""
FILLED = """
INSERT INTO actor VALUES (1, 'Ann', 'Peru'), (2, 'Bob', 'Chile'), (3, 'Cy', 'Peru'), (4, 'Dee', NULL);
INSERT INTO film VALUES (1, 'One', 2001), (2, 'Two', 2002), (3, 'Three', 2002);
INSERT INTO casting VALUES (1, 1, 10), (1, 2, 20), (2, 1, 30), (3, 3, 5);
"""
PER_ACTOR = (
    "SELECT a.name FROM actor a JOIN casting c ON a.aid = c.aid GROUP BY a.aid HAVING COUNT(*) > {n}"
)
PER_COUNTRY = "SELECT country FROM actor JOIN casting USING (aid) GROUP BY country HAVING COUNT(*) > {n}"


@pytest.mark.parametrize("script", [CAST, CAST + FILLED], ids=["empty", "filled"])
@pytest.mark.parametrize("gold", [PER_ACTOR.format(n=10), PER_ACTOR.format(n=60)])
def test_groups_grow_though_a_key_lets_no_row_repeat(gold: str, script: str, tmp_path: Path) -> None:
    database = made(tmp_path, script)
    count = gold.rsplit(" ", 1)[1]
    same = f"SELECT name FROM actor a WHERE (SELECT COUNT(*) FROM casting c WHERE c.aid = a.aid) > {count}"
    assert judged(database, gold, same)["outcome"] == "pass"
    assert judged(database, gold, gold.replace("> ", ">= "))["reason"] == "wrong-on-neighbour"


def test_a_group_grows_to_a_thousand_rows(tmp_path: Path) -> None:
    gold = PER_COUNTRY.format(n=1000)
    found = judged(made(tmp_path, CAST + FILLED), gold, gold.replace("> ", ">= "))
    assert found["reason"] == "wrong-on-neighbour"


def test_three_hundred_tables(tmp_path: Path) -> None:
    tables = [
        f"CREATE TABLE t{n} (id INTEGER PRIMARY KEY, up INTEGER REFERENCES t{max(0, n - 1)} (id), v TEXT);"
        f"INSERT INTO t{n} VALUES (1, 1, 'a'), (2, 1, 'b'), (3, 2, 'b');"
        for n in range(300)
    ]
    database = made(tmp_path, "".join(tables))
    gold = "SELECT COUNT(*) FROM t7 JOIN t6 ON t7.up = t6.id WHERE t6.v = 'b'"
    same = "SELECT COUNT(*) FROM t7 WHERE up IN (SELECT id FROM t6 WHERE v = 'b')"
    assert judged(database, gold, same)["outcome"] == "pass"
    assert judged(database, gold, gold.replace("t6.v", "t7.v"))["outcome"] == "reject"
    (tmp_path / "t.jsonl").write_text(
        f'{{"task_id": "1", "question": "How many?", "database": "{database.name}", "gold_sql": "{gold}"}}'
    )
    scenario = SqlScenario(SqlOptions(schema="gold+3"))
    [task] = scenario.tasks(JsonLines(path=tmp_path / "t.jsonl"))
    assert isinstance(task, Task)
    assert str(scenario.prompt(task, 0).messages).count("CREATE TABLE") <= 9


@pytest.mark.slow
def test_a_thousand_columns(tmp_path: Path) -> None:
    names = ", ".join(f"c{n} INTEGER" for n in range(1000))
    values = ", ".join(str(n % 7) for n in range(1000))
    database = made(
        tmp_path, f"CREATE TABLE wide ({names}); INSERT INTO wide VALUES ({values}), ({values});"
    )
    gold = "SELECT c3 FROM wide WHERE c999 = 5"
    assert judged(database, gold, "SELECT wide.c3 FROM wide WHERE 5 = c999")["outcome"] == "pass"
    assert judged(database, gold, "SELECT c3 FROM wide WHERE c998 = 4")["reason"] == "wrong-on-neighbour"
    everything = judged(database, "SELECT * FROM wide", "SELECT DISTINCT * FROM wide")
    assert everything["outcome"] == "reject"


@pytest.mark.slow
def test_a_hundred_megabytes(tmp_path: Path) -> None:
    filling = (
        "CREATE TABLE log (id INTEGER PRIMARY KEY, kind TEXT, size INTEGER, note TEXT);"
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000)"
        " INSERT INTO log SELECT i, 'kind ' || (i % 9), i % 1000, printf('%0200d', i) FROM n;"
    )
    database = made(tmp_path, filling)
    assert database.stat().st_size > 100_000_000
    gold = "SELECT kind, SUM(size) FROM log WHERE size > 10 GROUP BY kind"
    same = "SELECT l.kind, SUM(l.size) FROM log l WHERE 10 < l.size GROUP BY 1"
    assert judged(database, gold, same)["outcome"] == "pass"
    assert judged(database, gold, gold.replace("> 10", ">= 10"))["outcome"] == "reject"
