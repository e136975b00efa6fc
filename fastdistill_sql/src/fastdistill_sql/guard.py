"""A SQLite connection that a hostile query cannot misuse: one file, read only, within budgets, no clock.

Nothing but reading is authorized; what depends on chance or on the time of day is noticed when it happens,
through SQLite's own file-system layer, not by looking for words. Double-quoted text that is no name is a
literal, as SQLite has it.
Uses apsw: its SQLite is the same on every machine, so a verdict replays.
"""

import atexit
import tempfile
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from shutil import copyfile
from stat import S_ISREG
from urllib.parse import quote

import apsw
from attrs import define, field

from fastdistill import TaskError

HEAP = 512 * 2**20
"""Bytes that SQLite may hold in one process, over all its connections."""
KEPT = 64
"""Connections to real databases that one process keeps open."""
_LENGTH = 8 * 2**20
"""Bytes of one string, blob or row."""
_STRIDE = 1_000
"""Virtual-machine steps between two looks at the budget."""
_CHANCE = {"random", "randomblob"}
_CLOCKS = {"current_timestamp", "current_date", "current_time"}
_TIMES = {"date", "time", "datetime", "julianday", "unixepoch", "strftime", "timediff"}
_IMPURE = {"load_extension", "fts3_tokenizer", "readfile", "writefile", "edit", "eval", "last_insert_rowid",
           "changes", "total_changes", "sqlite_log", "sqlite_offset"}  # fmt: skip
_FUNCTION_TABLES = {"json_each", "json_tree", "sqlite_master", "sqlite_schema"}
_MODULES = {"dbstat", "sqlite_dbpage", "sqlite_stmt", "bytecode", "tables_used", "carray", "fts5vocab"}
"""Tables that SQLite or a build of it offers everywhere, and that say more than the database."""
_EPOCH_MS = 211_845_067_200_000
"""2001-01-01 in SQLite's milliseconds: the time that queries see where none is set."""
_UNIX_MS = 210_866_760_000_000
"""1970-01-01 in SQLite's milliseconds."""


class _Clock(apsw.VFS):
    """Files as ever; a clock that stands still and counts who looks."""

    def __init__(self) -> None:
        self.looks = 0
        self.now = _EPOCH_MS
        self.set = False
        self.name = "fastdistill-clock"
        super().__init__(self.name, "")

    def turn(self, moment: str | None) -> None:
        """Show `moment` (ISO 8601, UTC) from now on; without one, looking is a fault again."""
        self.set = moment is not None
        if moment is None:
            self.now = _EPOCH_MS
        else:
            self.now = _UNIX_MS + _milliseconds(moment)

    def xCurrentTimeInt64(self) -> int:  # noqa: N802  SQLite's name
        self.looks += 1
        return self.now

    def xCurrentTime(self) -> float:  # noqa: N802  SQLite's name
        self.looks += 1
        return self.now / 86_400_000


@lru_cache(maxsize=8)
def _milliseconds(moment: str) -> int:
    found = datetime.fromisoformat(moment)
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1000)


def _close_all() -> None:
    """Close every connection while the clock under it is there: the interpreter's end takes it first."""
    for connection in apsw.connections():
        connection.close()


CLOCK = _Clock()
apsw.hard_heap_limit(HEAP)
atexit.register(_close_all)


@define(eq=False)
class Guarded:
    """A connection under guard, and what the guard saw of the query that runs on it."""

    connection: apsw.Connection
    tables: frozenset[str] = frozenset()
    """Lower-case names that may be read."""
    virtual: bool = False
    """Whether there are virtual tables, which run statements of their own."""
    denied: str | None = None
    chance: bool = False
    timed: bool = False
    """Whether the query uses a function of dates, which may also ask for the present one."""
    left: int = 0
    """Steps that the running query may still take."""
    allowed: int = 0
    """Steps that it could take at first."""
    trusted: bool = False
    """One of our own databases in memory: what runs here was authorized on the real one."""
    path: Path | None = None
    repaired: bool = False
    """Whether text that is not UTF-8 was read as Latin-1 into a copy."""
    _looks: int = field(default=0, init=False)

    def begin(self, steps: int) -> None:
        """Forget the last query; the next may take `steps` virtual-machine steps."""
        self.denied, self.chance, self.timed = None, False, False
        self.left, self._looks = steps, CLOCK.looks
        self.allowed = steps

    @property
    def nondeterministic(self) -> bool:
        """Whether the query asked for chance or for the time."""
        return self.chance or (CLOCK.looks != self._looks and not CLOCK.set)

    @property
    def used(self) -> int:
        """Steps that the last query took."""
        return self.allowed - self.left

    @property
    def spent(self) -> bool:
        """Whether the budget of steps was used up."""
        return self.left <= 0

    def arm(self) -> None:
        """From here on only reading is possible."""
        self.connection.set_progress_handler(self._step, _STRIDE)
        if not self.trusted:
            self.connection.authorizer = self._authorize

    def repair(self) -> bool:
        """Go on over a copy whose text is UTF-8; False where that was done before, or there is no file."""
        if self.repaired or self.path is None:
            return False
        from fastdistill_sql.recoding import recoded

        old, self.connection = self.connection, recoded(self.connection)
        old.close()
        self.repaired = True
        _configure(self.connection)
        self.arm()
        return True

    @contextmanager
    def unguarded(self) -> Iterator[apsw.Connection]:
        """The connection for our own statements."""
        self.connection.authorizer = None
        self.left = 1 << 62
        try:
            yield self.connection
        finally:
            self.arm()

    def _step(self) -> bool:
        self.left -= _STRIDE
        return self.left <= 0

    def _authorize(
        self, action: int, first: str | None, second: str | None, third: str | None, *_: str | None
    ) -> int:
        if action in (apsw.SQLITE_SELECT, apsw.SQLITE_RECURSIVE):
            return apsw.SQLITE_OK
        if action == apsw.SQLITE_READ:
            name = (first or "").lower()
            if name in self.tables or name in _FUNCTION_TABLES:
                return apsw.SQLITE_OK
            if third is None and name not in _MODULES and not name.startswith("pragma_"):
                return apsw.SQLITE_OK  # a common table expression
            return self._deny(f"reading {first}")
        if action == apsw.SQLITE_PRAGMA and first == "data_version" and second is None and self.virtual:
            return apsw.SQLITE_OK  # asked by full-text tables themselves; it says nothing
        if action == apsw.SQLITE_FUNCTION:
            name = (second or "").lower()
            if name in _CHANCE or (name in _CLOCKS and not CLOCK.set):
                self.chance = True
            self.timed = self.timed or name in _TIMES
            if name not in _IMPURE:
                return apsw.SQLITE_OK
            return self._deny(f"the function {name}()")
        return self._deny(str(apsw.mapping_authorizer_function[action]).removeprefix("SQLITE_"))

    def _deny(self, what: str) -> int:
        self.denied = what
        return apsw.SQLITE_DENY


