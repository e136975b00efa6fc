"""Every count and rate of a run, once: the reports, `fd diff`, budgets and floors take theirs from here.

A rate comes with its counts and is over what was asked, never over survivors. Unknown is None, never 0.
"""

import sqlite3
from typing import Any

from fastdistill.run.checking import kind_of

Counts = dict[str, int]


def rate(count: int, of: int) -> dict[str, Any]:
    """Return a rate with its counts; over nothing it is unknown."""
    return {"rate": count / of if of else None, "count": count, "of": of}


def counts(ledger: sqlite3.Connection) -> Counts:
    """Return what became of the source's lines, by the five statuses; bad lines have failed."""
    status = _by_key(ledger, "SELECT status AS name, COUNT(*) AS n FROM decisions GROUP BY 1")
    bad = _one(ledger, "SELECT COUNT(*) AS n FROM bad_tasks")
    tasks = _one(ledger, "SELECT COUNT(*) AS n FROM tasks")
    duplicates = _one(ledger, "SELECT COUNT(*) AS n FROM tasks WHERE duplicate_of IS NOT NULL")
    skipped = duplicates + status.get("skipped", 0)
    return {
        "tasks": tasks + bad,
        "accepted": status.get("accepted", 0),
        "rejected": status.get("rejected", 0),
        "failed": status.get("failed", 0) + bad,
        "skipped": skipped,
        "unfinished": tasks - duplicates - sum(status.values()),
        "bad_tasks": bad,
    }


def skip_reasons(ledger: sqlite3.Connection) -> Counts:
    """Return why tasks were never asked."""
    return _by_key(
        ledger,
        "SELECT name, COUNT(*) AS n FROM ("
        "SELECT 'duplicate' AS name FROM tasks WHERE duplicate_of IS NOT NULL"
        " UNION ALL SELECT COALESCE(reason, 'unknown') FROM decisions WHERE status = 'skipped') GROUP BY 1",
    )


def reject_reasons(ledger: sqlite3.Connection) -> Counts:
    """Return why candidates were rejected."""
    return _by_key(
        ledger, "SELECT reason AS name, COUNT(*) AS n FROM verdicts WHERE outcome = 'reject' GROUP BY 1"
    )


def error_reasons(ledger: sqlite3.Connection) -> Counts:
    """Return why gates could not tell."""
    return _by_key(
        ledger, "SELECT reason AS name, COUNT(*) AS n FROM verdicts WHERE outcome = 'error' GROUP BY 1"
    )


def failed_reasons(ledger: sqlite3.Connection) -> Counts:
    """Return why tasks failed."""
    return _by_key(
        ledger,
        "SELECT name, COUNT(*) AS n FROM (SELECT reason AS name FROM bad_tasks UNION ALL"
        " SELECT COALESCE(reason, 'unknown') FROM decisions WHERE status = 'failed') GROUP BY 1",
    )


def bad_rows(ledger: sqlite3.Connection, most: int = 20) -> list[dict[str, Any]]:
    """Return why rows of the source are no tasks, most frequent first, each with an example."""
    found = dict[tuple[str, str], dict[str, Any]]()
    for row in ledger.execute("SELECT line, reason, detail FROM bad_tasks ORDER BY position"):
        key = (row["reason"], kind_of(row["detail"]))
        one = found.setdefault(
            key,
            {"reason": key[0], "kind": key[1], "count": 0, "line": row["line"], "detail": row["detail"]},
        )
        one["count"] += 1
    return sorted(found.values(), key=lambda one: -one["count"])[:most]


def candidates(ledger: sqlite3.Connection) -> int:
    """Return how many answers were judged."""
    return _one(ledger, "SELECT COUNT(*) AS n FROM candidates")


