"""Digests of a ledger's content: what the manifest claims and `fd verify` recomputes."""

import hashlib
import sqlite3
from typing import Any

from fastdistill.run.hashing import rows_digest

CONTENT = {
    "tasks": (
        "position, sample_id, task_id, line, input_digest, input, has_gold, duplicate_of, row, grp, split"
    ),
    "bad_tasks": "position, line, task_id, reason, detail",
    "completions": (
        "request_id, purpose, sample_id, teacher, teacher_attempt, prompt, sampling, choices, model,"
        " prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, latency, waited, cached, at"
    ),
    "attempts": "sample_id, attempt, teacher, teacher_attempt, request_id",
    "faults": "request_id, sample_id, teacher, purpose, kind, detail, final, at",
    "candidates": "sample_id, attempt, choice, answer, rule, reason, detail, evidence",
    "verdicts": (
        "sample_id, attempt, choice, ordinal, gate, kind, fingerprint, outcome, reason, detail, score,"
        " evidence, exec_pass, gold_match, class_key, tell, differences, elapsed, waited"
    ),
    "decisions": "sample_id, status, reason, detail, attempts, attempt, choice, labelled, at",
}
"""The tables and columns that a digest of the content covers."""


def content_digest(ledger: sqlite3.Connection) -> str:
    """Return the digest of a ledger's content, whatever the order of its rows."""
    parts = [
        rows_digest(ledger.execute(f"SELECT {columns} FROM {table}"))  # noqa: S608  names of ours
        for table, columns in CONTENT.items()
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def prompts_entry(ledger: sqlite3.Connection) -> dict[str, Any]:
    """Return the templates that were used, and a digest of all prompts as they were sent."""
    templates = ledger.execute(
        "SELECT json_extract(prompt, '$.template') AS template, COUNT(*) AS requests,"
        " json_extract(prompt, '$.version') AS version, purpose"
        " FROM completions GROUP BY template, version, purpose ORDER BY template, version, purpose"
    )
    return {
        "templates": [dict(row) for row in templates],
        "rendered": rows_digest(ledger.execute("SELECT request_id, prompt, sampling FROM completions")),
    }
