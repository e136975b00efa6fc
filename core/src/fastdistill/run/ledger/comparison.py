"""What two ledgers are compared by: verdicts and decisions, by keys that a run and its replay share."""

import sqlite3
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, TypeVar

from fastdistill.run.folder import LEDGER
from fastdistill.run.ledger.connection import connect_writer, reading

JUDGED = ("attempts", "candidates", "verdicts", "decisions", "sessions")
"""The tables that a replay writes again."""
Key = tuple[str, str, int, int, int]
"""Sample id, task id, attempt, choice, ordinal; the last three are 0 for a decision."""
Change = tuple[Key, dict[str, Any] | None, dict[str, Any] | None]
"""What the one ledger and the other say under a key; None for nothing."""
Outcome = tuple[str, str, str | None]
"""Task id, status, reason."""
K = TypeVar("K", str, Key)

_VERDICTS = """
SELECT t.task_id, v.sample_id, v.attempt, v.choice, v.ordinal, v.gate, v.kind, v.fingerprint, v.outcome,
       v.reason, v.detail, v.score, v.evidence, v.exec_pass, v.gold_match, v.class_key
FROM verdicts v CROSS JOIN tasks t USING (sample_id)
WHERE EXISTS (SELECT 1 FROM decisions d WHERE d.sample_id = v.sample_id)
ORDER BY v.sample_id, v.attempt, v.choice, v.ordinal
"""
_DECISIONS = """
SELECT t.task_id, d.sample_id, d.status, d.reason, d.attempt, d.choice, d.labelled
FROM decisions d CROSS JOIN tasks t USING (sample_id) WHERE COALESCE(d.reason, '') <> 'not-recorded'
ORDER BY d.sample_id
"""
_OUTCOMES = """
SELECT t.sample_id, t.task_id, COALESCE(d.status, 'unfinished') AS status, d.reason FROM tasks t
LEFT JOIN decisions d USING (sample_id) WHERE t.duplicate_of IS NULL
"""
_IN_ORDER = f"{_OUTCOMES.rstrip()} ORDER BY t.sample_id"


def changed(old: Path, new: Path, what: Literal["verdict", "decision"]) -> Iterator[Change]:
    """Yield what the ledgers of two folders say otherwise of the same answers; one task at a time is held.

    A verdict on a task that the first ledger has none on is no change: it was never judged there.
    """
    with reading(old) as one, reading(new) as two:
        sql, key_of = (_VERDICTS, _verdict_key) if what == "verdict" else (_DECISIONS, _decision_key)
        pairs = _merged(one.execute(sql), two.execute(sql), key_of)
        for _, group in groupby(pairs, key=lambda pair: pair[0][0]):
            found = list(group)
            if all(before is None for _, before, _ in found):
                continue
            for key, before, after in found:
                if before is None or after is None or tuple(before) != tuple(after):
                    yield key, dict(before) if before else None, dict(after) if after else None


def changed_outcomes(old: Path, new: Path) -> Iterator[tuple[Outcome | None, Outcome | None]]:
    """Yield the tasks whose outcome differs between two runs, and those that only one of them has."""
    with reading(old) as one, reading(new) as two:
        for _, before, after in _merged(one.execute(_IN_ORDER), two.execute(_IN_ORDER), _first):
            if before is None or after is None or tuple(before)[2:] != tuple(after)[2:]:
                yield _outcome(before) if before else None, _outcome(after) if after else None


def _verdict_key(row: sqlite3.Row) -> Key:
    return (row[1], row[0], row[2], row[3], row[4])


def _decision_key(row: sqlite3.Row) -> Key:
    return (row[1], row[0], 0, 0, 0)


def _first(row: sqlite3.Row) -> str:
    return str(row[0])


def _outcome(row: sqlite3.Row) -> Outcome:
    return row["task_id"], row["status"], row["reason"]


def _merged(
    old: Iterator[sqlite3.Row], new: Iterator[sqlite3.Row], key: Callable[[sqlite3.Row], K]
) -> Iterator[tuple[K, sqlite3.Row | None, sqlite3.Row | None]]:
    """Yield each key with the row that either side has for it; both come in the keys' order."""
    one, two = next(old, None), next(new, None)
    while one is not None or two is not None:
        mine, other = None if one is None else key(one), None if two is None else key(two)
        if other is None or (mine is not None and mine < other):
            assert mine is not None  # noqa: S101  one of both is there
            yield mine, one, None
            one = next(old, None)
        elif mine is None or other < mine:
            yield other, None, two
            two = next(new, None)
        else:
            yield mine, one, two
            one, two = next(old, None), next(new, None)


def read_outcomes(folder: Path) -> dict[str, Outcome]:
    """Return task id, status and reason of each task of a run, by its sample id."""
    with reading(folder) as ledger:
        return {row["sample_id"]: _outcome(row) for row in ledger.execute(_OUTCOMES)}


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
