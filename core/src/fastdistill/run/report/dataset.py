"""The exports: pure functions of the ledger's decisions, in source order. Same answers, same bytes."""

from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from attrs import asdict

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


def write_exports(
    folder: Path, scenario: str, teachers: Mapping[str, Mapping[str, Any]]
) -> tuple[int, int]:
    """Write the dataset and the rejects of `folder`'s ledger, each atomically; return their row counts.

    `teachers` gives `{provider, model, tier}` by a teacher's name.
    """
    with reading(folder) as ledger:
        accepted = (accepted_row(one, scenario, teachers) for one in read_accepted(ledger))
        kept = _write(folder / DATASET, accepted)
        unused = map(unused_row, read_unused(ledger))
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
    one: AcceptedRow, scenario: str, teachers: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Return a row of the dataset: only what repeats when the same answers are judged again."""
    messages = [{"role": role, "content": content} for role, content in one.messages]
    made = {
        "sample_id": one.sample_id,
        "task_id": one.task_id,
        "scenario": scenario,
        "messages": [*messages, {"role": "assistant", "content": one.choice.text}],
        "answer": one.answer,
        "teacher": dict(teachers[one.teacher]),
        "attempt": one.attempt,
        "labelled": one.labelled,
        "verdicts": [_shown(verdict) for verdict in one.verdicts],
    }
    if one.choice.reasoning:
        made["reasoning"] = one.choice.reasoning
    if one.detail:
        made["consensus"] = one.detail
    return made


def _shown(verdict: VerdictRow) -> dict[str, Any]:
    return {
        "gate": verdict.gate,
        "outcome": verdict.outcome,
        "reason": verdict.reason,
        "score": verdict.score,
        "fingerprint": verdict.fingerprint,
    }


def unused_row(one: UnusedRow) -> dict[str, Any]:
    """Return a row of the rejects: an answer with its raw text, and the verdict that stopped it."""
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
        "answer": one.answer,
        "read_by": one.read_by,
        "text": one.choice.text,
        "finish": one.choice.finish,
    }
    if one.choice.reasoning:
        made["reasoning"] = one.choice.reasoning
    return made


def unanswered_row(one: UnansweredRow) -> dict[str, Any]:
    """Return a row of the rejects for what has no answer."""
    return asdict(one)
