"""Neighbours obey what the real data obeys, reach what a query tests, and say how strong they are."""

import random
from pathlib import Path

import pytest
from support.sql_judging import judged, made

from fastdistill import TaskError
from fastdistill_sql.anatomy import dissect
from fastdistill_sql.forms import Form, form_of, like
from fastdistill_sql.laws import mine
from fastdistill_sql.neighbours import gather, variant
from fastdistill_sql.sampling import sample
from fastdistill_sql.schema import Column, read_schema
from fastdistill_sql.suite import parse


def rows(table: str, *values: object, count: int = 60) -> str:
    """`count` rows; each value is a function of the row's number."""
    lines = (", ".join(repr(v(n)) if callable(v) else repr(v) for v in values) for n in range(1, count + 1))
    return "".join(f"INSERT INTO {table} VALUES ({line});" for line in lines)


COUNTRIES = ("Peru", "Chad", "Oman", "Fiji", "Cuba")
LAWFUL = (
    "CREATE TABLE land (code TEXT PRIMARY KEY, name TEXT);"
    "CREATE TABLE emp (id INTEGER PRIMARY KEY, boss INTEGER, land TEXT, land_name TEXT, born TEXT,"
    " badge INT, room INT, seat INT, note TEXT);"
    + rows("land", lambda n: COUNTRIES[n - 1][:2].upper(), lambda n: COUNTRIES[n - 1], count=5)
    + rows(
        "emp",
        lambda n: n,
        lambda n: max(1, n // 2),
        lambda n: COUNTRIES[n % 5][:2].upper(),
        lambda n: COUNTRIES[n % 5],
        lambda n: f"19{60 + n % 40}-{1 + n % 12:02d}-{1 + n % 28:02d}",
        lambda n: 1000 + n,
        lambda n: n % 8,
        lambda n: n // 8,
        lambda n: f"note {n % 7}",
    )
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = made(tmp_path_factory.mktemp("laws"), LAWFUL)
    return path


def test_laws_are_mined_where_chance_would_have_broken_them(database: Path) -> None:
    found = sample(database, "emp", "data").laws
    table = read_schema(database).table("emp")
    assert table is not None
    at = {c.name: i for i, c in enumerate(table.columns)}
    assert found.never_null == frozenset(range(9))
    assert (at["badge"],) in found.keys
    assert (at["room"], at["seat"]) in found.keys
    assert {(at["land"], at["land_name"]), (at["land_name"], at["land"])} <= set(found.decided)
    assert (at["room"], at["land"]) not in found.decided
    assert found.forms[at["born"]].look == "date"
    declared = sample(database, "emp", "declared").laws
    assert (declared.never_null, declared.keys, declared.decided) == (frozenset({0}), ((0,),), ())


def test_every_variant_obeys_them(database: Path) -> None:
    gold = (
        "SELECT e.land_name, COUNT(*) FROM emp e JOIN land l ON l.code = e.land JOIN emp b ON b.id = e.boss"
        " WHERE e.born < '1980-01-01' AND e.room > 3 GROUP BY e.land_name, e.badge, e.seat, e.note"
    )
    schema, tree = read_schema(database), parse(gold)
    assert tree is not None
    material = gather(database, schema, dissect(tree, schema), (gold,))
    for seed in range(40):
        tables = variant(material, seed)
        people, lands = tables["emp"], {row[0] for row in tables["land"]}
        assert all(None not in row for row in people)
        assert all(row[2] in lands for row in people)
        assert len({row[5] for row in people}) == len(people)
        assert len({(row[6], row[7]) for row in people}) == len(people)
        assert len({(row[2], row[3]) for row in people}) == len({row[2] for row in people})
        keys = {row[0] for row in people}
        assert all(row[1] in keys for row in people)
        assert all(isinstance(row[4], str) and len(row[4]) == 10 and row[4][4] == "-" for row in people)


def test_the_same_seed_gives_the_same_rows(database: Path) -> None:
    gold = "SELECT COUNT(*) FROM emp WHERE room > 3"
    schema, tree = read_schema(database), parse(gold)
    assert tree is not None
    one, two = (gather(database, schema, dissect(tree, schema), (gold,)) for _ in range(2))
    assert [variant(one, seed) for seed in range(9)] == [variant(two, seed) for seed in range(9)]


def test_what_the_schema_leaves_open_on_purpose_stays_open(tmp_path: Path) -> None:
    script = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b TEXT);" + rows(
        "t", int, "x", "y", count=9
    )
    table = read_schema(made(tmp_path, script)).table("t")
    schema = read_schema(made(tmp_path, script, "two.sqlite"))
    assert table is not None
    few = [(n, "x", "y") for n in range(9)]
    assert mine(schema, table, few, "data").never_null == {0, 1}
    assert mine(schema, table, few * 5, "data").never_null == {0, 1, 2}