def rates(ledger: sqlite3.Connection) -> dict[str, dict[str, Any]]:
    """Return the field's four rates: `p_keep`, `exec_pass`, `gold_match`, and `unlabelled` rows."""
    total, judged = counts(ledger), candidates(ledger)
    with_gold = _one(
        ledger, "SELECT COUNT(*) AS n FROM candidates JOIN tasks USING (sample_id) WHERE has_gold = 1"
    )
    unlabelled = _one(
        ledger, "SELECT COUNT(*) AS n FROM decisions WHERE status = 'accepted' AND labelled = 0"
    )
    return {
        "p_keep": rate(total["accepted"], total["tasks"] - total["skipped"]),
        "exec_pass": rate(_flagged(ledger, "exec_pass"), judged),
        "gold_match": rate(_flagged(ledger, "gold_match"), with_gold),
        "unlabelled": rate(unlabelled, total["accepted"]),
    }


def judge_score(ledger: sqlite3.Connection) -> dict[str, Any]:
    """Return the mean score of the judges and over how many verdicts it is."""
    row = ledger.execute(
        "SELECT AVG(score) AS mean, COUNT(score) AS n FROM verdicts WHERE kind = 'judge'"
    ).fetchone()
    return {"mean": row["mean"], "count": row["n"]}


def funnel(ledger: sqlite3.Connection) -> Counts:
    """Return how many tasks came how far; `accepted_weakly`: those accepted where the oracle was weak."""
    total = counts(ledger)
    return {
        "tasks": total["tasks"],
        "asked": _one(ledger, "SELECT COUNT(DISTINCT sample_id) AS n FROM attempts"),
        "answered": _one(
            ledger,
            "SELECT COUNT(DISTINCT a.sample_id) AS n FROM attempts a JOIN completions USING (request_id)",
        ),
        "read": _one(
            ledger, "SELECT COUNT(DISTINCT sample_id) AS n FROM candidates WHERE answer IS NOT NULL"
        ),
        "executed": _tasks_flagged(ledger, "exec_pass"),
        "matched": _tasks_flagged(ledger, "gold_match"),
        "accepted": total["accepted"],
        "accepted_weakly": _one(
            ledger,
            "SELECT COUNT(*) AS n FROM decisions d WHERE d.status = 'accepted' AND EXISTS"  # noqa: S608  ours
            " (SELECT 1 FROM verdicts v WHERE v.sample_id = d.sample_id AND v.attempt = d.attempt"
            f" AND ({_said('weak_oracle')} OR {_said('no_suite')}))",
        ),
    }


_ACCEPTED_HERE = (
    "EXISTS (SELECT 1 FROM decisions d WHERE d.sample_id = a.sample_id AND d.status = 'accepted'"
    " AND d.attempt = a.attempt)"
)


def by_attempt(ledger: sqlite3.Connection) -> list[dict[str, Any]]:
    """Return, for each attempt over all teachers, how many were asked and accepted."""
    return _rows(
        ledger,
        f"SELECT a.attempt, COUNT(*) AS asked, SUM({_ACCEPTED_HERE}) AS accepted"  # noqa: S608  ours
        " FROM attempts a GROUP BY 1 ORDER BY 1",
    )


def by_teacher(ledger: sqlite3.Connection) -> list[dict[str, Any]]:
    """Return, for each teacher, how many requests and tasks it had, and how many it solved."""
    return _rows(
        ledger,
        "SELECT a.teacher, COUNT(*) AS asked, COUNT(DISTINCT a.sample_id) AS tasks,"  # noqa: S608  ours
        f" SUM({_ACCEPTED_HERE}) AS accepted FROM attempts a GROUP BY 1 ORDER BY MIN(a.attempt), 1",
    )


_GATES = """
SELECT gate, kind, MIN(ordinal) AS place, COUNT(*) AS judged, SUM(outcome = 'pass') AS passed,
       SUM(outcome = 'reject') AS rejected, SUM(outcome = 'error') AS errors, AVG(score) AS mean_score
FROM verdicts GROUP BY gate, kind ORDER BY kind <> 'read', place, gate
"""
_GATE_REASONS = """
SELECT reason AS name, COUNT(*) AS n FROM verdicts
WHERE gate = ? AND kind = ? AND outcome <> 'pass' GROUP BY 1
"""


