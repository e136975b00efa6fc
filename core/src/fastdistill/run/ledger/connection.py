"""Opens the SQLite file of a ledger: for writing by its run, for reading by anyone."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.resources import files
from pathlib import Path

from fastdistill.errors import RunFolderError
from fastdistill.run.folder import LEDGER

VERSION = 3
"""Of the schema. An older ledger is brought to it, a newer one is refused."""

MIGRATIONS: dict[int, tuple[str, ...]] = {
    1: (
        "ALTER TABLE completions RENAME COLUMN attempt TO teacher_attempt",
        "ALTER TABLE attempts RENAME COLUMN turn TO teacher_attempt",
        "ALTER TABLE verdicts ADD COLUMN tell TEXT",
        "ALTER TABLE verdicts ADD COLUMN differences TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE verdicts ADD COLUMN waited REAL NOT NULL DEFAULT 0",
    ),
    2: (
        "ALTER TABLE tasks ADD COLUMN row TEXT NOT NULL DEFAULT '{}'",
        "ALTER TABLE tasks ADD COLUMN grp TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE tasks ADD COLUMN split TEXT NOT NULL DEFAULT 'train'",
    ),
}
"""What brings a ledger of a version to the next one."""


def connect_writer(path: Path) -> sqlite3.Connection:
    """Open the ledger at `path` for its run; create it, or bring it to this version, where that is needed.

    Raises `RunFolderError` for a file that is no ledger, is damaged, or is of a newer version.
    """
    try:
        made = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        made.row_factory = sqlite3.Row
        made.execute("PRAGMA journal_mode = WAL")
        made.execute("PRAGMA synchronous = FULL")
        made.execute("PRAGMA wal_autocheckpoint = 4000")
        if made.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None:
            script = files("fastdistill.run.ledger").joinpath("schema.sql").read_text(encoding="utf-8")
            version = f"INSERT INTO meta VALUES ('ledger_version', '{VERSION}');"  # noqa: S608  a number
            made.executescript(f"BEGIN;{script}{version}COMMIT;")
    except sqlite3.DatabaseError as error:
        raise RunFolderError(f"cannot open the ledger {str(path)!r}: {error}") from None
    _migrate(made, version_of(made, path))
    return made


@contextmanager
def reading(folder: Path) -> Iterator[sqlite3.Connection]:
    """Open the ledger in `folder` for reading; not a byte there changes.

    One of an older version is read from a copy in memory that is brought to this version. Raises
    `RunFolderError` for a ledger that is missing, damaged or of a newer version.
    """
    path = folder / LEDGER
    if not path.is_file():
        raise RunFolderError(f"there is no ledger at {str(path)!r}: is this the folder of a run?")
    wal = path.with_name(path.name + "-wal")
    how = "mode=ro" if wal.exists() and wal.stat().st_size else "mode=ro&immutable=1"
    with closing(
        sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True, check_same_thread=False)
    ) as opened:
        opened.row_factory = sqlite3.Row
        found = version_of(opened, path)
        if found == VERSION:
            yield opened
            return
        with closing(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)) as copied:
            opened.backup(copied)
            copied.row_factory = sqlite3.Row
            _migrate(copied, found)
            yield copied


def is_blank(path: Path) -> bool:
    """Return whether a ledger was begun and killed before its tables were there: nothing was ever in it."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as opened:
            return opened.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None
    except sqlite3.DatabaseError:
        return False


def damage(path: Path) -> str | None:
    """Return what SQLite finds wrong with a copy of a ledger, which is brought to this version."""
    with closing(connect_writer(path)) as copied:
        found = copied.execute("PRAGMA integrity_check").fetchone()["integrity_check"]
        return None if found == "ok" else str(found)


def version_of(connection: sqlite3.Connection, path: Path) -> int:
    """Return a ledger's version. Raises `RunFolderError` unless this Fast Distill can read it.

    Views and triggers are refused before anything is read: one that never ends would hang every reader.
    """
    try:
        strange = connection.execute(
            "SELECT type, name FROM sqlite_master"
            " WHERE type IN ('view', 'trigger') OR sql LIKE 'CREATE VIRTUAL%'"
        ).fetchone()
        if strange is not None:
            raise RunFolderError(
                f"the ledger {str(path)!r} holds the {strange['type']} {strange['name']!r}: no run leaves "
                "that"
            )
        rows = connection.execute("SELECT value FROM meta WHERE key = 'ledger_version'").fetchall()
    except sqlite3.DatabaseError as error:
        raise RunFolderError(f"{str(path)!r} is not a ledger, or is damaged: {error}") from None
    found = str(rows[0]["value"]) if rows else None
    if found is None or not re.fullmatch(r"[0-9]{1,9}", found) or not 1 <= int(found) <= VERSION:
        raise RunFolderError(
            f"the ledger {str(path)!r} has version {found!r}; this Fast Distill reads up to {VERSION}:"
            " upgrade it"
        )
    return int(found)


def _migrate(connection: sqlite3.Connection, found: int) -> None:
    if found == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    for version in range(found, VERSION):
        for statement in MIGRATIONS[version]:
            connection.execute(statement)
    connection.execute("UPDATE meta SET value = ? WHERE key = 'ledger_version'", (str(VERSION),))
    connection.execute("COMMIT")
