"""The quality report: every figure is a query over the ledger; rates come with their counts."""

import sqlite3
from collections.abc import Mapping
from typing import Any

SCHEMA_VERSION = 1


def rate(count: int, of: int) -> dict[str, Any]:
    """A rate with its counts; over nothing it is unknown."""
    return {"rate": count / of if of else None, "count": count, "of": of}


def one(ledger: sqlite3.Connection, sql: str) -> int:
    """The single number of a query; nothing counts as 0."""
    return int(ledger.execute(sql).fetchone()[0] or 0)


def by_key(ledger: sqlite3.Connection, sql: str) -> dict[str, int]:
    """Counts by name, most frequent first."""
    rows = sorted(ledger.execute(sql).fetchall(), key=lambda row: (-row[1], str(row[0])))
    return {str(row[0]): int(row[1]) for row in rows}


def counts(ledger: sqlite3.Connection) -> dict[str, int]:
    """What the three reports agree on."""
    status = by_key(ledger, "SELECT status, COUNT(*) FROM decisions GROUP BY 1")
    bad = one(ledger, "SELECT COUNT(*) FROM bad_tasks")
    tasks = one(ledger, "SELECT COUNT(*) FROM tasks")
    duplicates = one(ledger, "SELECT COUNT(*) FROM tasks WHERE duplicate_of IS NOT NULL")
    settled = sum(status.values())
    return {
        "tasks": tasks + bad,
        "accepted": status.get("accepted", 0),
        "rejected": status.get("rejected", 0),
        "failed": status.get("failed", 0) + bad,
        "duplicates": duplicates,
        "unsettled": tasks - duplicates - settled,
        "bad_tasks": bad,
    }


_GATES = """
SELECT v.gate, v.kind, MIN(v.ordinal) AS place, COUNT(*) AS judged,
       SUM(v.outcome = 'pass') AS passed, SUM(v.outcome = 'reject') AS rejected,
       SUM(v.outcome = 'error') AS errors, AVG(v.score) AS mean_score
FROM verdicts v GROUP BY v.gate, v.kind ORDER BY v.kind <> 'read', place, v.gate
"""
_ATTEMPTS = """
SELECT a.attempt, COUNT(*) AS asked,
       SUM(EXISTS (SELECT 1 FROM decisions d WHERE d.sample_id = a.sample_id AND d.status = 'accepted'
                   AND d.attempt = a.attempt)) AS accepted
FROM attempts a GROUP BY 1 ORDER BY 1
"""
_TEACHERS = """
SELECT a.teacher, COUNT(*) AS asked, COUNT(DISTINCT a.sample_id) AS tasks,
       SUM(EXISTS (SELECT 1 FROM decisions d WHERE d.sample_id = a.sample_id AND d.status = 'accepted'
                   AND d.attempt = a.attempt)) AS accepted
FROM attempts a GROUP BY 1 ORDER BY MIN(a.attempt)
"""


def _gates(ledger: sqlite3.Connection) -> list[dict[str, Any]]:
    found = []
    for row in ledger.execute(_GATES).fetchall():
        gate = {
            key: row[key]
            for key in ("gate", "kind", "judged", "passed", "rejected", "errors", "mean_score")
        }
        if row["kind"] == "read":  # a reply that was read has no verdict of it
            gate["judged"] = one(ledger, "SELECT COUNT(*) FROM candidates")
            gate["passed"] = gate["judged"] - gate["rejected"] - gate["errors"]
        reasons = ledger.execute(
            "SELECT reason, COUNT(*) FROM verdicts WHERE gate = ? AND kind = ? AND outcome <> 'pass'"
            " GROUP BY 1 ORDER BY 2 DESC, 1",
            (row["gate"], row["kind"]),
        )
        gate["reasons"] = {reason: count for reason, count in reasons}  # noqa: C416  rows are no pairs
        found.append(gate)
    return found


