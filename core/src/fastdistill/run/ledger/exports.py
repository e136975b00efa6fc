"""What the exports are made of: decisions, answers and verdicts in source order, as records with names."""

import sqlite3
from collections.abc import Iterator
from typing import Any

from attrs import frozen

from fastdistill.model.answer import Choice
from fastdistill.run.jsonl import loads
from fastdistill.run.ledger.rows import read_choices


@frozen(kw_only=True)
class VerdictRow:
    """One verdict as the exports show it: nothing that changes when it is given again."""

    gate: str
    outcome: str
    reason: str | None
    detail: str
    score: float | None
    fingerprint: str
    evidence: dict[str, Any]


@frozen(kw_only=True)
class AcceptedRow:
    """The answer to a task that was accepted."""

    sample_id: str
    task_id: str
    messages: list[tuple[str, str]]
    """The prompt's, as role and content."""
    choice: Choice
    answer: str
    teacher: str
    attempt: int
    labelled: bool
    detail: str
    verdicts: list[VerdictRow]
    row: dict[str, Any]
    """The task's, as it stood in its source."""
    group: str
    split: str


@frozen(kw_only=True)
class UnusedRow:
    """An answer to a decided task that is not in the dataset."""

    sample_id: str
    task_id: str
    status: str
    """The task's."""
    attempt: int
    choice_number: int
    choice: Choice
    teacher: str
    answer: str | None
    read_by: str
    verdicts: list[VerdictRow]
    messages: list[tuple[str, str]]
    """The prompt's, as role and content."""
    input: dict[str, Any]
    row: dict[str, Any]
    """The task's, as it stood in its source."""
    group: str
    split: str


@frozen(kw_only=True)
class UnansweredRow:
    """A line of the source that has no answer: a bad line, a task that failed, one that was skipped."""

    sample_id: str | None
    task_id: str | None
    line: int
    status: str
    reason: str | None
    detail: str


_ACCEPTED = """
SELECT t.sample_id, t.task_id, d.attempt, d.choice, d.labelled, d.detail, a.teacher, c.prompt, c.choices,
       k.answer, t.row, t.grp, t.split, c.purpose
FROM tasks t
JOIN decisions d ON d.sample_id = t.sample_id AND d.status = 'accepted'
JOIN attempts a ON a.sample_id = t.sample_id AND a.attempt = d.attempt
JOIN completions c ON c.request_id = a.request_id AND c.purpose IN ('teacher', 'repair')
JOIN candidates k ON k.sample_id = t.sample_id AND k.attempt = d.attempt AND k.choice = d.choice
ORDER BY t.position
"""
# Of a task that has no decision yet nothing is shown: its attempts may still change.
_UNUSED = """
SELECT t.sample_id, t.task_id, k.attempt, k.choice, k.answer, k.rule, a.teacher, c.choices, d.status,
       c.prompt, t.input, t.row, t.grp, t.split, c.purpose
FROM tasks t
JOIN decisions d ON d.sample_id = t.sample_id
JOIN candidates k ON k.sample_id = t.sample_id
JOIN attempts a ON a.sample_id = t.sample_id AND a.attempt = k.attempt
JOIN completions c ON c.request_id = a.request_id
WHERE NOT (d.status = 'accepted' AND d.attempt = k.attempt AND d.choice = k.choice)
ORDER BY t.position, k.attempt, k.choice
"""
_VERDICTS = """
SELECT gate, outcome, reason, detail, score, fingerprint, evidence FROM verdicts
WHERE sample_id = ? AND attempt = ? AND choice = ? ORDER BY ordinal
"""
_UNANSWERED = """
SELECT position, NULL AS sample_id, task_id, line, 'failed' AS status, reason, detail FROM bad_tasks
UNION ALL
SELECT t.position, t.sample_id, t.task_id, t.line, d.status, d.reason, d.detail FROM tasks t
JOIN decisions d USING (sample_id)
WHERE d.status IN ('failed', 'skipped')
AND NOT EXISTS (SELECT 1 FROM candidates k WHERE k.sample_id = t.sample_id)
UNION ALL
SELECT t.position, t.sample_id, t.task_id, t.line, 'skipped', 'duplicate', first.task_id FROM tasks t
JOIN tasks first ON first.sample_id = t.duplicate_of
ORDER BY 1
"""


