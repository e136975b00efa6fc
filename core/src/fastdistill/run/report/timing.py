"""The timing report: where the time and the money went."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from fastdistill.run.report.quality import SCHEMA_VERSION, counts, one
from fastdistill.settings import Price

POINTS = (50, 90, 95, 99)


def percentiles(values: Sequence[float]) -> dict[str, float | int | None]:
    """Count, mean and nearest-rank percentiles, in the unit of `values`; unknown for none."""
    ordered = sorted(values)
    count = len(ordered)
    found: dict[str, float | int | None] = {
        f"p{p}": round(ordered[max(0, -(-p * count // 100) - 1)], 6) if count else None for p in POINTS
    }
    return {"count": count, "mean": round(sum(ordered) / count, 6) if count else None, **found}


def _column(ledger: sqlite3.Connection, sql: str) -> list[float]:
    return [row[0] for row in ledger.execute(sql)]


def _stages(ledger: sqlite3.Connection) -> list[dict[str, Any]]:
    paid = "FROM completions WHERE purpose = 'teacher' AND cached = 0"
    stages: list[dict[str, Any]] = [
        {
            "stage": "teacher",
            "work": percentiles(_column(ledger, f"SELECT latency {paid}")),
            "waiting": percentiles(_column(ledger, f"SELECT waited {paid}")),
        }
    ]
    gates = ledger.execute(
        "SELECT gate, MIN(ordinal) FROM verdicts GROUP BY 1 ORDER BY gate <> 'read', 2, 1"
    ).fetchall()
    for gate, _ in gates:
        rows = ledger.execute("SELECT elapsed FROM verdicts WHERE gate = ?", (gate,))
        stages.append({"stage": gate, "work": percentiles([row[0] for row in rows]), "waiting": None})
    return stages


def _cost(row: sqlite3.Row, price: Price | None) -> float | None:
    """US dollars, or None when a price or a count is not known."""
    if price is None or price.input is None or price.output is None or row["unknown"]:
        return None
    cached = row["cached_tokens"] or 0
    plain = (row["prompt_tokens"] or 0) - cached
    reread = price.input if price.cached_input is None else price.cached_input
    return (plain * price.input + cached * reread + (row["completion_tokens"] or 0) * price.output) / 1e6


_SPENT = """
SELECT teacher, purpose, COUNT(*) AS answers, SUM(cached) AS from_cache,
       SUM(CASE WHEN cached = 0 THEN prompt_tokens END) AS prompt_tokens,
       SUM(CASE WHEN cached = 0 THEN completion_tokens END) AS completion_tokens,
       SUM(CASE WHEN cached = 0 THEN cached_tokens END) AS cached_tokens,
       SUM(cached = 0 AND (prompt_tokens IS NULL OR completion_tokens IS NULL)) AS unknown
FROM completions GROUP BY 1, 2 ORDER BY 1, 2
"""


def spending(ledger: sqlite3.Connection, prices: Mapping[str, Price | None]) -> list[dict[str, Any]]:
    """One line a teacher and purpose; unknown cost is null."""
    lines = []
    for row in ledger.execute(_SPENT).fetchall():
        line = dict(row)
        line["unknown_usage"] = line.pop("unknown")
        line["usd"] = _cost(row, prices.get(row["teacher"]))
        lines.append(line)
    return lines


def _series(
    ledger: sqlite3.Connection, started: float, elapsed: float, buckets: int = 60
) -> dict[str, Any]:
    """Answers and acceptances over time, in at most `buckets` equal parts, for the page's charts."""
    width = max(elapsed / buckets, 1e-9)
    answers, accepted, latency = [0] * buckets, [0] * buckets, [0.0] * buckets
    rows = ledger.execute(
        "SELECT at, latency FROM completions WHERE purpose = 'teacher' AND at >= ?", (started,)
    )
    for at, seconds in rows:
        place = min(buckets - 1, int((at - started) / width))
        answers[place] += 1
        latency[place] += seconds
    for (at,) in ledger.execute(
        "SELECT at FROM decisions WHERE status = 'accepted' AND at >= ?", (started,)
    ):
        accepted[min(buckets - 1, int((at - started) / width))] += 1
    means = [
        round(total / count, 4) if count else None for total, count in zip(latency, answers, strict=True)
    ]
    return {"seconds_each": width, "answers": answers, "accepted": accepted, "mean_latency": means}


