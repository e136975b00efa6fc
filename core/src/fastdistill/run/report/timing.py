"""The timing report: where the time and the money went."""

import sqlite3
from collections.abc import Mapping
from typing import Any

from fastdistill.model.answer import TAUGHT
from fastdistill.run.ledger import metrics, spending, timings
from fastdistill.run.report.quality import SCHEMA_VERSION
from fastdistill.settings import Price


def timing_report(
    ledger: sqlite3.Connection, *, run_id: str, prices: Mapping[str, Price | None]
) -> dict[str, Any]:
    """Return the report as plain data; seconds everywhere, Unix seconds where a session starts and ends."""
    sessions = timings.sessions(ledger)
    lengths = [(one["ended"] or one["started"]) - one["started"] for one in sessions]
    elapsed = sum(lengths)
    total = metrics.counts(ledger)
    accepted = total["accepted"]
    lines = spending.lines(ledger)
    usd = spending.total_cost(lines, prices)
    tokens = spending.total_tokens([one for one in lines if one.purpose in TAUGHT]) or None
    output = spending.output_tokens(lines)
    return {
        "schema_version": SCHEMA_VERSION,
        "run_id": run_id,
        "counts": total,
        "elapsed": elapsed,
        "sessions": sessions,
        "stages": timings.stages(ledger),
        "mean_in_flight": timings.teacher_seconds(ledger) / elapsed if elapsed else None,
        "output_tokens_per_second": output / elapsed if elapsed and output is not None else None,
        "accepted_per_hour": accepted * 3600 / elapsed if elapsed else None,
        "spending": spending.report(lines, prices),
        "usd": usd,
        "usd_per_accepted": usd / accepted if usd is not None and accepted else None,
        "teacher_tokens": tokens,
        "teacher_tokens_per_accepted": tokens / accepted if accepted and tokens is not None else None,
        "waste": spending.waste(ledger),
        "faults": timings.failed_calls(ledger),
        "calls": timings.calls_made(ledger),
        "series": timings.series(
            ledger, sessions[-1]["started"] if sessions else 0.0, lengths[-1] if lengths else 0.0
        ),
    }
