"""Running one query under guard: its rows, or the reason why there are none."""

import re
from typing import Literal

import apsw
from attrs import field, frozen

from fastdistill_sql.guard import CLOCK, Guarded

_NOW = re.compile(r"'now'|\b(date|time|datetime|julianday|unixepoch)\s*\(\s*\)", re.IGNORECASE)
"""The present, asked for where a short cut spared looking at the clock."""
Value = int | float | str | bytes | None
Row = tuple[Value, ...]
Fault = Literal[
    "no-statement",
    "several-statements",
    "not-read-only",
    "nondeterministic",
    "too-expensive",
    "too-large",
    "syntax-error",
    "no-such-table",
    "no-such-column",
    "no-such-function",
    "execution-error",
    "broken-database",
]

_UNKNOWN: dict[str, Fault] = {
    "no such table": "no-such-table",
    "no such column": "no-such-column",
    "no such function": "no-such-function",
}


@frozen(kw_only=True)
class Budget:
    """What one query may cost; none of it depends on the machine."""

    steps: int = 50_000_000
    """SQLite virtual-machine steps."""
    rows: int = 100_000
    cells: int = 1_000_000
    bytes: int = 32 * 2**20
    """Over all text and blobs of the result."""
    cpu: float = 10.0
    """Seconds of processor time, in engines that count no steps."""


@frozen
class Table:
    """A result."""

    width: int
    rows: list[Row] = field(repr=False)


@frozen
class Failure:
    """Why there is no result."""

    reason: Fault
    detail: str


class _Stop(Exception):
    """Ends a query from within; carries the failure."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(failure.detail)


@frozen
class _OneStatement:
    """Watches a cursor: one statement, no EXPLAIN; notes how wide its result is."""

    widths: list[int] = field(factory=list)

    def __call__(self, cursor: apsw.Cursor, sql: str, _: object) -> bool:
        if cursor.is_explain:
            raise _Stop(Failure("not-read-only", "EXPLAIN is no query"))
        width = len(cursor.get_description())
        if width:
            if self.widths:
                raise _Stop(Failure("several-statements", "more than one statement"))
            self.widths.append(width)
        return True


def run(database: Guarded, query: str, budget: Budget) -> Table | Failure:
    """The rows of `query`. Never raises on what a query can do."""
    found = _run(database, query, budget)
    if found is None:  # text that is no UTF-8
        found = _run(database, query, budget) if database.repair() else None
    return found or Failure("execution-error", "the result holds text that is not UTF-8")


def swift(database: Guarded, query: str, width: int, budget: Budget) -> Table | Failure:
    """The same for a query of known width that was authorized on the real database, over one of our own."""
    database.begin(budget.steps)
    cursor = database.connection.cursor()
    try:
        rows = list(cursor.execute(query))
    except (apsw.Error, MemoryError, UnicodeError, ValueError, TypeError) as error:
        return _failure(database, error, budget)
    finally:
        cursor.close(True)
    if len(rows) > budget.rows or len(rows) * width > budget.cells:
        return Failure("too-large", f"more than {budget.rows} rows or {budget.cells} cells")
    return Table(width, rows)


def _run(database: Guarded, query: str, budget: Budget) -> Table | Failure | None:
    database.begin(budget.steps)
    cursor = database.connection.cursor()
    watch = _OneStatement()
    cursor.exec_trace = watch
    try:
        cursor.execute(query, can_cache=False)  # a cached statement would not be authorized again
        rows = _fetch(cursor, budget)
        if database.spent:
            return _spent(budget)
        if database.nondeterministic or (database.timed and not CLOCK.set and _NOW.search(query)):
            return Failure("nondeterministic", "the query depends on chance or on the time of day")
    except _Stop as stop:
        return stop.failure
    except UnicodeDecodeError:
        return None
    except (apsw.Error, MemoryError, UnicodeError, ValueError, TypeError) as error:
        return _failure(database, error, budget)
    finally:
        cursor.close(True)
    return Table(watch.widths[0], rows) if watch.widths else Failure("no-statement", "there is no query")


def _fetch(cursor: apsw.Cursor, budget: Budget) -> list[Row]:
    rows: list[Row] = []
    size = 0
    for row in cursor:
        rows.append(row)
        if len(rows) > budget.rows or len(rows) * len(row) > budget.cells:
            raise _Stop(Failure("too-large", f"more than {budget.rows} rows or {budget.cells} cells"))
        for value in row:
            if isinstance(value, (str, bytes)):
                size += len(value)
        if size > budget.bytes:
            raise _Stop(Failure("too-large", f"more than {budget.bytes} bytes of text"))
    return rows


def _spent(budget: Budget) -> Failure:
    return Failure("too-expensive", f"more than {budget.steps} steps of SQLite's virtual machine")


def _failure(database: Guarded, error: Exception, budget: Budget) -> Failure:
    if database.spent:
        return _spent(budget)
    if database.nondeterministic:
        return Failure("nondeterministic", "the query depends on chance or on the time of day")
    if database.denied is not None:
        return Failure("not-read-only", f"not allowed: {database.denied}")
    text = " ".join(str(error).split())[:300]
    if isinstance(error, (apsw.NoMemError, MemoryError, apsw.TooBigError)):
        return Failure("too-large", f"a value or the work for it is too large: {text}")
    if isinstance(error, (apsw.CorruptError, apsw.NotADBError, apsw.IOError, apsw.CantOpenError)):
        return Failure("broken-database", text)
    for said, reason in _UNKNOWN.items():
        if said in text:
            return Failure(reason, text)
    if any(word in text for word in ("syntax error", "incomplete input", "unrecognized token")):
        return Failure("syntax-error", text)
    return Failure("execution-error", text)
