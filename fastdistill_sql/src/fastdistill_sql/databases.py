"""Finding a task's database: a file as it is, or a `.sql` script built once into the user's cache.

A database that is not there is an error with its path; it is never created.
"""

import os
import sqlite3
import uuid
from contextlib import closing
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from fastdistill import TaskError

MAGIC = b"SQLite format 3\0"
_DUCK = b"DUCK"
"""In bytes 8 to 12 of a DuckDB file."""
_ALLOWED_PRAGMAS = {"foreign_keys", "encoding", "user_version", "application_id"}


def resolve(base: Path, written: str, dialect: str = "sqlite") -> Path:
    """The database file for `written`, which is relative to `base`.

    Raises `TaskError`: `missing-database` or `broken-database`, naming the path, or `engine-not-installed`.
    """
    path = (base / written).expanduser().resolve()
    try:
        stat = path.stat()
    except (OSError, ValueError):
        raise TaskError("missing-database", f"there is no database at {path} ({written!r})") from None
    if not path.is_file():
        raise TaskError("missing-database", f"{path} ({written!r}) is a folder, not a database")
    found = _usable(path, stat.st_mtime_ns, stat.st_size, dialect)
    if not found.exists():  # somebody cleared the cache
        _usable.cache_clear()
        found = _usable(path, stat.st_mtime_ns, stat.st_size, dialect)
    return found


def described(base: Path, written: str) -> Path | None:
    """The file of column descriptions for `written`, or None where nothing is written.

    Raises `TaskError` `missing-descriptions`, naming the path.
    """
    if not written:
        return None
    path = (base / written).expanduser().resolve()
    if not path.is_file():
        raise TaskError("missing-descriptions", f"there is no file of descriptions at {path} ({written!r})")
    return path


@lru_cache(maxsize=4096)
def _usable(path: Path, changed: int, size: int, dialect: str) -> Path:
    try:
        return _build(path, dialect) if path.suffix.lower() == ".sql" else _checked(path, dialect)
    except OSError as error:
        raise TaskError("broken-database", f"cannot read the database {path}: {error}") from error


def _checked(path: Path, dialect: str) -> Path:
    with path.open("rb") as file:
        begin = file.read(len(MAGIC))
    if dialect == "duckdb":
        if begin[8:12] != _DUCK:
            detail = f"{path} is not a DuckDB database; a script must end in .sql"
            raise TaskError("broken-database", detail)
        return path
    if begin and begin != MAGIC:
        raise TaskError("broken-database", f"{path} is not a SQLite database; a script must end in .sql")
    return path


def _cache() -> Path:
    from fastdistill import cache_folder

    return cache_folder() / "sql"


def _build(script: Path, dialect: str) -> Path:
    """The database that `script` makes, kept by the script's sha256."""
    source = script.read_bytes()
    place = _cache() / f"{sha256(source).hexdigest()}.{dialect}"
    if place.exists():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_name(f"{uuid.uuid4().hex}.unfinished")
    try:
        if dialect == "sqlite":
            _run_script(source.decode(), unfinished)
        else:
            _run_elsewhere(script, source.decode(), unfinished, dialect)
        unfinished.replace(place)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise TaskError("broken-database", f"the script {script} fails: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return place


def _run_elsewhere(script: Path, source: str, into: Path, dialect: str) -> None:
    """Run a script in DuckDB, which reads no other file meanwhile."""
    from fastdistill_sql.engines import engine_of

    engine_of(dialect)  # says so if it is not installed
    import duckdb

    try:
        with duckdb.connect(str(into), config={"enable_external_access": False, "threads": 1}) as made:
            made.execute("SET lock_configuration = true")
            made.execute(source)
    except duckdb.Error as error:
        raise TaskError("broken-database", f"the script {script} fails: {error}") from error


def _run_script(source: str, into: Path) -> None:
    with closing(sqlite3.connect(into, isolation_level=None)) as made:
        made.execute("PRAGMA journal_mode = OFF")
        made.set_authorizer(_authorize)
        made.executescript(source)
        made.set_authorizer(None)
        broken = made.execute("PRAGMA foreign_key_check").fetchone()
    if broken is not None:
        raise sqlite3.IntegrityError(f"a row of {broken[0]} has no parent in {broken[2]}")
    with into.open("rb+") as file:
        os.fsync(file.fileno())


def _authorize(action: int, first: str | None, second: str | None, *_: object) -> int:
    """A script makes tables and rows; it opens no other file."""
    if action == sqlite3.SQLITE_ATTACH:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and str(first).lower() not in _ALLOWED_PRAGMAS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK
