"""Cheap checks of a query's text: one statement, reading only, SQLite's syntax, names that exist.

SQLite itself is asked, by preparing the query and never running it: what it would take, passes.
"""

import difflib
import re
import sqlite3
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from fastdistill import Candidate, Finding, Task, passed, rejected
from fastdistill_sql.lexer import statements, tokens, words

_SYNTAX = re.compile(
    r"syntax error|incomplete input|unrecognized token|stack overflow|no query solution", re.IGNORECASE
)
_UNKNOWN = re.compile(r"no such (table|column|function): (.*)", re.DOTALL)
_REFERENCES = 24
"""Uses of common table expressions in one query; SQLite copies each when it prepares, so that many of
them can double each other without end. A query with more is left to the gate that runs it."""
_CTE = re.compile(
    r'([\w$]+|"[^"]+"|`[^`]+`|\[[^\]]+\])\s*(?:\([^()]*\)\s*)?as\s+(?:not\s+)?(?:materialized\s*)?\(',
    re.IGNORECASE,
)
_DQS_DML = 1013
"""SQLITE_DBCONFIG_DQS_DML: whether an unknown double-quoted name is text. Python 3.12 can turn it off."""
_LOCK = Lock()


def one_statement(task: Task[Any], candidate: Candidate, /) -> Finding:
    """Reject an answer that is not exactly one statement."""
    found = len(statements(candidate.answer))
    if found == 1:
        return passed()
    return rejected("several-statements" if found else "no-statement", f"{found} statements, not one")


def read_only(task: Task[Any], candidate: Candidate, /) -> Finding:
    """Reject an answer that is no SELECT, VALUES, or WITH before one of them."""
    seen = list(words(candidate.answer))
    first = seen[0][1] if seen else ""
    if first not in ("select", "values", "with"):
        return rejected("not-read-only", f"the statement begins with {first.upper() or 'no word'}")
    if first == "with":
        for here, (depth, word) in enumerate(seen):
            after = seen[here + 1][1] if here + 1 < len(seen) else ""
            if depth == 0 and (
                word in ("insert", "update", "delete") or (word == "replace" and after == "into")
            ):
                return rejected("not-read-only", f"the statement writes: {word.upper()}")
    return passed()


def parses(task: Task[Any], candidate: Candidate, /) -> Finding:
    """Reject what is not SQLite's syntax."""
    fault = _fault(_database(task), candidate.answer)
    if fault is not None and _SYNTAX.search(fault):
        return rejected("syntax-error", fault)
    return passed()


def known_names(task: Task[Any], candidate: Candidate, /) -> Finding:
    """Reject a table, column or function that the task's database does not have."""
    database = _database(task)
    match = _UNKNOWN.match(_fault(database, candidate.answer) or "")
    if match is None:
        return passed()
    kind, name = match.groups()
    close = difflib.get_close_matches(name.split(".")[-1].lower(), _names(database), n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    return rejected(f"no-such-{kind}", f"no such {kind}: {name[:80]}{hint}")


def _database(task: Task[Any]) -> Path:
    database = task.payload.database
    return database if isinstance(database, Path) else Path(database)


@lru_cache(maxsize=1024)
def _fault(database: Path, sql: str) -> str | None:
    """What SQLite says against `sql`, or None; also None when the database cannot be opened."""
    if len(statements(sql)) != 1 or _expands(sql):
        return None
    with _LOCK:
        try:
            opened = _connection(database)
        except (sqlite3.Error, ValueError):
            return None
        try:
            opened.execute("EXPLAIN " + sql)
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
            return str(error)
    return None


def _expands(sql: str) -> bool:
    """Whether preparing `sql` could cost more than a glance."""
    names = {name.strip('"`[]').lower() for name in _CTE.findall(sql)}
    uses = sum(
        token.text.strip('"`[]').lower() in names for token in tokens(sql) if token.kind in ("word", "name")
    )
    return uses - len(names) > _REFERENCES


@lru_cache(maxsize=32)
def _connection(database: Path) -> sqlite3.Connection:
    opened = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, check_same_thread=False)
    if hasattr(opened, "setconfig"):
        opened.setconfig(_DQS_DML, False)
    return opened


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
