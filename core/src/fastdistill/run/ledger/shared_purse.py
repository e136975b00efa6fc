"""One budget for all shards of a run on one machine: a SQLite file beside their folders.

Each shard leases `1 / (2 * shards)` of what is left, so that parts get smaller as the budget ends and the
shards together overshoot by what is in flight alone. Not for network file systems, whose locks cannot be
relied on: there each shard gets a fixed share (`share`).
"""

import math
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import attrs
from attrs import frozen

from fastdistill.run.purse import Lease, Spent
from fastdistill.settings import Budget

PATIENCE = 60.0
"""Seconds that a shard waits for the file; each holds it for less than a millisecond."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS leases (
    shard TEXT PRIMARY KEY, open INTEGER NOT NULL,
    tokens INTEGER NOT NULL, usd REAL NOT NULL, accept INTEGER NOT NULL,
    spent_tokens INTEGER NOT NULL, spent_usd REAL NOT NULL, spent_accepted INTEGER NOT NULL
) STRICT
"""
# A shard that was killed has not settled: it may have used all of its lease.
_OTHERS = """
SELECT COALESCE(SUM(CASE WHEN open THEN MAX(tokens, spent_tokens) ELSE spent_tokens END), 0) AS tokens,
       COALESCE(SUM(CASE WHEN open THEN MAX(usd, spent_usd) ELSE spent_usd END), 0.0) AS usd,
       COALESCE(SUM(CASE WHEN open THEN MAX(accept, spent_accepted) ELSE spent_accepted END), 0) AS accepted
FROM leases WHERE shard <> ?
"""
_SAY = """
INSERT INTO leases
VALUES (:shard, :open, :tokens, :usd, :accept, :spent_tokens, :spent_usd, :spent_accepted)
ON CONFLICT (shard) DO UPDATE SET open = :open, tokens = :tokens, usd = :usd, accept = :accept,
    spent_tokens = :spent_tokens, spent_usd = :spent_usd, spent_accepted = :spent_accepted
"""


@frozen(kw_only=True)
class SharedPurse:
    """Implements `Purse` for one shard of several on this machine."""

    path: Path
    budget: Budget
    """The whole run's."""
    shard: str
    shards: int

    def lease(self, spent: Spent, /) -> Lease:
        """Lease a part of what neither this shard nor another has used or leased."""
        with self._held() as file:
            left = _left(self.budget, _others(file, self.shard), spent)
            granted = Lease(
                tokens=None if left.tokens is None else spent.tokens + self._part(left.tokens),
                usd=None if left.usd is None else spent.usd + self._money(left.usd),
                accept=None if left.accept is None else spent.accepted + self._part(left.accept),
            )
            self._say(file, granted, spent, is_open=True)
        return granted

    def _part(self, left: int) -> int:
        return math.ceil(max(0, left) / (2 * self.shards))

    def _money(self, left: float) -> float:
        least = (self.budget.usd or 0.0) / (100 * self.shards)  # else the last cent is halved for ever
        return min(max(0.0, left), max(left / (2 * self.shards), least))

    def settle(self, spent: Spent, /) -> None:
        """Give back what of the lease was not used."""
        with self._held() as file:
            self._say(file, Lease(), spent, is_open=False)

    def _say(self, file: sqlite3.Connection, lease: Lease, spent: Spent, *, is_open: bool) -> None:
        file.execute(
            _SAY,
            {
                "shard": self.shard,
                "open": is_open,
                "tokens": lease.tokens or 0,
                "usd": lease.usd or 0.0,
                "accept": lease.accept or 0,
                "spent_tokens": spent.tokens,
                "spent_usd": spent.usd,
                "spent_accepted": spent.accepted,
            },
        )

    def left(self) -> Lease:
        """Return what no shard has used or leased; None where nothing is limited."""
        with self._held() as file:
            return _left(self.budget, _others(file, ""), Spent())

    @contextmanager
    def _held(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)) as file:
            file.row_factory = sqlite3.Row
            file.execute("BEGIN IMMEDIATE")
            file.execute(_SCHEMA)
            yield file
            file.execute("COMMIT")


def _others(file: sqlite3.Connection, shard: str) -> Spent:
    row = file.execute(_OTHERS, (shard,)).fetchone()
    return Spent(tokens=row["tokens"], usd=row["usd"], accepted=row["accepted"])


def _left(budget: Budget, others: Spent, mine: Spent) -> Lease:
    return Lease(
        tokens=None if budget.tokens is None else budget.tokens - others.tokens - mine.tokens,
        usd=None if budget.usd is None else budget.usd - others.usd - mine.usd,
        accept=None if budget.accept is None else budget.accept - others.accepted - mine.accepted,
    )


def share(budget: Budget, part: int, parts: int) -> Budget:
    """Return the fixed share of one shard where they have no file in common; shares add up to the whole."""

    def of(whole: int | None) -> int | None:
        return None if whole is None else whole * part // parts - whole * (part - 1) // parts

    return attrs.evolve(
        budget,
        tokens=of(budget.tokens),
        usd=None if budget.usd is None else budget.usd / parts,
        accept=of(budget.accept) or (None if budget.accept is None else 1),
    )
