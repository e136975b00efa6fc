"""The bundled pack: enough tasks, over four databases, each gold telling and right about its own data."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from fastdistill import Task
from fastdistill.run.tasks import JsonLines
from fastdistill_sql.payload import SqlPayload
from fastdistill_sql.plugin import fastdistill_scenarios
from fastdistill_sql.scenario import SqlScenario


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Task[SqlPayload]]:
    monkeypatch.setenv("FD_CACHE", str(tmp_path / "cache"))
    [spec] = fastdistill_scenarios()
    assert spec.pack is not None
    found = list(SqlScenario().tasks(JsonLines(path=spec.pack())))
    assert all(isinstance(item, Task) for item in found), found
    return [item for item in found if isinstance(item, Task)]


def test_it_is_large_and_varied(pack: list[Task[SqlPayload]]) -> None:
    assert len(pack) >= 80
    assert len({task.task_id for task in pack}) == len({task.canonical_input for task in pack}) == len(pack)
    assert {task.input["database"] for task in pack[:24]} == {
        f"{n}.sql" for n in ("shop", "library", "hospital", "flights")
    }
    assert {tag for task in pack[:24] for tag in task.tags} == {"easy", "medium"}
    assert sum("hard" in task.tags for task in pack) >= 20


def test_every_gold_returns_something(pack: list[Task[SqlPayload]]) -> None:
    for task in pack:
        for gold in task.payload.gold:
            with closing(sqlite3.connect(task.payload.database)) as opened:
                rows = opened.execute(gold).fetchall()
            assert any(value is not None for row in rows for value in row), task.task_id


def test_every_prompt_fits_a_small_model(pack: list[Task[SqlPayload]]) -> None:
    scenario = SqlScenario()
    assert max(len(m.content) for task in pack for m in scenario.prompt(task, 1).messages) < 4000
