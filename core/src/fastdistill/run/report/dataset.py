"""The exports: pure functions of the ledger's decisions, in source order. Same answers, same bytes."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from fastdistill.run.folder import DATASET, LEDGER, REJECTED, atomic
from fastdistill.run.ledger.ledger import connect
from fastdistill.run.ledger.rows import dumps

_ACCEPTED = """
SELECT t.sample_id, t.task_id, d.attempt, d.choice, d.labelled, d.detail, a.teacher, c.prompt, c.choices,
       k.answer
FROM tasks t
JOIN decisions d ON d.sample_id = t.sample_id AND d.status = 'accepted'
JOIN attempts a ON a.sample_id = t.sample_id AND a.attempt = d.attempt
JOIN completions c ON c.request_id = a.request_id
JOIN candidates k ON k.sample_id = t.sample_id AND k.attempt = d.attempt AND k.choice = d.choice
ORDER BY t.position
"""
# Of a task not yet settled nothing is shown: its attempts may still change.
_REJECTED = """
SELECT t.sample_id, t.task_id, k.attempt, k.choice, k.answer, k.rule, a.teacher, c.choices, d.status
FROM tasks t
JOIN decisions d ON d.sample_id = t.sample_id
JOIN candidates k ON k.sample_id = t.sample_id
JOIN attempts a ON a.sample_id = t.sample_id AND a.attempt = k.attempt
JOIN completions c ON c.request_id = a.request_id
WHERE NOT (d.status = 'accepted' AND d.attempt = k.attempt AND d.choice = k.choice)
ORDER BY t.position, k.attempt, k.choice
"""
_VERDICTS = """
SELECT gate, outcome, reason, detail, score, fingerprint FROM verdicts
WHERE sample_id = ? AND attempt = ? AND choice = ? ORDER BY ordinal
"""
_FAULTS = """
SELECT position, NULL AS sample_id, task_id, line, 'failed' AS status, reason, detail FROM bad_tasks
UNION ALL
SELECT t.position, t.sample_id, t.task_id, t.line, d.status, d.reason, d.detail FROM tasks t
JOIN decisions d USING (sample_id)
WHERE d.status = 'failed' AND NOT EXISTS (SELECT 1 FROM candidates k WHERE k.sample_id = t.sample_id)
UNION ALL
SELECT t.position, t.sample_id, t.task_id, t.line, 'duplicate', 'duplicate', first.task_id FROM tasks t
JOIN tasks first ON first.sample_id = t.duplicate_of
ORDER BY 1
"""


def _verdicts(
    ledger: sqlite3.Connection, row: sqlite3.Row, *, detail: bool = False
) -> list[dict[str, Any]]:
    found = []
    for verdict in ledger.execute(_VERDICTS, (row["sample_id"], row["attempt"], row["choice"])):
        shown = dict(verdict)
        if not detail:
            del shown["detail"]
        found.append(shown)
    return found


def accepted_rows(
    ledger: sqlite3.Connection, scenario: str, teachers: Mapping[str, Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """The dataset's rows. `teachers` gives `{provider, model, tier}` by a teacher's name."""
    for row in ledger.execute(_ACCEPTED):
        text, reasoning, _ = json.loads(row["choices"])[row["choice"]]
        prompt = json.loads(row["prompt"])
        messages = [{"role": role, "content": content} for role, content in prompt["messages"]]
        messages.append({"role": "assistant", "content": text})
        made = {
            "sample_id": row["sample_id"],
            "task_id": row["task_id"],
            "scenario": scenario,
            "messages": messages,
            "answer": row["answer"],
            "teacher": dict(teachers[row["teacher"]]),
            "attempt": row["attempt"],
            "labelled": bool(row["labelled"]),
            "verdicts": _verdicts(ledger, row),
        }
        if reasoning:
            made["reasoning"] = reasoning
        if row["detail"]:
            made["consensus"] = row["detail"]
        yield made


def rejected_rows(ledger: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    """Every attempt that is not in the dataset, with its raw text; then tasks that have none."""
    for row in ledger.execute(_REJECTED):
        text, reasoning, finish = json.loads(row["choices"])[row["choice"]]
        verdicts = _verdicts(ledger, row, detail=True)
        last: Mapping[str, Any] = verdicts[-1] if verdicts else {}
        passed = last.get("outcome") in ("pass", None)
        made = {
            "sample_id": row["sample_id"],
            "task_id": row["task_id"],
            "status": row["status"],
            "attempt": row["attempt"],
            "choice": row["choice"],
            "teacher": row["teacher"],
            "gate": None if passed else last["gate"],
            "outcome": "unused" if passed else last["outcome"],
            "reason": None if passed else last["reason"],
            "detail": "" if passed else last["detail"],
            "answer": row["answer"],
            "read_by": row["rule"],
            "text": text,
            "finish": finish,
        }
        if reasoning:
            made["reasoning"] = reasoning
        yield made
    for row in ledger.execute(_FAULTS):
        made = dict(row)
        del made["position"]
        yield made


def write_exports(
    folder: Path, scenario: str, teachers: Mapping[str, Mapping[str, Any]]
) -> tuple[int, int]:
    """Write the dataset and the rejects of `folder`'s ledger, each atomically; returns their row counts."""
    counts = []
    with closing(connect(folder / LEDGER, write=False)) as ledger:
        for name, rows in (
            (DATASET, accepted_rows(ledger, scenario, teachers)),
            (REJECTED, rejected_rows(ledger)),
        ):
            with atomic(folder / name) as file:
                counts.append(sum(1 for row in rows if file.write(dumps(row) + "\n")))
    return counts[0], counts[1]
