"""The durable memory of a run: one SQLite file, written in groups, read by anyone.

`add` returns when what it was given is on disk; writers that come at the same time share one commit.
"""

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
from attrs import define, field

from fastdistill.errors import RunFolderError
from fastdistill.run.ledger.rows import Statement

VERSION = 1
"""Of the schema. A ledger of a newer one is refused."""


@define
class _Group:
    statements: list[Statement] = field(factory=list)
    done: anyio.Event = field(factory=anyio.Event)
    error: Exception | None = None


def connect(path: Path, *, write: bool) -> sqlite3.Connection:
    """A connection to the ledger at `path`; without `write` it can never change a byte there."""
    if write:
        made = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        made.execute("PRAGMA journal_mode = WAL")
        made.execute("PRAGMA synchronous = FULL")
        made.execute("PRAGMA wal_autocheckpoint = 4000")
    else:
        if not path.is_file():
            raise RunFolderError(f"there is no ledger at {str(path)!r}: is this the folder of a run?")
        wal = path.with_name(path.name + "-wal")
        how = "mode=ro" if wal.exists() and wal.stat().st_size else "mode=ro&immutable=1"
        uri = f"{path.resolve().as_uri()}?{how}"
        made = sqlite3.connect(uri, uri=True, check_same_thread=False)
    made.row_factory = sqlite3.Row
    return made


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Raise `RunFolderError` unless this is a ledger that this version can read."""
    try:
        rows = connection.execute("SELECT value FROM meta WHERE key = 'ledger_version'").fetchall()
    except sqlite3.DatabaseError as error:
        raise RunFolderError(f"{str(path)!r} is not a ledger, or is damaged: {error}") from None
    found = rows[0]["value"] if rows else None
    if found is None or not found.isdigit() or int(found) > VERSION:
        raise RunFolderError(
            f"the ledger {str(path)!r} has version {found!r}; this Fast Distill reads up to {VERSION}:"
            " upgrade it"
        )


@define
class Ledger:
    """An open ledger. Use it inside `async with` a task group that runs `commit_forever`."""

    path: Path
    _connection: sqlite3.Connection = field(init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False)
    _group: _Group = field(factory=_Group, init=False)
    _wake: anyio.Event = field(factory=anyio.Event, init=False)
    commits: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        try:
            self._connection = connect(self.path, write=True)
            fresh = not self._connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
            if fresh:
                script = files("fastdistill.run.ledger").joinpath("schema.sql").read_text(encoding="utf-8")
                version = f"INSERT INTO meta VALUES ('ledger_version', '{VERSION}');"  # noqa: S608  a number
                self._connection.executescript(f"BEGIN;{script}{version}COMMIT;")
        except sqlite3.DatabaseError as error:
            raise RunFolderError(f"cannot open the ledger {str(self.path)!r}: {error}") from None
        check(self._connection, self.path)

    async def add(self, statements: Iterable[Statement]) -> None:
        """Write `statements` in one transaction with whatever else waits; returns once durable."""
        group = self._group
        group.statements.extend(statements)
        self._wake.set()
        await group.done.wait()
        if group.error:
            raise group.error

    def note(self, statements: Iterable[Statement]) -> None:
        """Write `statements` with the next group, without waiting for it."""
        self._group.statements.extend(statements)
        self._wake.set()

    async def commit_forever(self) -> None:
        """Commit group after group until cancelled."""
        while True:
            await self._wake.wait()
            await self.flush()

    async def flush(self) -> None:
        """Commit what waits. Raises `RunFolderError` when the disk refuses, as to all who wait."""
        self._wake = anyio.Event()
        group, self._group = self._group, _Group()
        try:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(self.write, group.statements)
        except RunFolderError as error:
            group.error = error
            raise
        finally:
            group.done.set()

    def pending(self) -> Sequence[Statement]:
        """What no group has committed yet; it is the caller's now."""
        group, self._group = self._group, _Group()
        return group.statements

    def write(self, statements: Sequence[Statement]) -> None:
        """Commit `statements` now, in this thread."""
        if not statements:
            return
        with self._lock:
            connection = self._connection
            try:
                connection.execute("BEGIN IMMEDIATE")
                for sql, rows in _runs(statements):
                    connection.executemany(sql, rows)
                connection.execute("COMMIT")
            except sqlite3.Error as error:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise RunFolderError(
                    f"cannot write the ledger {str(self.path)!r}: {error}; what it holds is safe: mend "
                    "that and run the same command again"
                ) from error
            self.commits += 1

    def query(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """All rows of a query."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def fold(self) -> None:
        """Put the log into the file and leave WAL mode, so that the ledger is one file."""
        with self._lock:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._connection.execute("PRAGMA journal_mode = DELETE")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()


def _runs(statements: Sequence[Statement]) -> Iterable[tuple[str, list[tuple[Any, ...]]]]:
    """Statements by their SQL, each kind in the order given; kinds do not depend on each other."""
    by_sql: dict[str, list[tuple[Any, ...]]] = {}
    for sql, values in statements:
        by_sql.setdefault(sql, []).append(values)
    return by_sql.items()
