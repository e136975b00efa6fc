"""Cheap checks of a query's text: one statement, reading only, SQLite's syntax, names that exist.

SQLite itself is asked, by preparing the query and never running it: what it would take, passes.
"""

import difflib
import re
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from fastdistill import Candidate, Finding, Task, passed, rejected
from fastdistill_sql.dialects import BEGINS, beyond_lexer
from fastdistill_sql.lexer import statements, words

if TYPE_CHECKING:
    import apsw  # it waits for the first query

_SYNTAX = re.compile(
    r"syntax error|incomplete input|unrecognized token|stack overflow|no query solution", re.IGNORECASE
)
_UNKNOWN = re.compile(r"no such (table|column|function): (.*)", re.DOTALL)
_STEPS = 200
"""Progress callbacks (of 1,000 units) that preparing may take, were a query made to cost much there."""
_LOCK = Lock()


def one_statement(task: Task[Any], candidate: Candidate, /) -> Finding:
    """Reject an answer that is not exactly one statement."""
    found = len(statements(candidate.answer))
    if found == 1 or (_elsewhere(task) and beyond_lexer(candidate.answer)):
        return passed()
    said = f"{found} statements, not one"
    return rejected("several-statements" if found else "no-statement", said, tell=said)


def read_only(task: Task[Any], candidate: Candidate, /) -> Finding:
    """Reject an answer that is no SELECT, VALUES, or WITH before one of them."""
    seen = list(words(candidate.answer))
    first = seen[0][1] if seen else ""
    begins = BEGINS if _elsewhere(task) else ("select", "values", "with")
    if first not in begins:
        said = f"the statement begins with {first.upper() or 'no word'}"
        return rejected("not-read-only", said, tell=said)
    if first == "with":
        for here, (depth, word) in enumerate(seen):
            after = seen[here + 1][1] if here + 1 < len(seen) else ""
            if depth == 0 and (
                word in ("insert", "update", "delete") or (word == "replace" and after == "into")
            ):
                said = f"the statement writes: {word.upper()}"
                return rejected("not-read-only", said, tell=said)
    return passed()


def parses(task: Task[Any], candidate: Candidate, /) -> Finding:
    """Reject what is not SQLite's syntax. Another engine's syntax is left to the gate, which asks it."""
    if _elsewhere(task):
        return passed()
    fault = _fault(_database(task), candidate.answer)
    if fault is not None and _SYNTAX.search(fault):
        return rejected("syntax-error", fault, tell=fault)
    return passed()


def known_names(task: Task[Any], candidate: Candidate, /) -> Finding:
    """Reject a table, column or function that the task's database does not have, if SQLite's."""
    if _elsewhere(task):
        return passed()
    database = _database(task)
    match = _UNKNOWN.match(_fault(database, candidate.answer) or "")
    if match is None:
        return passed()
    kind, name = match.groups()
    close = difflib.get_close_matches(name.split(".")[-1].lower(), _names(database), n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    said = f"no such {kind}: {name[:80]}{hint}"
    return rejected(f"no-such-{kind}", said, tell=said)


def prepares(database: Path, query: str) -> bool:
    """Whether SQLite prepares the one statement `query` over `database`; yes where there is no database."""
    return _fault(database, query) is None


def _elsewhere(task: Task[Any]) -> bool:
    return getattr(task.payload, "dialect", "sqlite") != "sqlite"


def _database(task: Task[Any]) -> Path:
    database = task.payload.database
    return database if isinstance(database, Path) else Path(database)


@lru_cache(maxsize=1024)
def _fault(database: Path, sql: str) -> str | None:
    """What SQLite says against `sql`, or None; also None when it cannot tell or there is no database."""
    if len(statements(sql)) != 1:
        return None
    with _LOCK:
        try:
            opened = _connection(database)
        except (OSError, ValueError):
            return None
        steps = iter(range(_STEPS))
        opened.set_progress_handler(lambda: next(steps, None) is None, 1000)
        try:
            opened.execute("EXPLAIN " + sql).close()
        except Exception as error:  # noqa: BLE001  of apsw's many kinds only the message counts
            return str(error)
    return None


@lru_cache(maxsize=32)
def _connection(database: Path) -> "apsw.Connection":
    """A connection of the SQLite that the gate uses, whatever Python's own may be."""
    import apsw

    try:
        opened = apsw.Connection(
            f"{database.as_uri()}?mode=ro", flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
        )
        opened.execute("SELECT 1 FROM sqlite_master").close()
    except apsw.Error as error:
        raise OSError(f"cannot read {database}: {error}") from error
    return opened


def tables_read(database: Path, query: str) -> frozenset[str]:
    """The tables and views that `query` reads, in lower case; none where SQLite cannot prepare it.

    Raises `OSError` when the database cannot be read.
    """
    import apsw

    read: set[str] = set()

    def note(
        action: int, first: str | None, second: str | None, third: str | None, view: str | None
    ) -> int:
        if action == apsw.SQLITE_READ:
            read.update(name.lower() for name in (first, view) if name)
        return apsw.SQLITE_OK

    with _LOCK:
        opened = _connection(database)
        opened.authorizer = note
        try:
            opened.execute("EXPLAIN " + query, can_cache=False).close()
        except apsw.Error:
            return frozenset()
        finally:
            opened.authorizer = None
    return frozenset(read)


@lru_cache(maxsize=64)
def _names(database: Path) -> list[str]:
    opened = _connection(database)
    tables = [
        str(name) for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type <> 'index'")
    ]
    columns = [
        str(name)
        for table in tables
        for (name,) in opened.execute("SELECT name FROM pragma_table_info(?)", (table,))
    ]
    return sorted({name.lower() for name in (*tables, *columns)})