def quality_report(
    ledger: sqlite3.Connection, *, run_id: str, extra: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The report as plain data. Rates are over what was asked, not over survivors."""
    total = counts(ledger)
    candidates = one(ledger, "SELECT COUNT(*) FROM candidates")
    with_gold = one(
        ledger,
        "SELECT COUNT(*) FROM candidates k JOIN tasks t USING (sample_id) WHERE t.has_gold = 1",
    )
    ran, matched = (
        one(
            ledger,
            "SELECT COUNT(*) FROM (SELECT 1 FROM verdicts"  # noqa: S608  two words of ours
            f" WHERE {flag} = 1 GROUP BY sample_id, attempt, choice)",
        )
        for flag in ("exec_pass", "gold_match")
    )
    kept = total["accepted"]
    score = ledger.execute("SELECT AVG(score), COUNT(score) FROM verdicts WHERE kind = 'judge'").fetchone()
    return {
        "schema_version": SCHEMA_VERSION,
        "run_id": run_id,
        "counts": total,
        "funnel": {
            "tasks": total["tasks"],
            "asked": one(ledger, "SELECT COUNT(DISTINCT sample_id) FROM attempts"),
            "answered": one(
                ledger,
                "SELECT COUNT(DISTINCT a.sample_id) FROM attempts a JOIN completions USING (request_id)",
            ),
            "read": one(
                ledger, "SELECT COUNT(DISTINCT sample_id) FROM candidates WHERE answer IS NOT NULL"
            ),
            "executed": one(ledger, "SELECT COUNT(DISTINCT sample_id) FROM verdicts WHERE exec_pass = 1"),
            "matched": one(ledger, "SELECT COUNT(DISTINCT sample_id) FROM verdicts WHERE gold_match = 1"),
            "accepted": kept,
        },
        "candidates": candidates,
        "exec_pass": rate(ran, candidates),
        "gold_match": rate(matched, with_gold),
        "judge_score": {"mean": score[0], "count": score[1]},
        "p_keep": rate(kept, total["tasks"] - total["duplicates"]),
        "reject_reason_counts": by_key(
            ledger, "SELECT reason, COUNT(*) FROM verdicts WHERE outcome = 'reject' GROUP BY 1"
        ),
        "error_reason_counts": by_key(
            ledger, "SELECT reason, COUNT(*) FROM verdicts WHERE outcome = 'error' GROUP BY 1"
        ),
        "failed_reason_counts": by_key(
            ledger,
            "SELECT reason, COUNT(*) FROM (SELECT reason FROM bad_tasks UNION ALL"
            " SELECT COALESCE(reason, 'unknown') FROM decisions WHERE status = 'failed') GROUP BY 1",
        ),
        "gates": _gates(ledger),
        "by_attempt": [
            {"attempt": row["attempt"], "asked": row["asked"], "accepted": row["accepted"]}
            for row in ledger.execute(_ATTEMPTS)
        ],
        "by_teacher": [dict(row) for row in ledger.execute(_TEACHERS)],
        "unlabelled": rate(
            one(ledger, "SELECT COUNT(*) FROM decisions WHERE status = 'accepted' AND labelled = 0"), kept
        ),
        "duplicates": total["duplicates"],
        "oracles": _oracles(ledger),
        "gate_error": None,
        **(extra or {}),
    }


def _oracles(ledger: sqlite3.Connection) -> dict[str, Any]:
    """What gates said in their evidence about the strength of their own oracles, by task."""
    return {
        flag: one(
            ledger,
            "SELECT COUNT(DISTINCT sample_id) FROM verdicts"  # noqa: S608  two words of ours
            f" WHERE evidence LIKE '%\"{flag}\":%' AND json_extract(evidence, '$.{flag}') = 1",
        )
        for flag in ("weak_oracle", "degenerate")
    } | {
        "oracle_strength": dict(
            ledger.execute(
                "SELECT SUM(k) AS killed, SUM(t) AS total FROM (SELECT sample_id,"
                " MAX(json_extract(evidence, '$.oracle_strength.killed')) AS k,"
                " MAX(json_extract(evidence, '$.oracle_strength.total')) AS t FROM verdicts"
                " WHERE evidence LIKE '%\"oracle_strength\":%' GROUP BY 1)"
            ).fetchone()
        )
    }