def timing_report(
    ledger: sqlite3.Connection,
    *,
    run_id: str,
    prices: Mapping[str, Price | None],
    sessions: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """The report as plain data; seconds everywhere."""
    elapsed = sum((s["ended"] or s["started"]) - s["started"] for s in sessions)
    spent = spending(ledger, prices)
    total = counts(ledger)
    tokens = sum(
        (s["completion_tokens"] or 0) + (s["prompt_tokens"] or 0)
        for s in spent
        if s["purpose"] == "teacher"
    )
    unknown = any(s["unknown_usage"] for s in spent if s["purpose"] == "teacher")
    output = sum(s["completion_tokens"] or 0 for s in spent)
    costs = [s["usd"] for s in spent]
    usd = None if any(cost is None for cost in costs) or not costs else sum(costs)
    accepted = total["accepted"]
    busy = sum(_column(ledger, "SELECT latency FROM completions WHERE cached = 0"))
    return {
        "schema_version": SCHEMA_VERSION,
        "run_id": run_id,
        "counts": total,
        "elapsed": elapsed,
        "sessions": [dict(s) for s in sessions],
        "stages": _stages(ledger),
        "mean_in_flight": busy / elapsed if elapsed else None,
        "output_tokens_per_second": output / elapsed if elapsed and not unknown else None,
        "accepted_per_hour": accepted * 3600 / elapsed if elapsed else None,
        "spending": spent,
        "usd": usd,
        "usd_per_accepted": usd / accepted if usd is not None and accepted else None,
        "teacher_tokens": None if unknown else tokens,
        "teacher_tokens_per_accepted": tokens / accepted if accepted and not unknown else None,
        "waste": _waste(ledger, tokens_known=not unknown),
        "faults": {
            row[0]: {"calls": row[1], "final": row[2]}
            for row in ledger.execute(
                "SELECT kind, COUNT(*), SUM(final) FROM faults GROUP BY 1 ORDER BY 2 DESC, 1"
            )
        },
        "calls": one(ledger, "SELECT COUNT(*) FROM completions WHERE cached = 0")
        + one(ledger, "SELECT COUNT(*) FROM faults"),
        "series": _series(ledger, sessions[-1]["started"] if sessions else 0.0, _last(sessions)),
    }


def _last(sessions: Sequence[Mapping[str, Any]]) -> float:
    return (sessions[-1]["ended"] or sessions[-1]["started"]) - sessions[-1]["started"] if sessions else 0.0


_WASTE = """
SELECT COALESCE((SELECT v.reason FROM verdicts v WHERE v.sample_id = a.sample_id AND v.attempt = a.attempt
                 AND v.outcome <> 'pass' ORDER BY v.choice, v.ordinal LIMIT 1), 'unused') AS cause,
       COUNT(*) AS answers, SUM(c.prompt_tokens + c.completion_tokens) AS tokens
FROM attempts a JOIN completions c USING (request_id)
WHERE c.cached = 0 AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.sample_id = a.sample_id
    AND d.status = 'accepted' AND d.attempt = a.attempt)
GROUP BY 1 ORDER BY 2 DESC, 1
"""


def _waste(ledger: sqlite3.Connection, *, tokens_known: bool) -> list[dict[str, Any]]:
    """Answers that did not become a row, by what stopped them."""
    return [
        {
            "cause": row["cause"],
            "answers": row["answers"],
            "tokens": row["tokens"] if tokens_known else None,
        }
        for row in ledger.execute(_WASTE)
    ]
