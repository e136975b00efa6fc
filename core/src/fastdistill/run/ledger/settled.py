"""Decided tasks with all their answers, in source order, for exporters and for the Python API."""

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

from attrs import frozen

from fastdistill.model.answer import Message, Usage
from fastdistill.model.sample import SkipReason, Status
from fastdistill.model.settled import AttemptRecord, GateResult, SettledTask
from fastdistill.model.verdict import Outcome
from fastdistill.run.jsonl import loads
from fastdistill.run.ledger.rows import read_choices
from fastdistill.specs import ScenarioSpec


@frozen(kw_only=True)
class TaskKind:
    """What the scenario of a run says of its rows and answers."""

    scenario: str
    gold: str | None = None
    title: str | None = None
    """The key of the input that people read first."""
    worked: bool = False
    form: Callable[[str], str] | None = None
    """Writes an answer as a student should say it."""

    @classmethod
    def of(cls, spec: ScenarioSpec[Any]) -> "TaskKind":
        """Return what a scenario's spec says."""
        return cls(scenario=spec.name, gold=spec.gold, title=spec.title, worked=spec.worked, form=spec.form)


_TASKS = """
SELECT t.position, t.sample_id, t.task_id, t.input, t.row, t.grp, t.split, t.duplicate_of,
       d.status, d.reason, d.attempt, d.choice, d.labelled
FROM tasks t LEFT JOIN decisions d ON d.sample_id = t.sample_id
WHERE t.position > ? {where} ORDER BY t.position
"""
_ATTEMPTS = """
SELECT a.attempt, a.teacher, c.prompt, c.choices, c.prompt_tokens, c.completion_tokens, c.cached_tokens,
       c.reasoning_tokens
FROM attempts a JOIN completions c ON c.request_id = a.request_id
WHERE a.sample_id = ? ORDER BY a.attempt
"""
_CANDIDATES = "SELECT attempt, choice, answer FROM candidates WHERE sample_id = ?"
_VERDICTS = """
SELECT attempt, choice, gate, kind, outcome, reason, detail, score, fingerprint
FROM verdicts WHERE sample_id = ? ORDER BY attempt, choice, ordinal
"""


_ASKED = """
SELECT t.task_id, t.input, c.prompt FROM tasks t
LEFT JOIN attempts a ON a.sample_id = t.sample_id AND a.attempt = 1
LEFT JOIN completions c ON c.request_id = a.request_id
WHERE t.duplicate_of IS NULL ORDER BY t.position
"""


def read_asked(ledger: sqlite3.Connection) -> Iterator[tuple[str, dict[str, Any], str | None]]:
    """Yield each task's id and input, and the last message that its first teacher was shown."""
    for row in ledger.execute(_ASKED):
        shown = None if row["prompt"] is None else loads(row["prompt"])["messages"][-1][1]
        yield row["task_id"], loads(row["input"]), shown


def read_settled(
    ledger: sqlite3.Connection,
    kind: TaskKind,
    *,
    split: str | None = None,
    status: Status | None = None,
) -> Iterator[SettledTask]:
    """Yield the tasks of a run in source order, those of one split or status where one is named.

    A task that is not decided yet is `unfinished`.
    """
    where, values = list[str](), list[Any]([-1])
    if split is not None:
        where.append("AND t.split = ?")
        values.append(split)
    if status is not None:
        where.append("AND d.status = ?")
        values.append(status.value)
    for row in ledger.execute(_TASKS.format(where=" ".join(where)), values):
        yield _settled(ledger, kind, row)


def _settled(ledger: sqlite3.Connection, kind: TaskKind, row: sqlite3.Row) -> SettledTask:
    prompt, attempts = _attempts(ledger, row["sample_id"], kind.form)
    kept = loads(row["row"])
    status, reason = row["status"] or Status.UNFINISHED, row["reason"]
    if row["duplicate_of"] is not None:
        status, reason = Status.SKIPPED, SkipReason.DUPLICATE.value
    accepted = [
        one
        for one in attempts
        if status == Status.ACCEPTED and (one.attempt, one.choice) == (row["attempt"], row["choice"])
    ]
    return SettledTask(
        sample_id=row["sample_id"],
        task_id=row["task_id"],
        scenario=kind.scenario,
        input=loads(row["input"]),
        row=kept,
        gold=kept.get(kind.gold) if kind.gold else None,
        worked=kind.worked,
        tags=tuple(kept.get("tags") or ()),
        meta=kept.get("meta") or {},
        prompt=prompt,
        status=Status(status),
        reason=reason,
        labelled=bool(row["labelled"]),
        group=row["grp"],
        split=row["split"],
        attempts=attempts,
        accepted=accepted[0] if accepted else None,
    )


def _attempts(
    ledger: sqlite3.Connection, sample_id: str, form: Callable[[str], str] | None
) -> tuple[tuple[Message, ...], tuple[AttemptRecord, ...]]:
    """Return the first prompt, and every answer in the order of attempts and choices."""
    answers = {
        (one["attempt"], one["choice"]): one["answer"] for one in ledger.execute(_CANDIDATES, (sample_id,))
    }
    verdicts = dict[tuple[int, int], list[GateResult]]()
    for one in ledger.execute(_VERDICTS, (sample_id,)):
        verdicts.setdefault((one["attempt"], one["choice"]), []).append(
            GateResult(
                gate=one["gate"],
                kind=one["kind"],
                outcome=Outcome(one["outcome"]),
                reason=one["reason"],
                detail=one["detail"],
                score=one["score"],
                fingerprint=one["fingerprint"],
            )
        )
    prompt, found = tuple[Message, ...](), list[AttemptRecord]()
    for row in ledger.execute(_ATTEMPTS, (sample_id,)):
        shown = loads(row["prompt"])["messages"]
        prompt = prompt or tuple(Message(role=role, content=content) for role, content in shown)
        for choice, one in enumerate(read_choices(row["choices"])):
            at = (row["attempt"], choice)
            if at not in answers:
                continue  # paid for, and not judged yet
            said = tuple(verdicts.get(at, ()))
            answer = answers[at]
            found.append(
                AttemptRecord(
                    attempt=row["attempt"],
                    choice=choice,
                    teacher=row["teacher"],
                    text=one.text,
                    reasoning=one.reasoning,
                    finish=one.finish,
                    answer=answer,
                    formed=form(answer) if form is not None and answer is not None else None,
                    judgements=said,
                    outcome=said[-1].outcome if said else Outcome.PASS,
                    usage=_usage(row),
                )
            )
    return prompt, tuple(found)


def _usage(row: sqlite3.Row) -> Usage | None:
    counts = {
        key: row[key] for key in ("prompt_tokens", "completion_tokens", "cached_tokens", "reasoning_tokens")
    }
    return Usage(**counts) if any(value is not None for value in counts.values()) else None
