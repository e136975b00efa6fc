"""Folders that are damaged, or made to harm: one sentence from every command, no traceback, no hang."""

import json
import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from fastdistill.cli.main import cli
from fastdistill.errors import FastDistillError
from fastdistill_simulator import TeacherSimulator

FILES = ("manifest.json", "quality_report.json", "timing_report.json", "dataset.jsonl", "rejected.jsonl")
JSON = ("null", "[]", "3", '"x"', "{}", '{"counts": 3}', "{", "", "\x00\x01", "[" * 100_000, '{"a": NaN}')
COMMANDS: dict[str, Callable[[str], list[str]]] = {
    "report": lambda run: ["report", run],
    "replay": lambda run: ["replay", run],
    "merge": lambda run: ["merge", run, "--out", f"{run}-merged"],
    "verify": lambda run: ["verify", run],
    "diff": lambda run: ["diff", run, run],
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    tasks = folder / "tasks.jsonl"
    tasks.write_text(
        "".join(f'{{"task_id": "{n}", "problem": "{n} + 1?", "answer": "{n + 1}"}}\n' for n in range(4))
    )
    with TeacherSimulator(answer=lambda asked, index: "\\boxed{2}") as server:
        words = [
            "run",
            "--scenario",
            "math",
            "--tasks",
            str(tasks),
            "--teacher",
            "openai:m",
            "--audit",
            "0",
        ]
        more = [
            "--base-url",
            server.base_url,
            "--no-cache",
            "--out",
            str(folder / "run"),
            "--set",
            "shard='1/1'",
        ]
        done = CliRunner().invoke(cli, [*words, *more], standalone_mode=False)
    assert done.exception is None, done.output
    return folder / "run"


@pytest.fixture
def run(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "run")
    return tmp_path / "run"


def said(command: str, run: Path) -> str:
    """What the command says: its output, or the one sentence of its error."""
    result = CliRunner().invoke(cli, COMMANDS[command](str(run)), standalone_mode=False)
    error = result.exception
    if error is None:
        return result.output
    assert isinstance(error, FastDistillError), f"{command}: {error!r}"
    assert len(str(error)) < 1000
    assert "Traceback" not in str(error)
    return str(error)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_that_is_something_else_is_one_sentence(command: str, run: Path) -> None:
    for name in FILES:
        held = (run / name).read_bytes()
        for text in JSON if command != "replay" else JSON[:2]:  # which reads the ledger alone
            (run / name).write_text(text)
            assert said(command, run)
        (run / name).unlink()
        assert said(command, run)
        (run / name).mkdir()
        assert said(command, run)
        (run / name).rmdir()
        if command != "replay":  # a pipe that nobody writes to
            os.mkfifo(run / name)
            assert said(command, run)
            (run / name).unlink()
        (run / name).write_bytes(held)


def broken(run: Path, *statements: str) -> None:
    with sqlite3.connect(run / "ledger.sqlite") as ledger:
        for statement in statements:
            ledger.execute(statement)
    ledger.close()


def changed(run: Path, statement: str) -> bool:
    """Whether the ledger took the change: keys that are whole numbers take no text."""
    try:
        broken(run, statement)
    except sqlite3.IntegrityError:
        return False
    return True


def tables(run: Path) -> dict[str, list[str]]:
    with sqlite3.connect(run / "ledger.sqlite") as ledger:
        names = [row[0] for row in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {name: [row[1] for row in ledger.execute(f"PRAGMA table_info({name})")] for name in names}
    ledger.close()
    return found


@pytest.mark.parametrize("command", COMMANDS)
def test_a_ledger_without_a_table_or_with_another_content_is_one_sentence(
    command: str, run: Path, whole: Path
) -> None:
    ledger = run / "ledger.sqlite"
    for table, columns in tables(run).items():
        if table.startswith("sqlite_"):
            continue
        broken(run, f"DROP TABLE {table}")
        assert said(command, run)
        shutil.copyfile(whole / "ledger.sqlite", ledger)
        for value in ("'{rubbish'", "x'ff00'", "-1"):
            assignments = ", ".join(f"{column} = {value}" for column in columns)
            if changed(run, f"UPDATE OR IGNORE {table} SET {assignments}"):
                assert said(command, run)
                shutil.copyfile(whole / "ledger.sqlite", ledger)
        for column in columns if command in ("verify", "diff") else columns[:3]:
            if changed(run, f"UPDATE OR IGNORE {table} SET {column} = '[[[]'"):
                assert said(command, run)
                shutil.copyfile(whole / "ledger.sqlite", ledger)


@pytest.mark.parametrize("command", COMMANDS)
def test_flipped_bytes_are_one_sentence(command: str, run: Path, whole: Path) -> None:
    rng, good = random.Random(7), (whole / "ledger.sqlite").read_bytes()
    for _ in range(25 if command in ("verify", "diff", "report") else 6):
        data = bytearray(good)
        for _ in range(rng.choice((1, 20, 400))):
            data[rng.randrange(len(data))] = rng.randrange(256)
        (run / "ledger.sqlite").write_bytes(data[: rng.choice((len(data), len(data) // 2, 4096))])
        assert said(command, run)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_view_that_never_ends_is_refused(command: str, run: Path) -> None:
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS sample_id FROM n"
    for table in ("tasks", "decisions", "verdicts", "meta"):
        broken(run, f"DROP TABLE IF EXISTS {table}", f"DROP VIEW IF EXISTS {table}")
        broken(run, f"CREATE VIEW {table} AS {endless}")
        assert said(command, run)


def test_the_manifest_may_lie_about_names(run: Path) -> None:
    manifest = json.loads((run / "manifest.json").read_text())
    manifest["files"]["../../../etc/passwd"] = "0" * 64
    manifest["plugins"] = [{"distribution": 3}]
    (run / "manifest.json").write_text(json.dumps(manifest))
    for command in COMMANDS:
        assert said(command, run)
