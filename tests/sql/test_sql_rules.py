"""Rules reject what SQLite would, and nothing else: not one gold of the data or the pack."""

import time
from pathlib import Path

import pytest

from fastdistill import Candidate, Reading, Rule, Task
from fastdistill.run.tasks import JsonLines
from fastdistill_sql import rules
from fastdistill_sql.payload import SqlPayload
from fastdistill_sql.plugin import fastdistill_scenarios
from fastdistill_sql.scenario import SqlScenario

RULES: tuple[Rule, ...] = (rules.one_statement, rules.read_only, rules.parses, rules.known_names)


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FD_CACHE", str(tmp_path / "cache"))


def candidate(sql: str) -> Candidate:
    return Candidate(answer=sql, text=sql, reading=Reading(answer=sql, rule="bare"))


def reason(task: Task[SqlPayload], sql: str) -> str | None:
    findings = [rule(task, candidate(sql)) for rule in RULES]
    return next((found.reason for found in findings if found.reason), None)


def tasks(path: Path) -> list[Task[SqlPayload]]:
    return [task for task in SqlScenario().tasks(JsonLines(path=path)) if isinstance(task, Task)]


def pack() -> Path:
    [spec] = fastdistill_scenarios()
    assert spec.pack is not None
    return spec.pack()


@pytest.fixture
def shop() -> Task[SqlPayload]:
    return next(task for task in tasks(pack()) if "shop" in task.task_id)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT name FROM product", None),
        ("VALUES (1), (2)", None),
        ("WITH a AS (SELECT 1 AS x) SELECT replace(x, 1, 2) FROM a", None),
        (
            "SELECT name FROM product AS p WHERE EXISTS (SELECT 1 FROM review r WHERE r.rating > p.price)",
            None,
        ),
        ("SELECT rowid, PRICE FROM Product ORDER BY price", None),
        ("SELECT 'delete from t; --' FROM product", None),
        ("SELECT strftime('%Y', ordered_on) AS y, COUNT(*) AS n FROM orders GROUP BY y HAVING n > 1", None),
        ("SELECT 1; SELECT 2", "several-statements"),
        ("-- nothing", "no-statement"),
        ("DELETE FROM product", "not-read-only"),
        ("PRAGMA table_info(product)", "not-read-only"),
        ("EXPLAIN SELECT 1", "not-read-only"),
        ("WITH a AS (SELECT 1) INSERT INTO product SELECT * FROM a", "not-read-only"),
        ("with a as (select 1) replace into product select * from a", "not-read-only"),
        ("SELECT name FROM", "syntax-error"),
        ("SELECT name FROM product WHERE (price > 1", "syntax-error"),
        ("SELECT 'open FROM product", "syntax-error"),
        ("SELECT name FROM products", "no-such-table"),
        ("SELECT titel FROM product", "no-such-column"),
        ("SELECT product.rating FROM product", "no-such-column"),
        ("SELECT middle(price) FROM product", "no-such-function"),
    ],
)
def test_each_rule_has_its_reason(shop: Task[SqlPayload], sql: str, expected: str | None) -> None:
    assert reason(shop, sql) == expected


def test_a_wrong_name_is_answered_with_the_nearest_one(shop: Task[SqlPayload]) -> None:
    assert "did you mean 'product'?" in rules.known_names(shop, candidate("SELECT 1 FROM products")).detail


def test_no_gold_of_the_pack_is_rejected() -> None:
    assert [
        (t.task_id, reason(t, gold)) for t in tasks(pack()) for gold in t.payload.gold if reason(t, gold)
    ] == []


@pytest.mark.needs_data
@pytest.mark.parametrize("name", ["defog", "geoquery"])
def test_no_gold_of_the_data_is_rejected(data: Path, name: str) -> None:
    found = tasks(data / name / "tasks.jsonl")
    assert len(found) > 100
    assert [(t.task_id, reason(t, gold)) for t in found for gold in t.payload.gold if reason(t, gold)] == []


def test_a_database_that_is_gone_is_left_to_the_gate(tmp_path: Path) -> None:
    payload = SqlPayload(database=tmp_path / "gone.sqlite", gold=(), dialect="sqlite")
    task = Task(task_id="t", input={"question": "?"}, payload=payload)
    assert reason(task, "SELECT a FROM b") is None


def test_expanding_expressions_cost_nothing(shop: Task[SqlPayload]) -> None:
    bomb = "WITH a0 AS (SELECT 1 AS x)" + "".join(
        f", a{i} AS (SELECT 1 AS x FROM a{i - 1}, a{i - 1})" for i in range(1, 30)
    )
    start = time.process_time()
    assert reason(shop, bomb + " SELECT * FROM a29") is None
    reason(shop, "SELECT " + "(" * 5000 + "1" + ")" * 5000)
    # Expanded, the first holds 2^29 rows, hours of work: any machine and any parser's version is far below.
    assert time.process_time() - start < 60
