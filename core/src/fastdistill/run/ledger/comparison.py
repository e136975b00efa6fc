"""What two ledgers are compared by: verdicts and decisions, by keys that a run and its replay share."""

import sqlite3
from pathlib import Path
from typing import Any

from fastdistill.run.folder import LEDGER
from fastdistill.run.ledger.connection import connect_writer, reading

JUDGED = ("attempts", "candidates", "verdicts", "decisions", "sessions")
"""The tables that a replay writes again."""
Key = tuple[str, str, int, int, int]
"""Task id, sample id, attempt, choice, ordinal; the last three are 0 for a decision."""

_VERDICTS = """
SELECT t.task_id, v.sample_id, v.attempt, v.choice, v.ordinal, v.gate, v.kind, v.fingerprint, v.outcome,
       v.reason, v.detail, v.score, v.evidence, v.exec_pass, v.gold_match, v.class_key
FROM verdicts v JOIN tasks t USING (sample_id)
WHERE EXISTS (SELECT 1 FROM decisions d WHERE d.sample_id = v.sample_id)
"""
_DECISIONS = """
SELECT t.task_id, d.sample_id, d.status, d.reason, d.attempt, d.choice, d.labelled
FROM decisions d JOIN tasks t USING (sample_id) WHERE COALESCE(d.reason, '') <> 'not-recorded'
"""
_OUTCOMES = """
SELECT t.sample_id, t.task_id, COALESCE(d.status, 'unfinished') AS status, d.reason FROM tasks t
LEFT JOIN decisions d USING (sample_id) WHERE t.duplicate_of IS NULL
"""


def read_verdicts(ledger: sqlite3.Connection) -> dict[Key, dict[str, Any]]:
    """Return the verdicts on the answers to decided tasks."""
    return {
        (row["task_id"], row["sample_id"], row["attempt"], row["choice"], row["ordinal"]): dict(row)
        for row in ledger.execute(_VERDICTS)
    }


def read_decisions(ledger: sqlite3.Connection) -> dict[Key, dict[str, Any]]:
    """Return the decisions, but for tasks whose answers were never recorded."""
    return {(row["task_id"], row["sample_id"], 0, 0, 0): dict(row) for row in ledger.execute(_DECISIONS)}


def read_outcomes(folder: Path) -> dict[str, tuple[str, str, str | None]]:
    """Return task id, status and reason of each task of a run, by its sample id."""
    with reading(folder) as ledger:
        return {
            row["sample_id"]: (row["task_id"], row["status"], row["reason"])
            for row in ledger.execute(_OUTCOMES)
        }


def forget_judgements(folder: Path, run_id: str) -> None:
    """Make the ledger in `folder` one of answers alone, for a replay of the run `run_id`."""
    ledger = connect_writer(folder / LEDGER)
    try:
        ledger.execute("BEGIN")
        for table in JUDGED:
            ledger.execute(f"DELETE FROM {table}")  # noqa: S608  names of ours
        ledger.execute("DELETE FROM meta WHERE key NOT IN ('ledger_version', 'identities')")
        ledger.execute("INSERT INTO meta (key, value) VALUES ('replay_of', ?)", (run_id,))
        ledger.execute("COMMIT")
    finally:
        ledger.close()


_JUDGED_ANSWER = """
SELECT v.gate, v.outcome, v.reason, v.detail, v.evidence, v.attempt, c.answer
FROM verdicts v JOIN tasks t USING (sample_id) JOIN candidates c USING (sample_id, attempt, choice)
WHERE t.task_id = ? AND v.gate = ? AND c.answer IS NOT NULL
ORDER BY v.outcome = 'reject' DESC, v.attempt DESC, v.choice LIMIT 1
"""


def read_judged_answer(ledger: sqlite3.Connection, task_id: str, gate: str) -> dict[str, Any] | None:
    """Return an answer to a task that a gate has judged, the last refused one if there is one."""
    row = ledger.execute(_JUDGED_ANSWER, (task_id, gate)).fetchone()
    return None if row is None else dict(row)
