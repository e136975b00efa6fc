"""Whose a run folder is, and that looking at it changes nothing."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from support.golden import load_dump
from support.toy import rows, solve, toy_run, write_tasks

from fastdistill import AuthFailed, Call, ServerFailed, UsageError
from fastdistill.errors import FastDistillError, RunFolderError
from fastdistill.run.folder import LEDGER, put_aside
from fastdistill.run.ledger.connection import VERSION, reading
from fastdistill.run.ledger.ledger import Ledger
from fastdistill.run.ops.diff import diff
from fastdistill.run.ops.verify import verify
from fastdistill.testing.scripted import ScriptedProvider

pytestmark = pytest.mark.anyio


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("settings", "fresh"),
    [
        ((), False),  # the same command again
        ((), True),  # a fresh run is refused
        (("teacher.0.model=another",), False),  # another run is refused
        (("budget.usd=1", "limit=7"), False),  # a budget without a price is refused
        (("limit=7", "judges.nobody.x=1"), False),  # a mistake in the run file
    ],
)
async def test_looking_at_a_finished_run_changes_no_byte(
    tmp_path: Path, settings: tuple[str, ...], fresh: bool
) -> None:
    tasks = write_tasks(tmp_path / "t.jsonl", 6)
    out = tmp_path / "out"
    await toy_run(out, solve, tasks=tasks)
    before = content(out)
    try:
        done = await toy_run(out, solve, *settings, tasks=tasks, fresh=fresh)
        assert done.message == "was finished already"
    except FastDistillError:
        assert settings or fresh
    assert content(out) == before
    assert verify(out).problems == []


async def test_a_run_that_got_no_answer_does_not_claim_its_folder(tmp_path: Path) -> None:
    tasks = write_tasks(tmp_path / "t.jsonl", 3)
    with pytest.raises(AuthFailed):
        await toy_run(tmp_path / "out", lambda call: AuthFailed("HTTP 401"), tasks=tasks)
    other = write_tasks(tmp_path / "other.jsonl", 4)
    done = await toy_run(tmp_path / "out", solve, "teacher.0.temperature=0.5", tasks=other)
    assert (done.outcome, done.progress.accepted) == ("done", 4)
    with pytest.raises(RunFolderError, match="belongs to another run"):
        await toy_run(tmp_path / "out", solve, tasks=tasks)


@pytest.mark.parametrize("journal", ["delete", "wal"])
async def test_a_kill_before_the_ledger_has_its_tables_claims_nothing(tmp_path: Path, journal: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    if journal == "wal":
        with closing(sqlite3.connect(out / "ledger.sqlite")) as begun:
            begun.execute("PRAGMA journal_mode = WAL")
    else:
        (out / "ledger.sqlite").write_bytes(b"")
    done = await toy_run(out, solve, tasks=write_tasks(tmp_path / "t.jsonl", 3))
    assert (done.outcome, done.progress.accepted) == ("done", 3)
    assert verify(out).problems == []


async def test_a_dataset_without_its_ledger_is_left_alone(tmp_path: Path) -> None:
    tasks = write_tasks(tmp_path / "t.jsonl", 3)
    await toy_run(tmp_path / "out", solve, tasks=tasks)
    (tmp_path / "out" / "ledger.sqlite").unlink()
    before = content(tmp_path / "out")
    with pytest.raises(RunFolderError, match="holds a dataset, and no ledger"):
        await toy_run(tmp_path / "out", solve, tasks=tasks)
    assert content(tmp_path / "out") == before


async def test_more_attempts_go_on_with_what_was_rejected(tmp_path: Path) -> None:
    tasks = write_tasks(tmp_path / "t.jsonl", 6)

    def answer(call: Call) -> str:
        right = call.teacher_attempt == 2 or call.prompt.messages[-1].content[0] in "024"
        return solve(call) if right else "77"

    provider = ScriptedProvider(answer=answer)
    two = ("teacher.1.provider=scripted", "teacher.1.model=n", "teacher.1.n=2", "teacher.1.name=other")
    first = await toy_run(tmp_path / "out", answer, *two, tasks=tasks, provider=provider)
    assert (first.progress.accepted, first.progress.rejected) == (3, 3)
    asked = len(provider.calls)
    more = await toy_run(
        tmp_path / "out", answer, *two, "teacher.0.attempts=2", tasks=tasks, provider=provider
    )
    assert (more.outcome, more.progress.accepted, more.progress.rejected) == ("done", 6, 0)
    assert len(provider.calls) == asked + 3
    assert verify(tmp_path / "out").problems == []
    whole = await toy_run(tmp_path / "whole", answer, *two, "teacher.0.attempts=2", tasks=tasks)
    assert whole.progress.accepted == 6
    assert (tmp_path / "out" / "dataset.jsonl").read_bytes() == (
        tmp_path / "whole" / "dataset.jsonl"
    ).read_bytes()
    assert rows(tmp_path / "out" / "rejected.jsonl") == rows(tmp_path / "whole" / "rejected.jsonl")
    with pytest.raises(RunFolderError, match=r"teacher\[0\].attempts"):
        await toy_run(tmp_path / "out", answer, *two, tasks=tasks)


async def test_more_tasks_go_on(tmp_path: Path) -> None:
    tasks = write_tasks(tmp_path / "t.jsonl", 6)
    await toy_run(tmp_path / "out", solve, "limit=2", tasks=tasks)
    done = await toy_run(tmp_path / "out", solve, "limit=5", tasks=tasks)
    assert (done.outcome, done.progress.accepted) == ("done", 5)


@pytest.mark.parametrize("name", ["20260101-120000-0a1b2c", "mine"])
async def test_the_id_of_a_run_is_its_folder_s_name(tmp_path: Path, name: str) -> None:
    done = await toy_run(tmp_path / name, solve, tasks=write_tasks(tmp_path / "t.jsonl", 1))
    assert (done.run_id == name) == (name != "mine")


async def test_a_fresh_run_refuses_a_used_folder(tmp_path: Path) -> None:
    tasks = write_tasks(tmp_path / "t.jsonl", 1)
    await toy_run(tmp_path / "out", solve, tasks=tasks)
    with pytest.raises(UsageError, match="--no-resume wants a folder without one"):
        await toy_run(tmp_path / "out", solve, tasks=tasks, fresh=True)


async def test_diff_and_the_quality_report_count_alike(tmp_path: Path) -> None:
    tasks = write_tasks(tmp_path / "t.jsonl", 4)
    with tasks.open("a") as file:
        file.write('not json\n{"task_id": "dup", "left": 1, "right": 1}\n{"task_id": "x"}\n')

    def answer(call: Call) -> str | ServerFailed:
        return ServerFailed("500") if call.prompt.messages[-1].content.startswith("3") else solve(call)

    await toy_run(tmp_path / "out", answer, "teacher.0.retries=0", tasks=tasks)
    found = diff(tmp_path / "out", tmp_path / "out")["rates"]["p_keep"]["new"]
    assert (found["count"], found["of"]) == (3, 6)


# -- ledgers of an older version


def test_an_older_ledger_is_read_as_it_is_and_brought_up_where_it_is_written(tmp_path: Path) -> None:
    path = load_dump("sql", tmp_path)
    before = path.read_bytes()
    column = "SELECT teacher_attempt FROM attempts ORDER BY 1"
    with reading(tmp_path) as ledger:
        old = [tuple(row) for row in ledger.execute(column)]
    assert path.read_bytes() == before
    written = Ledger(path)
    written.open()
    assert written.read_meta()["ledger_version"] == str(VERSION)
    written.close()
    with reading(tmp_path) as ledger:
        assert old == [
            tuple(row) for row in ledger.execute("SELECT teacher_attempt FROM attempts ORDER BY 1")
        ]


@pytest.mark.parametrize("version", ["99", "x", "0"])
def test_a_ledger_of_another_version_is_refused(tmp_path: Path, version: str) -> None:
    written = Ledger(tmp_path / "ledger.sqlite")
    written.open()
    written.begin_session({"ledger_version": version})
    written.close()
    with pytest.raises(RunFolderError, match="upgrade it"), reading(tmp_path):
        pass


def test_a_run_is_put_aside_and_other_things_are_left(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    assert put_aside(folder) is None
    folder.mkdir()
    assert put_aside(folder) is None
    for number in (1, 2):
        folder.mkdir(exist_ok=True)
        (folder / LEDGER).write_bytes(b"")
        assert put_aside(folder) == tmp_path / f"out.old-{number}"
        assert not folder.exists()
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    with pytest.raises(RunFolderError, match="holds no run"):
        put_aside(folder)
    assert (folder / "mine.txt").exists()
