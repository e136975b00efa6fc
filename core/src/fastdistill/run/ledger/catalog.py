"""A list of a run's tasks to filter, sort and page through by key.

What it is searched by stands in temporary tables of the reading connection, which SQLite keeps apart from
the ledger: that is never written. They are filled in steps, so that the first page of a run of a million
tasks is there at once and the rest follows.
"""

import re
import sqlite3
import threading
import time
from collections.abc import Mapping
from typing import Any

from attrs import define, field

from fastdistill.run.ledger.catalog_tables import ANSWERS, COUNTS, LIST, RANGE, RECENT, TABLES, TAGS
from fastdistill.run.ledger.filters import Filters, conditions
from fastdistill.run.ledger.searching import PAGE, Found, cursor_at, sql_of

STEP = 4000
"""Tasks taken into the list at once; other readers wait meanwhile."""
COMMON = 50
"""One task in so many makes a value a common one."""
SEARCH_STEP = 20_000
SEARCH_SECONDS = 1.5
"""The most that one page of a text search takes; the next one goes on from there."""
MOST = 200
"""Values of one facet that are offered."""


@define(kw_only=True)
class Catalog:
    """The list of one open ledger. Calls may come from several threads."""

    ledger: sqlite3.Connection
    other: Mapping[str, tuple[str, str, str | None]] = field(factory=dict)
    """Task id, status and reason in another run, by sample id."""
    total: int = 0
    """Tasks in the ledger when it was last looked at."""
    listed: int = 0
    """Tasks taken into the list so far."""
    facets: dict[str, dict[str, int]] = field(factory=dict)
    """How many tasks there are of each value, most frequent first."""
    lock: threading.RLock = field(factory=threading.RLock, init=False)
    _last: int = field(default=-1, init=False)
    _at: float = field(default=0.0, init=False)

    def start(self) -> None:
        """Take the first tasks into a new list."""
        with self.lock:
            self.ledger.isolation_level = None  # no transaction of ours keeps an old state of the ledger
            self.ledger.execute("PRAGMA temp_store = FILE")
            self.ledger.executescript(TABLES)
            self.ledger.execute("DROP TABLE IF EXISTS temp.other")
            self.ledger.execute(
                "CREATE TEMP TABLE other (sample_id TEXT PRIMARY KEY, status TEXT, reason TEXT)"
                " WITHOUT ROWID"
            )
            self.ledger.execute("BEGIN")
            self.ledger.executemany(
                "INSERT INTO temp.other VALUES (?, ?, ?)",
                ((key, status, reason) for key, (_, status, reason) in self.other.items()),
            )
            self.ledger.execute("COMMIT")
            self.listed, self._last, self._at = 0, -1, time.time()
            # an upper bound until all are listed: counting a million rows would hold up the first page
            row = self.ledger.execute("SELECT MAX(position) AS n FROM main.tasks").fetchone()
            self.total = int(row["n"] or 0)
        self.step(2 * PAGE)  # enough for the first page

    def step(self, most: int = STEP) -> bool:
        """Take further tasks into the list; return whether there may be more."""
        with self.lock:
            values = {"after": self._last, "step": most}
            last = self.ledger.execute(
                f"SELECT MAX(position) AS p, COUNT(*) AS n FROM ({RANGE})",  # noqa: S608  ours
                values,
            )
            found = last.fetchone()
            if not found["n"]:
                self.total = self.listed
                return False
            self._take(RANGE, values, new=True)
            self._last, self.listed = found["p"], self.listed + found["n"]
            self.total = max(self.total, self.listed)
            return int(found["n"]) == most

    def refresh(self) -> None:
        """Take up what was decided since the last call, and tasks that are new."""
        with self.lock:
            since, self._at = self._at - 15, time.time()  # commits come late
            rows = self.ledger.execute(RECENT, {"at": since, "last": self._last}).fetchall()
            self.ledger.execute("DELETE FROM temp.changed")
            self.ledger.executemany("INSERT OR IGNORE INTO temp.changed VALUES (?)", map(tuple, rows))
            if rows:
                self._take("SELECT position FROM temp.changed", {}, new=False)
        while self.step():
            pass

    def _take(self, these: str, values: Mapping[str, Any], *, new: bool) -> None:
        self.ledger.execute("BEGIN")
        try:
            if not new:
                self.ledger.execute(
                    f"DELETE FROM temp.answered WHERE position IN ({these})",  # noqa: S608  ours
                    values,
                )
            for sql in (LIST, ANSWERS, TAGS):
                self.ledger.execute(sql.format(these=these), values)
        finally:
            self.ledger.execute("COMMIT")

    def count(self) -> None:
        """Count the values of every facet anew."""
        for name, sql in COUNTS.items():
            with self.lock:
                rows = self.ledger.execute(
                    f"SELECT * FROM ({sql}) ORDER BY n DESC, name LIMIT {MOST}"  # noqa: S608
                ).fetchall()
            self.facets[name] = {str(row["name"]): int(row["n"]) for row in rows}

    def page(self, filters: Filters, cursor: str = "", *, back: bool = False, size: int = PAGE) -> Found:
        """Return tasks after `cursor` (before it for `back`), and the cursors of the neighbouring pages."""
        where, values = conditions(filters, self._is_common(filters))
        if not filters.text:
            with self.lock:
                return sql_of(filters.sort, where, cursor, back=back, size=size).run(self.ledger, values)
        return self._search(where, values, cursor, back=back, size=size)

    def sample(self, most: int) -> list[int]:
        """Return positions in source order: all, or as many of each status and reason as fit in `most`."""
        with self.lock:
            rows = self.ledger.execute(
                "SELECT position FROM (SELECT position, ROW_NUMBER() OVER (PARTITION BY status, reason"
                " ORDER BY position) AS place FROM temp.listed) ORDER BY place, position LIMIT ?",
                (most,),
            ).fetchall()
        return sorted(row["position"] for row in rows)

    def beside(self, filters: Filters, position: int) -> tuple[int | None, int | None]:
        """Return the positions of the tasks before and after one, in the order of its list."""
        with self.lock:
            cursor = cursor_at(self.ledger, filters.sort, position)
        if cursor is None:
            return None, None
        before = self.page(filters, cursor, back=True, size=1).rows
        after = self.page(filters, cursor, size=1).rows
        return (before[0]["position"] if before else None), (after[0]["position"] if after else None)

    def _is_common(self, filters: Filters) -> bool:
        """Return whether every value asked for is that of many tasks: reading on finds those soonest."""
        named = [name for name in ("reason", "gate", "teacher", "attempt") if getattr(filters, name)]
        counts = [self.facets.get(name, {}).get(getattr(filters, name), 0) for name in named]
        return bool(counts) and min(counts) * COMMON > self.total

    def _search(
        self, where: list[str], values: dict[str, Any], cursor: str, *, back: bool, size: int
    ) -> Found:
        """Look through the texts a stretch of the source at a time, until a page is full or time is up."""
        rows, until = list[sqlite3.Row](), time.monotonic() + SEARCH_SECONDS
        at = _place(cursor, 2**62 if back else -1)
        while True:
            with self.lock:
                edge = self._edge(at, back=back)
                if edge is None:
                    return Found.of(rows, "source", cursor, back=back, more=False, searched=None)
                within = (
                    "listed.position < :at AND listed.position >= :edge"
                    if back
                    else "listed.position > :at AND listed.position <= :edge"
                )
                query = sql_of("source", [*where, within], "", back=back, size=size - len(rows))
                rows += self.ledger.execute(query.sql, values | {"at": at, "edge": edge}).fetchall()
            if len(rows) > size:
                return Found.of(rows[:size], "source", cursor, back=back, more=True, searched=None)
            at = edge
            if time.monotonic() > until:
                return Found.of(rows, "source", cursor, back=back, more=True, searched=at)

    def _edge(self, at: int, *, back: bool) -> int | None:
        sign, order, pick = ("<", "DESC", "MIN") if back else (">", "ASC", "MAX")
        row = self.ledger.execute(
            f"SELECT {pick}(position) AS edge FROM (SELECT position FROM temp.listed"  # noqa: S608  words of ours
            f" WHERE position {sign} ? ORDER BY position {order} LIMIT ?)",
            (at, SEARCH_STEP),
        ).fetchone()
        return None if row["edge"] is None else int(row["edge"])


def _place(cursor: str, otherwise: int) -> int:
    """Return the position that a cursor of a search names."""
    return int(cursor) if re.fullmatch(r"-?[0-9]{1,18}", cursor) else otherwise
