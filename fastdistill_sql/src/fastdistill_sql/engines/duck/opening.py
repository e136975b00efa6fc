"""A DuckDB that a hostile query cannot misuse: read only, no files, no extensions, one thread.

Every limit is DuckDB's own setting and locked before a query is seen; `permitted` adds what none covers.
"""

from collections import OrderedDict
from functools import lru_cache
from itertools import count
from pathlib import Path

import duckdb
from attrs import define, frozen

from fastdistill import TaskError

MEMORY = 512 * 2**20
"""Bytes that one DuckDB may hold."""
KEPT = 16
_SETTINGS = {
    "threads": "1",
    "memory_limit": f"'{MEMORY // 2**20}MiB'",
    "temp_directory": "''",
    "preserve_insertion_order": "true",
    "TimeZone": "'UTC'",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
    "python_scan_all_frames": "false",
    "enable_external_access": "false",
    "lock_configuration": "true",
}
"""In the order in which they are set: from the last but one on no file can be opened, after the last no
setting changed."""


@define(eq=False)
class Guarded:
    """An open database under guard."""

    connection: duckdb.DuckDBPyConnection
    volatile: frozenset[str]
    """Lower-case names of functions that depend on more than their arguments."""
    used: int = 0
    """Steps: DuckDB counts none."""
    name: str | None = None
    """What `attached` calls it."""

    def close(self) -> None:
        """Let it go."""
        if self.name is not None:
            self.connection.execute("USE memory")
            self.connection.execute(f"DETACH {self.name}")
        self.connection.close()


@frozen
class _Key:
    path: Path
    changed: int
    size: int


_OPEN: OrderedDict[_Key, Guarded] = OrderedDict()


def reader(path: Path) -> Guarded:
    """The guarded file at `path`, kept while it does not change.

    Raises `TaskError`: `missing-database` or `broken-database`.
    """
    try:
        stat = path.stat()
    except OSError:
        raise TaskError("missing-database", f"there is no database at {path}") from None
    key = _Key(path, stat.st_mtime_ns, stat.st_size)
    found = _OPEN.get(key)
    if found is None:
        try:
            found = _OPEN[key] = locked(duckdb.connect(str(path), read_only=True))
        except duckdb.Error as error:
            raise TaskError("broken-database", f"{path} cannot be read as DuckDB: {error}") from error
        while len(_OPEN) > KEPT:
            _OPEN.popitem(last=False)[1].close()
    _OPEN.move_to_end(key)
    return found


_HOME: list[Guarded] = []
_NUMBERS = count()


def attached() -> Guarded:
    """A new, empty database in memory under guard.

    All of a process live in one DuckDB, since opening one takes 50 ms and attaching to one takes 1.
    """
    if not _HOME:
        _HOME.append(locked(duckdb.connect(":memory:")))
    home, name = _HOME[0], f"fd_{next(_NUMBERS)}"
    connection = home.connection.cursor()
    connection.execute(f"ATTACH ':memory:' AS {name}")
    connection.execute(f"USE {name}")
    return Guarded(connection=connection, volatile=home.volatile, name=name)


def locked(connection: duckdb.DuckDBPyConnection) -> Guarded:
    """`connection` under guard, as far as this version of DuckDB knows the settings."""
    about = _about(duckdb.__version__)
    connection.execute(about.settings)
    return Guarded(connection=connection, volatile=about.volatile)


@frozen
class _About:
    """What one version of DuckDB has."""

    settings: str
    volatile: frozenset[str]


@lru_cache(maxsize=1)
def _about(version: str) -> _About:
    with duckdb.connect(":memory:") as any_one:
        names = any_one.execute("SELECT lower(name) FROM duckdb_settings()").fetchall()
        functions = any_one.execute(
            "SELECT DISTINCT lower(function_name) FROM duckdb_functions() WHERE stability = 'VOLATILE'"
        ).fetchall()
    there = {str(name) for (name,) in names}
    return _About(
        settings="; ".join(
            f"SET GLOBAL {name} = {value}" for name, value in _SETTINGS.items() if name.lower() in there
        ),
        volatile=frozenset(str(name) for (name,) in functions),
    )
