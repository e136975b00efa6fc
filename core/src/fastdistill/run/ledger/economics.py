"""What repairs and the choice by the student were worth, read from the ledger alone."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from fastdistill.run.jsonl import dumps
from fastdistill.run.ledger.metrics import rate

# The first attempt of each task that was refused for a reason that is repaired and told, with what came
# next from the same teacher: the two arms are the same kind of task, parted by the task's hash.
_NEXT = """
WITH refused AS (
  SELECT v.sample_id, MIN(v.attempt) AS attempt FROM verdicts v
  WHERE v.outcome = 'reject' AND v.tell IS NOT NULL AND v.reason IN (SELECT value FROM json_each(?))
  GROUP BY v.sample_id)
SELECT c.purpose, v.reason, COUNT(*) AS tasks,
       SUM(d.status = 'accepted' AND d.attempt = n.attempt) AS accepted,
       SUM(c.prompt_tokens + c.completion_tokens) AS tokens,
       SUM(c.prompt_tokens IS NULL OR c.completion_tokens IS NULL) AS unknown
FROM refused r
JOIN (SELECT sample_id, attempt, MIN(reason) AS reason FROM verdicts
      WHERE outcome = 'reject' GROUP BY 1, 2) v USING (sample_id, attempt)
JOIN attempts a USING (sample_id, attempt)
JOIN attempts n ON n.sample_id = r.sample_id AND n.attempt = r.attempt + 1 AND n.teacher = a.teacher
JOIN completions c ON c.request_id = n.request_id
JOIN decisions d ON d.sample_id = r.sample_id
WHERE c.purpose IN ('teacher', 'repair') GROUP BY 1, 2 ORDER BY 1, 2
"""


def repairs(ledger: sqlite3.Connection, reasons: Sequence[str]) -> dict[str, Any]:
    """Return what the next attempt came to, repaired and asked from the start, over all and by reason."""
    rows = ledger.execute(_NEXT, (dumps(list(reasons)),)).fetchall()
    arms = {"repaired": "repair", "asked_anew": "teacher"}
    found: dict[str, Any] = {
        name: _arm([row for row in rows if row["purpose"] == purpose]) for name, purpose in arms.items()
    }
    found["by_reason"] = {
        reason: {
            name: _arm([row for row in rows if row["purpose"] == purpose and row["reason"] == reason])
            for name, purpose in arms.items()
        }
        for reason in sorted({row["reason"] for row in rows})
    }
    return found


def _arm(rows: Sequence[sqlite3.Row]) -> dict[str, Any]:
    tasks, accepted = (sum(row[key] for row in rows) for key in ("tasks", "accepted"))
    known = bool(rows) and not any(row["unknown"] for row in rows)
    tokens = sum(row["tokens"] for row in rows) if known else None
    return {
        **rate(accepted, tasks),
        "tokens": tokens,
        "accepted_per_1000_tokens": 1000 * accepted / tokens if tokens else None,
    }


_SKIPPED = "SELECT COUNT(*) AS n FROM decisions WHERE status = 'skipped' AND reason = ?"
_SPENT = """
SELECT COUNT(DISTINCT sample_id) AS tasks, SUM(prompt_tokens + completion_tokens) AS tokens,
       SUM(prompt_tokens IS NULL OR completion_tokens IS NULL) AS unknown
FROM completions WHERE purpose IN (SELECT value FROM json_each(?))
"""


def selection(ledger: sqlite3.Connection) -> dict[str, Any]:
    """Return how many tasks the student left out, and what that saves of the teacher's tokens.

    The saving is an estimate: as many tokens as a task that was asked took in the mean.
    """
    skipped = {
        reason: int(ledger.execute(_SKIPPED, (reason,)).fetchone()["n"])
        for reason in ("solved-by-student", "unsolved-by-student")
    }
    asked = ledger.execute(_SPENT, (dumps(["teacher", "repair"]),)).fetchone()
    student = ledger.execute(_SPENT, (dumps(["student"]),)).fetchone()
    mean = asked["tokens"] / asked["tasks"] if asked["tasks"] and not asked["unknown"] else None
    return {
        "skipped": skipped,
        "student_tasks": student["tasks"],
        "student_tokens": student["tokens"] if not student["unknown"] else None,
        "teacher_tokens_per_task": mean,
        "teacher_tokens_saved": None if mean is None else mean * sum(skipped.values()),
    }
