"""The quality report: what was kept, why the rest was not, and how far the gates can be trusted."""

import sqlite3
from collections.abc import Mapping
from typing import Any

from fastdistill.run.ledger import metrics

SCHEMA_VERSION = 2
"""Of the three reports together."""


def quality_report(
    ledger: sqlite3.Connection, *, run_id: str, findings: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the report as plain data. `findings` are further parts of it, such as `gate_error`."""
    return {
        "schema_version": SCHEMA_VERSION,
        "run_id": run_id,
        "counts": metrics.counts(ledger),
        "funnel": metrics.funnel(ledger),
        "candidates": metrics.candidates(ledger),
        **metrics.rates(ledger),
        "judge_score": metrics.judge_score(ledger),
        "reject_reason_counts": metrics.reject_reasons(ledger),
        "error_reason_counts": metrics.error_reasons(ledger),
        "failed_reason_counts": metrics.failed_reasons(ledger),
        "bad_rows": metrics.bad_rows(ledger),
        "skipped_reason_counts": metrics.skip_reasons(ledger),
        "gates": metrics.by_gate(ledger),
        "by_attempt": metrics.by_attempt(ledger),
        "by_teacher": metrics.by_teacher(ledger),
        "oracles": metrics.oracles(ledger),
        "gate_error": None,
        **(findings or {}),
    }
