"""The list that `fd view` is searched by: filters against a slow reading of the ledger, and its file."""

import itertools
import os
from pathlib import Path

import pytest
from support.viewing import a_run

from fastdistill.run.ledger.connection import reading
from fastdistill.run.ledger.filters import Filters
from fastdistill.run.ledger.task_view import SeenTask, read_task
from fastdistill.view.runs import Viewed, open_runs

NAMES = ("status", "reason", "gate", "teacher", "attempt", "tag", "group")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_run(tmp_path_factory.mktemp("listed") / "run")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FD_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "lists"


def listed(run: Path, filters: Filters | None = None) -> list[int]:
    with open_runs(run, follow=False) as viewed:
        return [row["position"] for row in viewed.catalog.page(filters or Filters()).rows]


def asked_of(task: SeenTask, filters: Filters) -> bool:
    """Say slowly whether a task is what the filters ask for."""
    answered = [(one, {"attempt": str(one.attempt), "teacher": one.teacher}) for one in task.answers]
    stops = [said for _, said in answered] + [
        {**said, "gate": verdict.gate, "reason": verdict.reason}
        for one, said in answered
        for verdict in one.verdicts
        if verdict.outcome != "pass"
    ]
    named = {
        name: value
        for name in ("reason", "gate", "teacher", "attempt")
        if (value := getattr(filters, name))
    }
    same = any(named.items() <= stop.items() for stop in stops)
    if set(named) == {"reason"}:
        same = same or task.reason == filters.reason
    return filters.status in ("", task.status) and (not named or same)


def test_any_two_filters_find_what_a_slow_reading_finds(run: Path) -> None:
    with reading(run) as ledger, open_runs(run, follow=False) as viewed:
        tasks = [task for i in range(1, 15) if (task := read_task(ledger, position=i)) is not None]
        assert len(tasks) == viewed.catalog.total == 14
        values = [(name, value) for name in NAMES for value in viewed.catalog.facets[name]]
        assert len(values) > 8
        for (first, one), (second, other) in itertools.combinations(values, 2):
            for sort in ("source", "attempts"):
                filters = Filters(**{"sort": sort, first: one, second: other})
                if first == second:
                    continue
                found = {row["position"] for row in viewed.catalog.page(filters).rows}
                assert found == {task.position for task in tasks if asked_of(task, filters)}, filters
        for name, value in values:
            count = len(viewed.catalog.page(Filters(**{name: value})).rows)  # type: ignore[arg-type]
            assert count == viewed.catalog.facets[name][value]


def test_a_finished_list_is_found_again(run: Path, cache: Path) -> None:
    listed(run)
    (kept,) = cache.iterdir()
    before = kept.read_bytes()
    with open_runs(run) as viewed:  # nothing is waited for
        assert viewed.catalog.listed == viewed.catalog.total == 14
        assert viewed.catalog.facets["status"]["failed"] == 2
    assert kept.read_bytes() == before
    assert [one.name for one in cache.iterdir()] == [kept.name]


def test_a_changed_ledger_has_another_list(run: Path, cache: Path) -> None:
    listed(run)
    os.utime(run / "ledger.sqlite")
    listed(run)
    assert len(list(cache.iterdir())) == 2


def test_a_damaged_list_is_made_again(run: Path, cache: Path) -> None:
    expected = listed(run)
    (kept,) = cache.iterdir()
    kept.write_bytes(b"no list" * 1000)
    assert listed(run) == expected
    assert [one.name for one in cache.iterdir()] == [kept.name]


def test_only_the_lists_opened_last_stay(run: Path, cache: Path) -> None:
    cache.mkdir(parents=True)
    for i in range(9):
        (cache / f"{i}.sqlite").write_bytes(b"")
        os.utime(cache / f"{i}.sqlite", (i, i))
    (cache / "old.1-1.partial").write_bytes(b"")
    os.utime(cache / "old.1-1.partial", (1, 1))
    listed(run)
    assert {f"{i}.sqlite" for i in range(3, 9)} < {one.name for one in cache.iterdir()}
    assert len(list(cache.iterdir())) == 7


def test_caches_that_cannot_be_written_are_done_without(run: Path, cache: Path) -> None:
    cache.parent.write_text("a file", encoding="utf-8")
    assert len(listed(run)) == 14


def test_a_list_that_is_cut_short_leaves_nothing(run: Path, cache: Path) -> None:
    with open_runs(run, follow=False):
        pass
    (kept,) = cache.iterdir()
    kept.unlink()

    def stopped(self: Viewed) -> None:
        return

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Viewed, "work", stopped)
        with open_runs(run):
            assert len(list(cache.iterdir())) == 1
    assert not list(cache.iterdir())
