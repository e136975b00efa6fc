"""The audit catches a broken SQL gate; the real one survives it."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support.auditing import audited

from fastdistill import Candidate, Finding, ScenarioSpec, Task, passed, rejected
from fastdistill_sql import plugin

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def pack() -> Path:
    found: Iterable[ScenarioSpec[Any]] = plugin.fastdistill_scenarios()
    (spec,) = found
    assert spec.pack is not None
    return spec.pack()


def rows_of(task: Task[Any], sql: str) -> list[tuple[Any, ...]] | None:
    """These statements are ours: mutants of our own golds."""
    with closing(sqlite3.connect(f"file:{task.payload.database}?mode=ro", uri=True)) as database:
        try:
            return database.execute(sql).fetchall()
        except sqlite3.Error:
            return None


async def all_pass(task: Task[Any], candidate: Candidate, /) -> Finding:
    return passed(gold_match=True, exec_pass=True)


async def as_sets(task: Task[Any], candidate: Candidate, /) -> Finding:
    one, two = rows_of(task, task.payload.gold[0]), rows_of(task, candidate.answer)
    same = one is not None and two is not None and set(one) == set(two)
    return passed(gold_match=True) if same else rejected("wrong-rows")


async def nearly(task: Task[Any], candidate: Candidate, /) -> Finding:
    def rough(rows: list[tuple[Any, ...]] | None) -> list[str]:
        return sorted(
            str([round(v / 1e6) if isinstance(v, (int, float)) else v for v in row]) for row in rows or ()
        )

    one, two = rows_of(task, task.payload.gold[0]), rows_of(task, candidate.answer)
    same = two is not None and rough(one) == rough(two)
    return passed(gold_match=True) if same else rejected("wrong-rows")


@pytest.mark.parametrize("gate", [all_pass, as_sets, nearly])
async def test_a_broken_gate_is_caught_by_the_audit(gate: Any, pack: Path) -> None:
    found = await audited(gate, "sql", pack, limit=12)
    assert found["counts"]["accepted_wrong"] > 0
    assert found["kill_rate"] < 0.95
    assert found["survivors"]


async def test_the_real_gate_survives_it(pack: Path) -> None:
    found = await audited(None, "sql", pack, limit=12, real="sqlite")
    assert found["kill_rate"] >= 0.95
    assert found["counts"]["rejected_wrong"] == 0
