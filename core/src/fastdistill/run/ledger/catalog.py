"""A list of a run's tasks to filter, sort and page through by key.

What it is searched by stands in a database of its own among the caches, attached to the reading
connection: the ledger is never written. It is filled in steps, so that the first page of a run of a million
tasks is there at once and the rest follows; a finished one is found again the next time.
"""

import re
import sqlite3
import threading
import time
from collections.abc import Mapping
from typing import Any

from attrs import define, field

from fastdistill.run.ledger.catalog_file import ListFile, detach
from fastdistill.run.ledger.catalog_tables import COUNTS, INDEXES, NUMBERS, RANGE, RECENT, TABLES, TAKE
from fastdistill.run.ledger.filters import Conditions, Filters, conditions
from fastdistill.run.ledger.searching import PAGE, Found, cursor_at, sql_of

STEP = 4000
"""The most tasks taken into the list at once; other readers wait meanwhile."""
STEP_SECONDS = 0.05
"""What a step should take: the next one is made larger or smaller."""
FEW = 20_000
"""Up to so many tasks are looked up and sorted; of more the list is walked until a page is full."""
SEARCH_STEP = 20_000
SEARCH_SECONDS = 1.5
"""The most that one page of a text search takes; the next one goes on from there."""
MOST = 200
"""Values of one facet that are offered."""


