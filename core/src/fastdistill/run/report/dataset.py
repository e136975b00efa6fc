"""The exports: pure functions of the ledger's decisions, in source order. Same answers, same bytes."""

from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from attrs import asdict

from fastdistill.model.answer import Choice
from fastdistill.model.settled import said
from fastdistill.run.folder import DATASET, REJECTED, atomic
from fastdistill.run.jsonl import dumps
from fastdistill.run.ledger.connection import reading
from fastdistill.run.ledger.exports import (
    AcceptedRow,
    UnansweredRow,
    UnusedRow,
    VerdictRow,
    read_accepted,
    read_unanswered,
    read_unused,
)
from fastdistill.run.ledger.settled import TaskKind
from fastdistill.settings import DatasetRows

Teachers = Mapping[str, Mapping[str, Any]]
"""`{provider, model, tier}` by a teacher's name."""


def write_exports(
    folder: Path, kind: TaskKind, teachers: Teachers, options: DatasetRows
) -> tuple[int, int]:
    """Write the dataset and the rejects of `folder`'s ledger, each atomically; return their row counts."""
    with reading(folder) as ledger:
        accepted = (accepted_row(one, kind, teachers, options) for one in read_accepted(ledger))
        kept = _write(folder / DATASET, accepted)
        unused = (unused_row(one, kind) for one in read_unused(ledger))
        dropped = _write(folder / REJECTED, chain(unused, map(unanswered_row, read_unanswered(ledger))))
    return kept, dropped


def _write(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    count = 0
    with atomic(path) as file:
        for row in rows:
            file.write(dumps(row) + "\n")
            count += 1
    return count


def accepted_row(
    one: AcceptedRow, kind: TaskKind, teachers: Teachers, options: DatasetRows
) -> dict[str, Any]:
    """Return a row of the dataset: only what repeats when the same answers are judged again."""
    made = {
        "sample_id": one.sample_id,
        "task_id": one.task_id,
        "scenario": kind.scenario,
        "messages": [*_messages(one.messages), _assistant(one.choice, one.answer, kind, options.content)],
        "answer": one.answer,
        "teacher": dict(teachers[one.teacher]),
        "attempt": one.attempt,
        "labelled": one.labelled,
        "group": one.group,
        "split": one.split,
        "verdicts": [_shown(verdict) for verdict in one.verdicts],
    }
    if one.detail:
        made["consensus"] = one.detail
    requested = {
        "gold": one.row.get(kind.gold) if kind.gold else None,
        "tags": one.row.get("tags") or [],
        "meta": one.row.get("meta") or {},
    }
    return made | {key: requested[key] for key in options.include}


def _messages(messages: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"role": role, "content": content} for role, content in messages]


def _assistant(choice: Choice, answer: str, kind: TaskKind, content: str) -> dict[str, str]:
    """Return the assistant's message, with the teacher's reasoning where chat templates read it."""
    formed = kind.form(answer) if kind.form is not None else None
    text = said(choice.text, formed, choice.reasoning, worked=kind.worked, content=content)
    turn = {"role": "assistant", "content": text}
    return turn | ({"reasoning_content": choice.reasoning} if choice.reasoning else {})


def _shown(verdict: VerdictRow) -> dict[str, Any]:
    return {
        "gate": verdict.gate,
        "outcome": verdict.outcome,
        "reason": verdict.reason,
        "score": verdict.score,
        "fingerprint": verdict.fingerprint,
    }


def unused_row(one: UnusedRow, kind: TaskKind) -> dict[str, Any]:
    """Return a row of the rejects: an answer as it came, its question, and the verdict that stopped it."""
    last = one.verdicts[-1] if one.verdicts and one.verdicts[-1].outcome != "pass" else None
    made = {
        "sample_id": one.sample_id,
        "task_id": one.task_id,
        "status": one.status,
        "attempt": one.attempt,
        "choice": one.choice_number,
        "teacher": one.teacher,
        "gate": last.gate if last else None,
        "outcome": last.outcome if last else "unused",
        "reason": last.reason if last else None,
        "detail": last.detail if last else "",
        "evidence": last.evidence if last else {},
        "prompt": _messages(one.messages),
        "question": one.input.get(kind.title) if kind.title else one.input,
        "gold": one.row.get(kind.gold) if kind.gold else None,
        "answer": one.answer,
        "read_by": one.read_by,
        "reply": one.choice.text,
        "finish": one.choice.finish,
        "group": one.group,
        "split": one.split,
    }
    return made | ({"reasoning": one.choice.reasoning} if one.choice.reasoning else {})


def unanswered_row(one: UnansweredRow) -> dict[str, Any]:
    """Return a row of the rejects for what has no answer."""
    return asdict(one)
