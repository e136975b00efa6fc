"""What a verdict shows of results: bounded excerpts, the first difference, a digest. No times, no paths.

A person who reads a reject finds the question, the gold, both results and where they part; on a neighbour
database also the rows that make the difference.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from fastdistill_sql.compare import Expected
from fastdistill_sql.execute import Failure, Row, Table, Value
from fastdistill_sql.guard import Guarded
from fastdistill_sql.lexer import tokens
from fastdistill_sql.schema import quoted

ROWS, COLUMNS, TEXT = 5, 8, 60
_TABLES, _TABLE_ROWS = 6, 12
_QUERY = 2000
"""Characters of a question or gold."""


def asked(question: object, golds: tuple[str, ...]) -> dict[str, Any]:
    """The question and the first gold, as a reject shows them."""
    said: dict[str, Any] = {"question": _clean(str(question)[:_QUERY])}
    return said | ({"gold_sql": _clean(golds[0][:_QUERY])} if golds else {})


def excerpt(rows: Sequence[Row], most: int = ROWS) -> list[list[Any]]:
    """The first rows, columns and characters, as JSON can hold them."""
    return [[_shown(value) for value in row[:COLUMNS]] for row in rows[:most]]


def _shown(value: Value) -> Any:
    if isinstance(value, bytes):
        return f"x'{value[:TEXT].hex()}'"[:TEXT]
    if isinstance(value, str):
        return _clean(value if len(value) <= TEXT else value[:TEXT] + "...")
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return str(value)
    return value


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def difference(wanted: Expected, found: Table) -> dict[str, Any]:
    """Both results in excerpt, and one sentence on where they part."""
    own = wanted.window(wanted.rows)
    return {
        "candidate": excerpt(found.rows),
        "expected": excerpt(own),
        "first_difference": _sentence(wanted.width, own, found),
    }


def failure(wanted: Expected | None, failed: Failure) -> dict[str, Any]:
    """The gold's result in excerpt, and what the candidate says instead of one."""
    shown: dict[str, Any] = {"first_difference": f"the query fails: {failed.detail}"[:500]}
    return shown if wanted is None else shown | {"expected": excerpt(wanted.window(wanted.rows))}


def _named(queries: tuple[str, ...]) -> set[str]:
    """Whatever may be a name in `queries`, in lower case."""
    return {t.text.strip('"`[]').lower() for q in queries for t in tokens(q) if t.kind in ("word", "name")}


def rows_shown(rows: Mapping[str, Sequence[Row]], *queries: str) -> dict[str, Any]:
    """The rows of those tables that `queries` name."""
    named = _named(queries)
    used = [table for table in rows if table in named][:_TABLES]
    return {table: {"rows": excerpt(list(rows[table]), _TABLE_ROWS)} for table in used}


def tables_used(database: Guarded, *queries: str) -> dict[str, Any]:
    """Rows of the tables and views that `queries` name, the columns that they name first."""
    named = _named(queries)
    shown: dict[str, Any] = {}
    with database.unguarded() as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY rowid"
        )
        for table in [str(name) for (name,) in tables if str(name).lower() in named][:_TABLES]:
            columns = [str(row[1]) for row in connection.execute(f"PRAGMA table_info({quoted(table)})")]
            columns.sort(key=lambda name: name.lower() not in named)
            chosen = columns[:COLUMNS]
            rows = connection.execute(
                f"SELECT {', '.join(map(quoted, chosen))} FROM {quoted(table)} LIMIT {_TABLE_ROWS}"  # noqa: S608  quoted
            )
            shown[table] = {"columns": chosen, "rows": [[_shown(v) for v in row] for row in rows]}
    return shown


def _sentence(width: int, own: list[Row], found: Table) -> str:
    if found.width != width:
        return f"{found.width} columns, not {width}"
    left, right = Counter(own), Counter(found.rows)
    missing, extra = next(iter(left - right), None), next(iter(right - left), None)
    counts = f"{len(found.rows)} rows, not {len(own)}" if len(found.rows) != len(own) else ""
    parts = [counts] if counts else []
    if missing is not None:
        parts.append(f"missing {json.dumps(excerpt([missing])[0], ensure_ascii=False)}")
    if extra is not None:
        parts.append(f"has {json.dumps(excerpt([extra])[0], ensure_ascii=False)} instead")
    return "; ".join(parts) or "the same rows in another order"


def own_rows(found: Table) -> str:
    """What a query gave on the real database, for a prompt that asks for another; nothing of the gold."""
    if not found.rows:
        return "The query returns no rows."
    shown = json.dumps(excerpt(found.rows), ensure_ascii=False)
    return f"The query returns {len(found.rows)} rows of {found.width} columns; the first are {shown}."


def class_key(found: Table) -> str:
    """A digest of the result as a bag of rows: equal answers have equal keys, whatever their row order."""
    lines = sorted(repr([_normal(v) for v in row]) for row in found.rows)
    return sha256(repr((found.width, lines)).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _normal(value: Value) -> Any:
    """Reals to ten digits and whole ones as integers, so that a last bit does not part two answers."""
    if isinstance(value, (int, float)):
        return f"{value:.10g}" if isinstance(value, float) or abs(value) < 10**10 else str(value)
    return ["b", value.hex()] if isinstance(value, bytes) else value if value is None else ["s", value]
