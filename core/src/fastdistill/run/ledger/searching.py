"""One page of a list by key: the query, its rows, and the cursors of the pages beside it."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

PAGE = 50
"""Tasks on a page."""
LARGEST = 2**62
"""Beyond any position."""

_KEYS = {
    "source": "listed.position",
    "task": "listed.task_id",
    "attempts": "listed.attempts",
    "recent": "listed.recent",
}
_COLUMNS = """
SELECT listed.position, t.task_id, t.sample_id, t.input, p.status, p.reason, listed.grp,
       -listed.attempts AS attempts, p.flip, {key} AS key, d.detail,
       (SELECT group_concat(DISTINCT a.teacher) FROM list.answers a WHERE a.profile = p.id) AS teachers
FROM list.listed listed CROSS JOIN main.tasks t ON t.position = listed.position
CROSS JOIN list.profiles p ON p.id = listed.profile
LEFT JOIN main.decisions d ON d.sample_id = t.sample_id
"""


@frozen(kw_only=True)
class Found:
    """A page of tasks, in order."""

    rows: list[dict[str, Any]]
    after: str | None
    """The cursor of the next page; None at the end."""
    before: str | None
    searched: int | None = None
    """The position at which a text search ran out of time; None where it did not."""

    @classmethod
    def of(
        cls,
        rows: Sequence[sqlite3.Row],
        sort: str,
        cursor: str,
        *,
        back: bool,
        more: bool,
        searched: int | None,
    ) -> "Found":
        """Return the page of `rows`, which came in the order of reading."""
        found = [dict(row) for row in (reversed(rows) if back else rows)]
        first = _cursor(sort, found[0]) if found else None
        last = _cursor(sort, found[-1]) if found else None
        if searched is not None:
            first, last = (str(searched), last) if back else (first, str(searched))
        return cls(
            rows=found,
            after=last if more or back else None,
            before=first if (more and back) or (cursor and not back) else None,
            searched=searched,
        )


def _cursor(sort: str, row: Any) -> str:
    return str(row["position"]) if sort == "source" else json.dumps([row["key"], row["position"]])


@frozen(kw_only=True)
class Query:
    """A query for one page and one row more."""

    sql: str
    key: Any
    position: int | None
    sort: str
    cursor: str
    back: bool
    size: int

    def run(self, ledger: sqlite3.Connection, values: Mapping[str, Any]) -> Found:
        """Return the page."""
        rows = ledger.execute(self.sql, {**values, "key": self.key, "position": self.position}).fetchall()
        more = len(rows) > self.size
        return Found.of(rows[: self.size], self.sort, self.cursor, back=self.back, more=more, searched=None)


def sql_of(sort: str, where: Sequence[str], cursor: str, *, back: bool, size: int) -> Query:
    """Return the query for the page after `cursor`, or before it. A cursor of no page begins anew."""
    key, position = _read(sort, cursor)
    sign, order = ("<", "DESC") if back else (">", "ASC")
    conditions = list(where)
    if position is not None:
        conditions.append(
            f"listed.position {sign} :position"
            if sort == "source"
            else f"({_KEYS[sort]}, listed.position) {sign} (:key, :position)"
        )
    orders = [f"{_KEYS[sort]} {order}"] + ([] if sort == "source" else [f"listed.position {order}"])
    sql = (
        _COLUMNS.format(key=_KEYS[sort])
        + (f" WHERE {' AND '.join(conditions)}" if conditions else "")
        + f" ORDER BY {', '.join(orders)} LIMIT {size + 1:d}"
    )
    return Query(sql=sql, key=key, position=position, sort=sort, cursor=cursor, back=back, size=size)


def _read(sort: str, cursor: str) -> tuple[Any, int | None]:
    """Return key and position of a cursor, which comes from an address."""
    try:
        found = json.loads(cursor)
        if sort == "source":
            return None, _bounded(found)
        key, position = found
        if not isinstance(key, str | int | float) or (isinstance(key, int) and abs(key) > LARGEST):
            return None, None
        return key, _bounded(position)
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None, None


def cursor_at(ledger: sqlite3.Connection, sort: str, position: int) -> str | None:
    """Return the cursor of the task at a position; None where it is not in the list."""
    row = ledger.execute(
        f"SELECT {_KEYS[sort]} AS key, listed.position FROM list.listed listed WHERE listed.position = ?",  # noqa: S608
        (position,),
    ).fetchone()
    return None if row is None else _cursor(sort, row)


def _bounded(position: Any) -> int:
    """Return a position that SQLite can hold. Raises ValueError for another."""
    found = int(position)
    if abs(found) > LARGEST:
        raise ValueError(f"{position!r} is no position")
    return found
