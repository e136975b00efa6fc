"""Double-quoted text that names nothing: SQLite reads it as a literal, and so does the gate.

SQLite itself is asked, by preparing the query with that reading turned off; what it then misses is a
literal.
"""

import re

import apsw

from fastdistill_sql.guard import Guarded
from fastdistill_sql.lexer import Token, statements, tokens

_MISSING = re.compile(r"no such column: (.*?)(?: - should this be a string literal.*)?$", re.DOTALL)
_MOST = 40
"""Different texts of one query that are looked at."""


def as_literals(database: Guarded, query: str) -> tuple[str, tuple[str, ...]]:
    """`query` with its double-quoted literals in single quotes, and these; as it is where SQLite cannot
    tell.
    """
    if '"' not in query or len(statements(query)) != 1:
        return query, ()
    now = query
    found: list[str] = []
    for _ in range(_MOST):
        name = _missing(database, now)
        if name is None:
            return now, tuple(found)
        changed = _replaced(now, name)
        if changed == now:
            return query, ()
        found.append(name)
        now = changed
    return query, ()


def _missing(database: Guarded, query: str) -> str | None:
    """The name that SQLite does not know in `query`."""
    connection = database.connection
    connection.config(apsw.SQLITE_DBCONFIG_DQS_DML, 0)
    database.begin(1_000_000)
    try:
        connection.execute("EXPLAIN " + query, can_cache=False).close()
    except (apsw.Error, UnicodeError, ValueError) as error:
        match = _MISSING.search(str(error))
        return match.group(1).strip('"') if match else None
    finally:
        connection.config(apsw.SQLITE_DBCONFIG_DQS_DML, 1)
    return None


def _replaced(query: str, name: str) -> str:
    """`query` with every double-quoted `name` that stands alone as a literal."""
    parts: list[str] = []
    before: Token | None = None
    for token in tokens(query):
        text = token.text
        inner = text[1:-1].replace('""', '"') if text[:1] == '"' and token.kind == "name" else None
        alone = (before is None or before.text != ".") and query[token.end : token.end + 1] != "."
        if inner is not None and inner == name and alone:
            text = "'" + inner.replace("'", "''") + "'"
        parts.append(text)
        if token.kind != "space":
            before = token
    return "".join(parts)