def guard(connection: apsw.Connection, path: Path | None = None, *, trusted: bool = False) -> Guarded:
    """`connection` under guard; its schema must be complete."""
    _configure(connection)
    if trusted:
        made = Guarded(connection=connection, trusted=True)
    else:
        rows = connection.execute("SELECT lower(name) FROM sqlite_master WHERE type IN ('table', 'view')")
        made = Guarded(
            connection=connection,
            tables=frozenset(str(row[0]) for row in rows),
            virtual=bool(list(connection.execute(_VIRTUAL))),
            path=path,
        )
    made.arm()
    return made


_VIRTUAL = "SELECT 1 FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%' LIMIT 1"
_LIMITS = (
    (apsw.SQLITE_LIMIT_LENGTH, _LENGTH),
    (apsw.SQLITE_LIMIT_SQL_LENGTH, 200_000),
    (apsw.SQLITE_LIMIT_ATTACHED, 0),
    (apsw.SQLITE_LIMIT_WORKER_THREADS, 0),
    (apsw.SQLITE_LIMIT_VDBE_OP, 500_000),
    (apsw.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1_000),
)


def _configure(connection: apsw.Connection) -> None:
    for option, value in (
        (apsw.SQLITE_DBCONFIG_DQS_DML, 1),
        (apsw.SQLITE_DBCONFIG_DEFENSIVE, 1),
        (apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
        (apsw.SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0),
    ):
        connection.config(option, value)
    for limit, value in _LIMITS:
        connection.limit(limit, value)


_OPEN: OrderedDict[tuple[Path, int, int], Guarded] = OrderedDict()


def stamp(path: Path) -> tuple[int, int]:
    """When `path` changed, and its size. Raises `TaskError` `missing-database`."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        raise TaskError("missing-database", f"there is no database at {path}") from None
    if not S_ISREG(found.st_mode):
        raise TaskError("missing-database", f"{path} is not a file")
    return found.st_mtime_ns, found.st_size


def reader(path: Path) -> Guarded:
    """The guarded, read-only, immutable connection to the file at `path`, kept while it does not change.

    A database with changes waiting in a write-ahead log is read from a copy in memory.
    Raises `TaskError`: `missing-database` or `broken-database`; never creates a file beside `path`.
    """
    key = (path, *stamp(path))
    found = _OPEN.get(key)
    if found is None:
        try:
            found = guard(_connect(path), path)
        except (apsw.Error, OSError) as error:
            raise TaskError("broken-database", f"{path} cannot be read as a database: {error}") from error
        _OPEN[key] = found
        while len(_OPEN) > KEPT:
            _OPEN.popitem(last=False)[1].connection.close()
    _OPEN.move_to_end(key)
    return found


def _connect(path: Path) -> apsw.Connection:
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        return _copied(path, log)
    uri = f"file:{quote(str(path))}?immutable=1"
    return apsw.Connection(uri, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI, vfs=CLOCK.name)


def _copied(path: Path, log: Path) -> apsw.Connection:
    into = apsw.Connection(":memory:", vfs=CLOCK.name)
    with tempfile.TemporaryDirectory(prefix="fastdistill-sql-") as folder:
        copy = Path(folder, "copy")
        copyfile(path, copy)
        copyfile(log, copy.with_name("copy-wal"))
        source = apsw.Connection(str(copy))
        with into.backup("main", source, "main") as backup:
            backup.step(-1)
        source.close()
    into.pragma("query_only", True)
    return into