@define(kw_only=True)
class Catalog:
    """The list of one open ledger. Calls may come from several threads."""

    ledger: sqlite3.Connection
    file: ListFile
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
    _step: int = field(default=1000, init=False)
    _kept: bool = field(default=False, init=False)
    """The list has its final name: it is read, and never written again."""
    indexed: bool = field(default=False, init=False)
    _at: float = field(default=0.0, init=False)

    def start(self, *, anew: bool = False) -> None:
        """Take up a list that was kept; without one, or `anew`, take the first tasks into a new one."""
        with self.lock:
            self.ledger.isolation_level = None  # no transaction of ours keeps an old state of the ledger
            self.ledger.execute("PRAGMA temp_store = FILE")
            detach(self.ledger)
            self._kept = not anew and self.file.attach_kept(self.ledger)
            if self._kept:
                row = self.ledger.execute(
                    "SELECT MAX(position) AS p, SUM(1) AS n FROM list.listed"
                ).fetchone()
                self.total = self.listed = int(row["n"])
                self._last, self._at = -1 if row["p"] is None else int(row["p"]), time.time()
                self.indexed = True
                self._facets()
                return
            self._begin()
        self.step(2 * PAGE)  # enough for the first page

    def _begin(self) -> None:
        self.file.attach_new(self.ledger)
        self.ledger.executescript(TABLES)
        self.ledger.execute("DROP TABLE IF EXISTS temp.other")
        self.ledger.execute(
            "CREATE TEMP TABLE other (sample_id TEXT PRIMARY KEY, status TEXT, reason TEXT) WITHOUT ROWID"
        )
        self.ledger.execute("BEGIN")
        self.ledger.executemany(
            "INSERT INTO temp.other VALUES (?, ?, ?)",
            ((key, status, reason) for key, (_, status, reason) in self.other.items()),
        )
        self.ledger.execute("COMMIT")
        self.listed, self._last, self._at, self.indexed = 0, -1, time.time(), False
        # an upper bound until all are listed: counting a million rows would hold up the first page
        row = self.ledger.execute("SELECT MAX(position) AS n FROM main.tasks").fetchone()
        self.total = int(row["n"] or 0)

    def step(self, most: int = 0) -> bool:
        """Take `most` further tasks, or what its time allows; return whether there may be more."""
        with self.lock:
            if self._kept:
                return False
            wanted, began = most or self._step, time.monotonic()
            values = {"after": self._last, "step": wanted}
            last = self.ledger.execute(
                f"SELECT MAX(position) AS p, COUNT(*) AS n FROM ({RANGE})",  # noqa: S608  ours
                values,
            )
            found = last.fetchone()
            if not found["n"]:
                self.total = self.listed
                return False
            self._take(RANGE, values)
            self._last, self.listed = found["p"], self.listed + found["n"]
            self.total = max(self.total, self.listed)
            share = STEP_SECONDS / max(time.monotonic() - began, 1e-4)
            self._step = int(min(STEP, max(100, wanted * min(2.0, share))))
            return int(found["n"]) == wanted

    def finish(self, *, keep: bool) -> None:
        """Make what a whole list is searched by, and count; `keep` it where nothing will change."""
        for sql in () if self.indexed else INDEXES:
            with self.lock:
                self.ledger.execute(sql)
        self.indexed = True
        self.count()
        with self.lock:
            if keep and not self._kept:
                self.file.keep()
                self._kept = True

    def refresh(self) -> None:
        """Take up what was decided since the last call, and tasks that are new."""
        if self._kept:  # another viewer may read it
            self.start(anew=True)
            return
        with self.lock:
            since, self._at = self._at - 15, time.time()  # commits come late
            rows = self.ledger.execute(RECENT, {"at": since, "last": self._last}).fetchall()
            self.ledger.execute("DELETE FROM temp.changed")
            self.ledger.executemany("INSERT OR IGNORE INTO temp.changed VALUES (?)", map(tuple, rows))
            if rows:
                self._take("SELECT position FROM temp.changed", {})
        while self.step():
            pass

    def close(self) -> None:
        """Let go of the list; one that is not complete is deleted."""
        with self.lock:
            detach(self.ledger)
            self.file.drop()

    def _take(self, these: str, values: Mapping[str, Any]) -> None:
        self.ledger.execute("BEGIN")
        try:
            known = self.ledger.execute("SELECT COALESCE(MAX(id), 0) AS n FROM list.profiles").fetchone()
            for sql in TAKE:
                self.ledger.execute(sql.format(these=these), {**values, "profile": known["n"]})
        finally:
            self.ledger.execute("COMMIT")

    def count(self) -> None:
        """Count the values of every facet anew."""
        with self.lock:
            for sql in () if self._kept else NUMBERS:
                self.ledger.execute(sql)
        self._facets()

    def _facets(self) -> None:
        for name, sql in COUNTS.items():
            with self.lock:
                rows = self.ledger.execute(
                    f"SELECT * FROM ({sql}) ORDER BY n DESC, name LIMIT {MOST}"  # noqa: S608
                ).fetchall()
            self.facets[name] = {str(row["name"]): int(row["n"]) for row in rows}

    def page(self, filters: Filters, cursor: str = "", *, back: bool = False, size: int = PAGE) -> Found:
        """Return tasks after `cursor` (before it for `back`), and the cursors of the neighbouring pages."""
        asked = conditions(filters)
        if filters.text:
            return self._search(asked, cursor, back=back, size=size)
        with self.lock:
            where = asked.where(self._driver(asked))
            return sql_of(filters.sort, where, cursor, back=back, size=size).run(self.ledger, asked.values)

    def sample(self, most: int) -> list[int]:
        """Return positions in source order: all, or as many of each status and reason as fit in `most`."""
        with self.lock:
            rows = self.ledger.execute(
                "SELECT position FROM (SELECT position, ROW_NUMBER() OVER (PARTITION BY p.status, p.reason"
                " ORDER BY position) AS place FROM list.listed JOIN list.profiles p ON p.id = profile)"
                " ORDER BY place, position LIMIT ?",
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

    def _driver(self, asked: Conditions) -> str:
        """Name the condition that few tasks meet; without one the list is walked in its order."""
        if not self.indexed:
            return ""
        few = f"SELECT COUNT(*) AS n FROM (SELECT 1 FROM list.{{}} LIMIT {FEW + 1})"  # noqa: S608
        counts = {
            "profiles": f"SELECT SUM(n) AS n FROM list.profiles WHERE id IN ({asked.profiles or 'NULL'})",  # noqa: S608
            "group": few.format("listed WHERE grp = :grp"),
            "tag": few.format("tagged WHERE tag = :tag"),
        }
        wanted = {"profiles": asked.profiles, "group": asked.group, "tag": asked.tag}
        found = {
            name: int(self.ledger.execute(sql, asked.values).fetchone()["n"] or 0)
            for name, sql in counts.items()
            if wanted[name]
        }
        least = min(found, key=lambda name: found[name], default="")
        return least if least and found[least] <= FEW else ""

    def _search(self, asked: Conditions, cursor: str, *, back: bool, size: int) -> Found:
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
                query = sql_of("source", [*asked.where(), within], "", back=back, size=size - len(rows))
                rows += self.ledger.execute(query.sql, asked.values | {"at": at, "edge": edge}).fetchall()
            if len(rows) > size:
                return Found.of(rows[:size], "source", cursor, back=back, more=True, searched=None)
            at = edge
            if time.monotonic() > until:
                return Found.of(rows, "source", cursor, back=back, more=True, searched=at)

    def _edge(self, at: int, *, back: bool) -> int | None:
        sign, order, pick = ("<", "DESC", "MIN") if back else (">", "ASC", "MAX")
        row = self.ledger.execute(
            f"SELECT {pick}(position) AS edge FROM (SELECT position FROM list.listed"  # noqa: S608  words of ours
            f" WHERE position {sign} ? ORDER BY position {order} LIMIT ?)",
            (at, SEARCH_STEP),
        ).fetchone()
        return None if row["edge"] is None else int(row["edge"])


def _place(cursor: str, otherwise: int) -> int:
    """Return the position that a cursor of a search names."""
    return int(cursor) if re.fullmatch(r"-?[0-9]{1,18}", cursor) else otherwise
