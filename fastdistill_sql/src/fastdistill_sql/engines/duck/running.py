"""Running one query in DuckDB: its rows, or the reason why there are none.

DuckDB counts no steps. A query's budget is processor time of this process, watched from a thread that
interrupts it; what does not heed an interrupt is ended with its process by the worker's own budget.
"""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import duckdb

from fastdistill_sql.engines.duck.opening import Guarded
from fastdistill_sql.engines.duck.permitted import fault
from fastdistill_sql.engines.duck.values import plain_row
from fastdistill_sql.execute import Budget, Failure, Fault, Row, Table

_LOOK = 0.02
"""Seconds between two looks at the processor time."""
_CHUNK = 1_000
_SAYS: tuple[tuple[str, Fault], ...] = (
    (r"table with name|relation .* does not exist", "no-such-table"),
    (r"function with name|function .* does not exist|no function matches", "no-such-function"),
    (r"referenced (?:column|table)|does not have a column named|column .* (?:not found|does not exist)",
     "no-such-column"),
)  # fmt: skip
_READ_ONLY = re.compile(r"read-only|configuration has been locked|disabled (?:by|through) configuration")


def run(database: Guarded, query: str, budget: Budget) -> Table | Failure:
    """The rows of `query`, under its guard and within `budget`.

    Raises `RuntimeError` where DuckDB itself is broken, which is no fault of the query.
    """
    refused = fault(database, query)
    if refused is not None:
        return refused
    cursor, spent = database.connection, threading.Event()
    try:
        cursor.execute("BEGIN TRANSACTION READ ONLY")
        with _watched(cursor, budget.cpu, spent):
            cursor.execute(query)
            width = len(cursor.description or ())
            found = _fetch(cursor, width, budget)
    except (duckdb.InternalException, duckdb.FatalException) as error:
        raise RuntimeError(f"DuckDB itself failed: {_line(error)}") from error
    except (duckdb.Error, RuntimeError, MemoryError, ValueError, OverflowError, UnicodeError) as error:
        return _failure(error, budget, spent=spent.is_set())
    finally:
        with suppress(duckdb.Error, RuntimeError):
            cursor.execute("ROLLBACK")
    if spent.is_set():
        return _too_expensive(budget)
    return found


@contextmanager
def _watched(cursor: duckdb.DuckDBPyConnection, cpu: float, spent: threading.Event) -> Iterator[None]:
    """Interrupt what runs on `cursor` once this process has used `cpu` more seconds."""
    done = threading.Event()
    limit = time.process_time() + cpu

    def watch() -> None:
        while not done.wait(_LOOK):
            if time.process_time() > limit:
                spent.set()
                cursor.interrupt()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _fetch(cursor: duckdb.DuckDBPyConnection, width: int, budget: Budget) -> Table | Failure:
    rows: list[Row] = []
    size = 0
    while chunk := cursor.fetchmany(_CHUNK):
        for raw in chunk:
            row = plain_row(raw)
            rows.append(row)
            size += sum(len(value) for value in row if isinstance(value, str | bytes))
        if len(rows) > budget.rows or len(rows) * width > budget.cells:
            return Failure("too-large", f"more than {budget.rows} rows or {budget.cells} cells")
        if size > budget.bytes:
            return Failure("too-large", f"more than {budget.bytes} bytes of text")
    return Table(width, rows)


def _too_expensive(budget: Budget) -> Failure:
    return Failure("too-expensive", f"more than {budget.cpu:g} seconds of processor time")


def _failure(error: Exception, budget: Budget, *, spent: bool) -> Failure:
    if spent:
        return _too_expensive(budget)
    said = _line(error)
    if isinstance(error, duckdb.OutOfMemoryException | MemoryError) or "bad_alloc" in said:
        return Failure("too-large", f"a value or the work for it is too large: {said}")
    if isinstance(error, duckdb.PermissionException) or _READ_ONLY.search(said):
        return Failure("not-read-only", f"not allowed: {said}")
    if isinstance(error, duckdb.ParserException | duckdb.SyntaxException):
        return Failure("syntax-error", said)
    if isinstance(error, duckdb.BinderException | duckdb.CatalogException):
        for pattern, reason in _SAYS:
            if re.search(pattern, said, re.IGNORECASE):
                return Failure(reason, said)
    return Failure("execution-error", said)


def _line(error: BaseException) -> str:
    """The first paragraph of a message: the rest quotes the query."""
    return " ".join(str(error).split("\n\n")[0].split())[:300]