@pytest.mark.parametrize(
    ("gold", "same"),
    [
        ("SELECT land, COUNT(*) FROM emp GROUP BY land", "SELECT land, COUNT(note) FROM emp GROUP BY land"),
        ("SELECT COUNT(*) FROM emp", "SELECT COUNT(*) FROM emp e JOIN land l ON l.code = e.land"),
        ("SELECT COUNT(DISTINCT badge) FROM emp", "SELECT COUNT(badge) FROM emp"),
        ("SELECT land FROM emp GROUP BY land", "SELECT DISTINCT land FROM emp GROUP BY land, land_name"),
        ("SELECT COUNT(*) FROM emp WHERE strftime('%Y', born) = '1970'",
         "SELECT COUNT(*) FROM emp WHERE born LIKE '1970%'"),
        ("SELECT COUNT(*) FROM emp WHERE strftime('%Y', born) = '1970'",
         "SELECT COUNT(*) FROM emp WHERE born BETWEEN '1970-01-01' AND '1970-12-31'"),
    ],
)  # fmt: skip
def test_what_is_right_under_the_laws_is_kept_and_refused_without_them(
    database: Path, gold: str, same: str
) -> None:
    assert judged(database, gold, same)["outcome"] == "pass"


def test_by_choice_only_what_is_declared_counts(database: Path) -> None:
    gold, same = "SELECT COUNT(*) FROM emp", "SELECT COUNT(note) FROM emp"
    assert judged(database, gold, same)["outcome"] == "pass"
    assert judged(database, gold, same, assume="declared")["reason"] == "wrong-on-neighbour"


HIDING = (
    "CREATE TABLE t (id INTEGER PRIMARY KEY, nm TEXT, v INT, w INT, code TEXT, day TEXT,"
    " whole REAL, off REAL);"
    + rows(
        "t",
        lambda n: n,
        lambda n: ("ann", "bob", "eve", "fay", "gus", "hal")[n % 6],
        lambda n: 4 * (3 + n % 12),
        lambda n: 4 * (1 + n % 20),
        lambda n: str(11 + n * 7 % 80),
        lambda n: f"2020-{1 + n % 12:02d}-{1 + n % 28:02d}",
        lambda n: float(1 + n % 40),
        0.0,
        count=40,
    )
)


@pytest.mark.parametrize(
    ("gold", "wrong"),
    [
        ("SELECT id, v / 4 FROM t", "SELECT id, v / 4.0 FROM t"),
        ("SELECT id, ROUND(whole) FROM t", "SELECT id, whole FROM t"),
        ("SELECT id, LOWER(nm) FROM t", "SELECT id, nm FROM t"),
        ("SELECT id, TRIM(nm) FROM t", "SELECT id, nm FROM t"),
        ("SELECT id FROM t WHERE LENGTH(nm) > 3", "SELECT id FROM t WHERE LENGTH(nm) > 4"),
        ("SELECT SUM(v * (1 - off)) FROM t", "SELECT SUM(v) FROM t"),
        ("SELECT id FROM t ORDER BY CAST(code AS INTEGER), id", "SELECT id FROM t ORDER BY code, id"),
        ("SELECT COUNT(*) FROM t WHERE strftime('%m', day) = '03'",
         "SELECT COUNT(*) FROM t WHERE day LIKE '2020-03%'"),
        ("SELECT SUM(ABS(v)) FROM t", "SELECT SUM(v) FROM t"),
        ("SELECT SUM(v) FROM t", "SELECT TOTAL(v) FROM t"),
        ("SELECT id FROM t WHERE v * w > 9000", "SELECT id FROM t WHERE v * w > 8000"),
        ("SELECT nm FROM t GROUP BY nm HAVING COUNT(*) >= 20",
         "SELECT nm FROM t GROUP BY nm HAVING COUNT(*) >= 30"),
        ("SELECT nm FROM t GROUP BY nm HAVING COUNT(*) > 100",
         "SELECT nm FROM t GROUP BY nm HAVING COUNT(*) >= 100"),
        ("SELECT id FROM t ORDER BY v DESC, id LIMIT 50", "SELECT id FROM t ORDER BY v DESC, id"),
        ("SELECT nm FROM t WHERE nm = 'ann' AND v > 40", "SELECT nm FROM t WHERE nm = 'ann' AND v >= 40"),
        ("SELECT MAX(v) FROM t WHERE nm = 'zoe'", "SELECT MAX(v) FROM t WHERE nm = 'zo'"),
    ],
)  # fmt: skip
def test_what_changes_nothing_in_the_real_data_is_tested_all_the_same(
    tmp_path: Path, gold: str, wrong: str
) -> None:
    database = made(tmp_path, HIDING)
    assert judged(database, gold, wrong)["reason"] in ("wrong-on-neighbour", "wrong-rows")


