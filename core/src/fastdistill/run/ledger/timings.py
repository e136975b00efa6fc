"""Where the time went: work and waiting of every stage, answers over time, sessions."""

import sqlite3
from array import array
from collections.abc import Sequence
from typing import Any

from fastdistill.run.jsonl import loads

POINTS = (50, 90, 95, 99)
_PAID = "FROM completions WHERE purpose IN ('teacher', 'repair', 'student') AND cached = 0"


def percentiles(values: Sequence[float]) -> dict[str, float | int | None]:
    """Return count, mean and nearest-rank percentiles, in the unit of `values`; unknown for none."""
    ordered = sorted(values)
    count = len(ordered)
    found: dict[str, float | int | None] = {
        f"p{p}": round(ordered[max(0, -(-p * count // 100) - 1)], 6) if count else None for p in POINTS
    }
    return {"count": count, "mean": round(sum(ordered) / count, 6) if count else None, **found}


def stages(ledger: sqlite3.Connection) -> list[dict[str, Any]]:
    """Return the seconds of work and of waiting of the teachers and of each gate, as percentiles.

    A teacher's waiting is in our queue for its endpoint; a gate's is for a worker.
    """
    found: list[dict[str, Any]] = [
        {
            "stage": "teacher",
            "work": percentiles(_column(ledger, f"SELECT latency AS value {_PAID}")),
            "waiting": percentiles(_column(ledger, f"SELECT waited AS value {_PAID}")),
        }
    ]
    gates = ledger.execute(
        "SELECT gate, MIN(ordinal) AS place FROM verdicts GROUP BY 1 ORDER BY gate <> 'read', place, gate"
    ).fetchall()
    for row in gates:
        work, waiting = (
            percentiles(_column(ledger, sql, row["gate"]))
            for sql in (
                "SELECT elapsed AS value FROM verdicts WHERE gate = ?",
                "SELECT waited AS value FROM verdicts WHERE gate = ?",
            )
        )
        found.append({"stage": row["gate"], "work": work, "waiting": waiting})
    return found


def sessions(ledger: sqlite3.Connection) -> list[dict[str, Any]]:
    """Return every session, first to last; times are Unix seconds."""
    return [
        {
            "started": row["started"],
            "ended": row["ended"],
            "outcome": row["outcome"],
            "timing": loads(row["timing"] or "null"),
        }
        for row in ledger.execute("SELECT started, ended, outcome, timing FROM sessions ORDER BY id")
    ]


def teacher_seconds(ledger: sqlite3.Connection) -> float:
    """Return the seconds that calls were under way, added up."""
    return sum(_column(ledger, "SELECT latency AS value FROM completions WHERE cached = 0"))


def failed_calls(ledger: sqlite3.Connection) -> dict[str, dict[str, int]]:
    """Return the calls that failed, by kind of error, and how many of them were not made again."""
    rows = ledger.execute(
        "SELECT kind, COUNT(*) AS calls, SUM(final) AS final FROM faults GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    return {row["kind"]: {"calls": row["calls"], "final": row["final"]} for row in rows}


def calls_made(ledger: sqlite3.Connection) -> int:
    """Return how many calls reached an endpoint or tried to."""
    row = ledger.execute(
        "SELECT (SELECT COUNT(*) FROM completions WHERE cached = 0) + (SELECT COUNT(*) FROM faults) AS n"
    ).fetchone()
    return int(row["n"])


def series(ledger: sqlite3.Connection, started: float, elapsed: float, buckets: int = 60) -> dict[str, Any]:
    """Return answers and acceptances over time, in at most `buckets` equal parts, for the page's charts."""
    width = max(elapsed / buckets, 1e-9)
    answers, accepted, latency = [0] * buckets, [0] * buckets, [0.0] * buckets
    for row in ledger.execute(
        "SELECT at, latency FROM completions WHERE purpose IN ('teacher', 'repair', 'student') AND at >= ?",
        (started,),
    ):
        place = min(buckets - 1, int((row["at"] - started) / width))
        answers[place] += 1
        latency[place] += row["latency"]
    for row in ledger.execute("SELECT at FROM decisions WHERE status = 'accepted' AND at >= ?", (started,)):
        accepted[min(buckets - 1, int((row["at"] - started) / width))] += 1
    means = [
        round(total / count, 4) if count else None for total, count in zip(latency, answers, strict=True)
    ]
    return {"seconds_each": width, "answers": answers, "accepted": accepted, "mean_latency": means}


def _column(ledger: sqlite3.Connection, sql: str, *values: str) -> Sequence[float]:
    """Return a column's numbers, packed: there may be millions of them."""
    return array("d", (row["value"] for row in ledger.execute(sql, values)))
