"""Everything that a ledger holds of one task, for a person to look at: nothing is left out or shortened."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen

from fastdistill.run.jsonl import loads
from fastdistill.run.ledger.rows import read_choices


@frozen(kw_only=True)
class SeenVerdict:
    """A gate's verdict with its evidence."""

    gate: str
    kind: str
    outcome: str
    reason: str | None
    detail: str
    score: float | None
    evidence: dict[str, Any]
    fingerprint: str
    elapsed: float
    differences: list[list[str]]
    """Inputs on which the candidate and the gold disagree: digest of input, of output, and its grade."""


@frozen(kw_only=True)
class SeenAnswer:
    """One answer: what was asked and said, how it was read, what the gates said."""

    attempt: int
    choice: int
    teacher: str
    model: str
    text: str
    reasoning: str | None
    finish: str | None
    prompt: tuple[tuple[str, str], ...]
    """Role and content of each message."""
    answer: str | None
    rule: str | None
    """By which rule it was read; None for a reply that was not judged yet."""
    reason: str | None
    detail: str
    reading: dict[str, Any]
    """The reader's evidence."""
    verdicts: Sequence[SeenVerdict]
    accepted: bool
    tokens: int | None
    latency: float
    cached: bool

    @property
    def outcome(self) -> str:
        """`pass`, `reject`, `error`, or `waiting` for one that has no verdict yet."""
        if self.rule is None:
            return "waiting"
        return self.verdicts[-1].outcome if self.verdicts else "pass"


@frozen(kw_only=True)
class SeenTask:
    """One task."""

    position: int
    sample_id: str
    task_id: str
    input: dict[str, Any]
    row: dict[str, Any]
    """As it stood in its source; empty where the run did not keep it."""
    group: str
    split: str
    status: str
    reason: str | None
    detail: str
    duplicate_of: str | None
    """The task id of the first with the same input."""
    labelled: bool
    answers: Sequence[SeenAnswer] = ()
    faults: Sequence[Mapping[str, Any]] = field(factory=tuple)
    """Calls that failed: teacher, kind and detail."""


_TASK = """
SELECT t.*, d.status, d.reason, d.detail, d.attempt, d.choice, d.labelled, first.task_id AS first_id
FROM tasks t LEFT JOIN decisions d ON d.sample_id = t.sample_id
LEFT JOIN tasks first ON first.sample_id = t.duplicate_of WHERE {where}
"""
_ANSWERS = """
SELECT a.attempt, a.teacher, c.prompt, c.choices, c.model, c.prompt_tokens, c.completion_tokens, c.latency,
       c.cached
FROM attempts a JOIN completions c ON c.request_id = a.request_id WHERE a.sample_id = ? ORDER BY a.attempt
"""


def read_task(
    ledger: sqlite3.Connection, *, position: int | None = None, sample_id: str = ""
) -> SeenTask | None:
    """Return the task at a position or of a sample id; None where there is none."""
    where, value = ("t.position = ?", position) if position is not None else ("t.sample_id = ?", sample_id)
    row = ledger.execute(_TASK.format(where=where), (value,)).fetchone()
    if row is None:
        return None
    duplicate = row["duplicate_of"] is not None
    chosen = (row["attempt"], row["choice"]) if row["status"] == "accepted" else None
    return SeenTask(
        position=row["position"],
        sample_id=row["sample_id"],
        task_id=row["task_id"],
        input=loads(row["input"]),
        row=loads(row["row"]),
        group=row["grp"],
        split=row["split"],
        status="skipped" if duplicate else row["status"] or "unfinished",
        reason="duplicate" if duplicate else row["reason"],
        detail=row["detail"] or "",
        duplicate_of=row["first_id"],
        labelled=bool(row["labelled"]),
        answers=_answers(ledger, row["sample_id"], chosen),
        faults=[
            dict(one)
            for one in ledger.execute(
                "SELECT teacher, kind, detail, final FROM faults WHERE sample_id = ? ORDER BY id LIMIT 50",
                (row["sample_id"],),
            )
        ],
    )


def _answers(
    ledger: sqlite3.Connection, sample_id: str, chosen: tuple[int, int] | None
) -> list[SeenAnswer]:
    read = {
        (one["attempt"], one["choice"]): one
        for one in ledger.execute("SELECT * FROM candidates WHERE sample_id = ?", (sample_id,))
    }
    verdicts = dict[tuple[int, int], list[SeenVerdict]]()
    for one in ledger.execute(
        "SELECT * FROM verdicts WHERE sample_id = ? ORDER BY attempt, choice, ordinal", (sample_id,)
    ):
        verdicts.setdefault((one["attempt"], one["choice"]), []).append(_verdict(one))
    found = list[SeenAnswer]()
    for row in ledger.execute(_ANSWERS, (sample_id,)):
        prompt = tuple((role, content) for role, content in loads(row["prompt"])["messages"])
        for number, choice in enumerate(read_choices(row["choices"])):
            at = (row["attempt"], number)
            how = read.get(at)
            known = row["prompt_tokens"] is not None and row["completion_tokens"] is not None
            found.append(
                SeenAnswer(
                    attempt=row["attempt"],
                    choice=number,
                    teacher=row["teacher"],
                    model=row["model"],
                    text=choice.text,
                    reasoning=choice.reasoning,
                    finish=choice.finish,
                    prompt=prompt,
                    answer=how["answer"] if how else None,
                    rule=how["rule"] if how else None,
                    reason=how["reason"] if how else None,
                    detail=how["detail"] if how else "",
                    reading=loads(how["evidence"]) if how else {},
                    verdicts=verdicts.get(at, ()),
                    accepted=at == chosen,
                    tokens=row["prompt_tokens"] + row["completion_tokens"] if known else None,
                    latency=row["latency"],
                    cached=bool(row["cached"]),
                )
            )
    return found


def _verdict(row: sqlite3.Row) -> SeenVerdict:
    return SeenVerdict(
        gate=row["gate"],
        kind=row["kind"],
        outcome=row["outcome"],
        reason=row["reason"],
        detail=row["detail"],
        score=row["score"],
        evidence=loads(row["evidence"]),
        fingerprint=row["fingerprint"],
        elapsed=row["elapsed"],
        differences=loads(row["differences"] or "[]"),
    )


@frozen(kw_only=True)
class Place:
    """A reason why answers did not pass, how many there are, and where the first of them stands."""

    reason: str
    count: int
    sample_id: str
    attempt: int
    choice: int
    detail: str


_REASONS = """
SELECT reason, count, sample_id, attempt, choice, detail FROM (
  SELECT v.reason, v.sample_id, v.attempt, v.choice, v.detail,
         COUNT(*) OVER (PARTITION BY v.reason) AS count,
         ROW_NUMBER() OVER (PARTITION BY v.reason ORDER BY t.position, v.attempt, v.choice) AS place
  FROM verdicts v JOIN tasks t USING (sample_id) WHERE v.outcome <> 'pass' AND v.reason IS NOT NULL)
WHERE place = 1 ORDER BY count DESC, reason LIMIT ?
"""


def read_reasons(ledger: sqlite3.Connection, most: int) -> list[Place]:
    """Return the commonest reasons, each with its first answer in source order."""
    return [Place(**dict(row)) for row in ledger.execute(_REASONS, (most,))]