def test_a_maximum_and_the_first_row_say_the_same_of_nothing(tmp_path: Path) -> None:
    database = made(tmp_path, HIDING)
    gold = "SELECT v FROM t WHERE nm = 'ann' ORDER BY v DESC LIMIT 1"
    assert judged(database, gold, "SELECT MAX(v) FROM t WHERE nm = 'ann'")["outcome"] == "pass"


def test_a_candidate_is_refused_only_where_a_gold_has_a_result(tmp_path: Path) -> None:
    script = "CREATE TABLE t (id INTEGER PRIMARY KEY, v INT);" + rows(
        "t", lambda n: n, lambda n: n % 5, count=9
    )
    gold = "SELECT abs(CASE WHEN v > 3 THEN v ELSE v END) FROM t"
    assert judged(made(tmp_path, script), gold, "SELECT abs(v) FROM t")["outcome"] == "pass"


def test_a_weak_suite_is_flagged_or_left_undecided(database: Path) -> None:
    gold, same = "SELECT COUNT(*) FROM emp WHERE room > 3", "SELECT COUNT(id) FROM emp WHERE 3 < room"
    assert "weak_oracle" not in judged(database, gold, same)["evidence"]
    weak = judged(database, gold, same, min_strength=1.0)
    assert (weak["outcome"], "one-edit" in weak["evidence"]["weak_oracle"]) == ("pass", True)
    left = judged(database, gold, same, min_strength=1.0, weak_oracle="undecided")
    assert (left["outcome"], left["reason"]) == ("error", "weak-oracle")


def test_a_clock_makes_the_present_decidable(database: Path) -> None:
    gold = "SELECT COUNT(*) FROM emp WHERE strftime('%Y', CURRENT_TIMESTAMP) - strftime('%Y', born) > 44"
    same = "SELECT COUNT(*) FROM emp WHERE strftime('%Y', 'now') - CAST(substr(born, 1, 4) AS INT) > 44"
    with pytest.raises(TaskError) as raised:
        judged(database, gold, same)
    assert raised.value.reason == "nondeterministic-gold"
    assert judged(database, gold, same, clock="2024-06-01")["outcome"] == "pass"
    assert judged(database, gold, gold.replace("44", "43"), clock="2024-06-01")["outcome"] == "reject"
    with pytest.raises(TaskError):
        judged(database, gold, same)


def test_a_gold_has_a_budget_of_its_own_and_a_candidate_one_that_grows_with_it(tmp_path: Path) -> None:
    database = made(tmp_path, "CREATE TABLE t (id INTEGER PRIMARY KEY);" + rows("t", lambda n: n, count=60))
    gold = "SELECT COUNT(*) FROM t a, t b, t c WHERE a.id < b.id"
    small = {"steps": 100_000}
    found = judged(database, gold, "SELECT COUNT(1) FROM t a, t b, t c WHERE b.id > a.id", budget=small)
    assert found["outcome"] == "pass"
    heavy = "SELECT COUNT(*) FROM t a, t b, t c, t d WHERE a.id < b.id AND d.id >= 0"
    assert judged(database, gold, heavy, budget=small)["reason"] == "too-expensive"
    with pytest.raises(TaskError) as raised:
        judged(database, gold, "SELECT 1", gold_budget={"steps": 100_000})
    assert raised.value.reason == "gold-too-expensive"


TEXT = Column(name="c", declared="TEXT", kind="text", required=False, unique=False)


@pytest.mark.parametrize(
    ("values", "look"),
    [
        (["2020-01-02", "2021-12-31", "1999-05-05"], "date"),
        (["2020-01-02 10:30:00", "2021-12-31 00:00:01", "1999-05-05 23:59:59"], "moment"),
        (["2020-01-02", "2021-12-31 00:00:01", "1999-05-05"], "text"),
        (["10:30", "00:01", "23:59"], "time"),
        (["15", "7", "230"], "whole-text"),
        (["1.5", "7", "2.30"], "number-text"),
        (['{"a": 1}', '{"a": 2}', "[]"], "json"),
        ([3, 4, 5], "number"),
        (["ann", "bob", "eve"], "text"),
        (["M", "F"] * 20, "fixed"),
        ([b"x", "y"], "any"),
    ],
)
def test_forms_are_seen_and_kept(values: list[int | str | bytes], look: str) -> None:
    form = form_of(values, TEXT)
    assert form.look == look
    rng = random.Random(7)
    for value in values:
        made_up = [like(value, form, rng) for _ in range(30)]
        if look not in ("any", "text"):
            assert form_of([*values, *made_up], TEXT).look == look or isinstance(form, Form)
            assert all(type(v) is type(value) or isinstance(v, (int, float)) for v in made_up)