def read_accepted(ledger: sqlite3.Connection) -> Iterator[AcceptedRow]:
    """Yield what the dataset is made of, in source order."""
    for row in ledger.execute(_ACCEPTED):
        yield AcceptedRow(
            sample_id=row["sample_id"],
            task_id=row["task_id"],
            messages=_messages(row),
            choice=read_choices(row["choices"])[row["choice"]],
            answer=row["answer"],
            teacher=row["teacher"],
            attempt=row["attempt"],
            labelled=bool(row["labelled"]),
            detail=row["detail"],
            verdicts=_verdicts(ledger, row),
            row=loads(row["row"]),
            group=row["grp"],
            split=row["split"],
        )


def read_unused(ledger: sqlite3.Connection) -> Iterator[UnusedRow]:
    """Yield every answer to a decided task that is not in the dataset, in source order."""
    for row in ledger.execute(_UNUSED):
        yield UnusedRow(
            sample_id=row["sample_id"],
            task_id=row["task_id"],
            status=row["status"],
            attempt=row["attempt"],
            choice_number=row["choice"],
            choice=read_choices(row["choices"])[row["choice"]],
            teacher=row["teacher"],
            answer=row["answer"],
            read_by=row["rule"],
            verdicts=_verdicts(ledger, row),
            messages=_messages(row),
            input=loads(row["input"]),
            row=loads(row["row"]),
            group=row["grp"],
            split=row["split"],
        )


def read_unanswered(ledger: sqlite3.Connection) -> Iterator[UnansweredRow]:
    """Yield every line of the source that has no answer and is decided, in source order."""
    for row in ledger.execute(_UNANSWERED):
        yield UnansweredRow(
            sample_id=row["sample_id"],
            task_id=row["task_id"],
            line=row["line"],
            status=row["status"],
            reason=row["reason"],
            detail=row["detail"],
        )


def _verdicts(ledger: sqlite3.Connection, row: sqlite3.Row) -> list[VerdictRow]:
    found = ledger.execute(_VERDICTS, (row["sample_id"], row["attempt"], row["choice"]))
    return [VerdictRow(**{**dict(one), "evidence": loads(one["evidence"])}) for one in found]


def _messages(row: sqlite3.Row) -> list[tuple[str, str]]:
    """Return the original prompt: a repair shows the refused reply and what was told of it behind that."""
    shown = [(role, content) for role, content in loads(row["prompt"])["messages"]]
    return shown[:-2] if row["purpose"] == "repair" else shown


# -- examples for the page

_FIRST_ACCEPTED = f"{_ACCEPTED.rstrip()} LIMIT ?"
# One of each reason first, so that a page with few examples still shows the kinds.
_FIRST_REFUSED = """
SELECT task_id, input, answer, choices, choice, gate, reason, detail, outcome FROM (
  SELECT t.task_id, t.input, t.position, k.answer, c.choices, k.choice,
         v.gate, v.reason, v.detail, v.outcome,
         ROW_NUMBER() OVER (PARTITION BY v.reason ORDER BY t.position, k.attempt, k.choice) AS place
  FROM verdicts v JOIN tasks t USING (sample_id)
  JOIN candidates k USING (sample_id, attempt, choice)
  JOIN attempts a USING (sample_id, attempt) JOIN completions c ON c.request_id = a.request_id
  WHERE v.outcome <> 'pass')
ORDER BY place, position LIMIT ?
"""
_INPUT = "SELECT input FROM tasks WHERE sample_id = ?"


@frozen(kw_only=True)
class Example:
    """An answer to show to people."""

    task_id: str
    input: dict[str, Any]
    text: str
    gate: str | None = None
    """Of the gate that did not pass it; None for an accepted one."""
    reason: str | None = None
    detail: str = ""
    outcome: str = "pass"


def read_examples(ledger: sqlite3.Connection, most: int) -> tuple[list[Example], list[Example]]:
    """Return the first accepted answers, and answers that did not pass, of as many kinds as there are."""
    accepted = [
        Example(
            task_id=row["task_id"],
            input=loads(ledger.execute(_INPUT, (row["sample_id"],)).fetchone()["input"]),
            text=read_choices(row["choices"])[row["choice"]].text,
        )
        for row in ledger.execute(_FIRST_ACCEPTED, (most,)).fetchall()
    ]
    refused = [
        Example(
            task_id=row["task_id"],
            input=loads(row["input"]),
            text=read_choices(row["choices"])[row["choice"]].text,
            gate=row["gate"],
            reason=row["reason"],
            detail=row["detail"],
            outcome=row["outcome"],
        )
        for row in ledger.execute(_FIRST_REFUSED, (most,)).fetchall()
    ]
    return accepted, refused