def by_gate(ledger: sqlite3.Connection) -> list[dict[str, Any]]:
    """Return, for each gate in order, how many candidates it saw, passed, rejected and could not judge."""
    found = _rows(ledger, _GATES)
    for gate in found:
        del gate["place"]
        if gate["kind"] == "read":  # a reply that was read has no verdict of it
            gate["judged"] = candidates(ledger)
            gate["passed"] = gate["judged"] - gate["rejected"] - gate["errors"]
        gate["reasons"] = _by_key(ledger, _GATE_REASONS, gate["gate"], gate["kind"])
    return found


_STRENGTH = """
SELECT SUM(killed) AS killed, SUM(total) AS total FROM (
  SELECT MAX(json_extract(evidence, '$.oracle_strength.killed')) AS killed,
         MAX(json_extract(evidence, '$.oracle_strength.total')) AS total
  FROM verdicts WHERE evidence LIKE '%"oracle_strength":%' GROUP BY sample_id)
"""


_CONTESTED = """
SELECT COALESCE(SUM(inputs), 0) AS n FROM (
  SELECT MAX(json_extract(evidence, '$.inputs')) AS inputs
  FROM verdicts WHERE gate = 'contested-inputs' GROUP BY sample_id)
"""


def _said(flag: str) -> str:
    """A condition: the evidence of a verdict says `flag`, as true or as a sentence that tells why."""
    return f"evidence LIKE '%\"{flag}\":%' AND json_extract(evidence, '$.{flag}') NOT IN (0, '')"


def oracles(ledger: sqlite3.Connection) -> dict[str, Any]:
    """Return what gates said in their evidence about the strength of their own oracles, by task."""
    found: dict[str, Any] = {
        flag: _one(
            ledger,
            "SELECT COUNT(DISTINCT sample_id) AS n FROM verdicts"  # noqa: S608  two words of ours
            f" WHERE {_said(flag)}",
        )
        for flag in ("weak_oracle", "no_suite", "degenerate")
    }
    found["contested_inputs"] = _one(ledger, _CONTESTED)
    return {**found, "oracle_strength": _rows(ledger, _STRENGTH)[0]}


_REJECTED_FIRST = """
SELECT t.task_id, v.gate, v.reason, v.detail, k.answer FROM verdicts v JOIN tasks t USING (sample_id)
JOIN candidates k USING (sample_id, attempt, choice)
WHERE v.outcome = 'reject' ORDER BY t.position, v.attempt, v.choice LIMIT ?
"""


def first_rejections(ledger: sqlite3.Connection, most: int = 3) -> list[dict[str, Any]]:
    """Return the first rejected candidates in source order, as examples for people."""
    return [dict(row) for row in ledger.execute(_REJECTED_FIRST, (most,))]


def _flagged(ledger: sqlite3.Connection, flag: str) -> int:
    return _one(
        ledger,
        "SELECT COUNT(*) AS n FROM (SELECT 1 FROM verdicts"  # noqa: S608  two words of ours
        f" WHERE {flag} = 1 GROUP BY sample_id, attempt, choice)",
    )


def _tasks_flagged(ledger: sqlite3.Connection, flag: str) -> int:
    return _one(
        ledger,
        f"SELECT COUNT(DISTINCT sample_id) AS n FROM verdicts WHERE {flag} = 1",  # noqa: S608  as above
    )


def _one(ledger: sqlite3.Connection, sql: str) -> int:
    return int(ledger.execute(sql).fetchone()["n"] or 0)


def _rows(ledger: sqlite3.Connection, sql: str) -> list[dict[str, Any]]:
    return [dict(row) for row in ledger.execute(sql)]


def _by_key(ledger: sqlite3.Connection, sql: str, *values: str) -> Counts:
    """Return counts by name, most frequent first."""
    rows = sorted(ledger.execute(sql, values), key=lambda row: (-row["n"], str(row["name"])))
    return {str(row["name"]): int(row["n"]) for row in rows}
