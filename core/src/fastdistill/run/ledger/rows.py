"""The models as rows of the ledger, and back."""

import json
from collections.abc import Mapping
from typing import Any

from fastdistill.model.answer import (
    Call,
    Choice,
    Completion,
    Constraint,
    Message,
    Prompt,
    Reading,
    Sampling,
    Usage,
)
from fastdistill.model.verdict import Finding, Outcome, Verdict
from fastdistill.redact import hashed

Statement = tuple[str, tuple[Any, ...]]

COMPLETION = "INSERT OR IGNORE INTO completions VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
CANDIDATE = "INSERT OR REPLACE INTO candidates VALUES (?,?,?,?,?,?,?,?)"
VERDICT = "INSERT OR REPLACE INTO verdicts VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
ATTEMPT = "INSERT OR REPLACE INTO attempts VALUES (?,?,?,?,?)"
DECISION = "INSERT OR REPLACE INTO decisions VALUES (?,?,?,?,?,?,?,?,?)"
FAULT = (
    "INSERT INTO faults (request_id, sample_id, teacher, purpose, kind, detail, final, at)"
    " VALUES (?,?,?,?,?,?,?,?)"
)

_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


# Line ends to some readers, though not to JSON Lines: they are escaped, so that a row is a line to all.
_LINE_ENDS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def dumps(value: Any) -> str:
    """Compact JSON on one line. Lone surrogates, which SQLite cannot hold, become U+FFFD."""
    text = _encoder.encode(value)
    if not text.isascii():
        text = text.translate(_LINE_ENDS)
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def loads(text: str) -> Any:
    """A JSON column's value."""
    return json.loads(text)


def clean(text: str) -> str:
    """`text` as SQLite can hold it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def prompt_json(prompt: Prompt) -> str:
    """A prompt's column."""
    constraint = prompt.constraint
    return dumps(
        {
            "messages": [[m.role, m.content] for m in prompt.messages],
            "template": prompt.template,
            "version": prompt.version,
            "prefix_key": prompt.prefix_key,
            "constraint": [constraint.kind, constraint.value] if constraint else None,
        }
    )


def read_prompt(text: str) -> Prompt:
    """The prompt of a column."""
    raw = json.loads(text)
    constraint = raw["constraint"]
    return Prompt(
        messages=tuple(Message(role=role, content=content) for role, content in raw["messages"]),
        template=raw["template"],
        version=raw["version"],
        prefix_key=raw["prefix_key"],
        constraint=Constraint(kind=constraint[0], value=constraint[1]) if constraint else None,
    )


def sampling_json(sampling: Sampling) -> str:
    """A sampling's column: what is not left to the server."""
    raw = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_tokens": sampling.max_tokens,
        "seed": sampling.seed,
        "n": sampling.n,
        "stop": list(sampling.stop) or None,
        "extra": hashed(sampling.extra) or None,
    }
    return dumps({key: value for key, value in raw.items() if value is not None})


def completion_row(call: Call, teacher: str, got: Completion, waited: float, at: float) -> Statement:
    """A completion's row."""
    usage = got.usage or Usage()
    choices = [[clean(c.text), c.reasoning and clean(c.reasoning), c.finish] for c in got.choices]
    return COMPLETION, (
        call.request_id,
        call.purpose,
        call.sample_id,
        teacher,
        call.attempt,
        prompt_json(call.prompt),
        sampling_json(call.sampling),
        dumps(choices),
        clean(got.model),
        usage.prompt_tokens,
        usage.completion_tokens,
        usage.cached_tokens,
        usage.reasoning_tokens,
        got.latency,
        waited,
        int(got.cached),
        at,
    )


def read_completion(row: Mapping[str, Any]) -> Completion:
    """The completion of a row."""
    counts = tuple(
        row[name] for name in ("prompt_tokens", "completion_tokens", "cached_tokens", "reasoning_tokens")
    )
    known = any(count is not None for count in counts)
    return Completion(
        choices=tuple(Choice(text=t, reasoning=r, finish=f) for t, r, f in json.loads(row["choices"])),
        model=row["model"],
        usage=Usage(
            prompt_tokens=counts[0],
            completion_tokens=counts[1],
            cached_tokens=counts[2],
            reasoning_tokens=counts[3],
        )
        if known
        else None,
        latency=row["latency"],
        cached=bool(row["cached"]),
    )


def candidate_row(sample_id: str, attempt: int, choice: int, reading: Reading) -> Statement:
    """A reading's row."""
    answer = None if reading.answer is None else clean(reading.answer)
    return CANDIDATE, (
        sample_id,
        attempt,
        choice,
        answer,
        reading.rule,
        reading.reason,
        clean(reading.detail),
        dumps(dict(reading.evidence)),
    )


def verdict_row(sample_id: str, attempt: int, choice: int, ordinal: int, verdict: Verdict) -> Statement:
    """A verdict's row."""
    finding = verdict.finding
    return VERDICT, (
        sample_id,
        attempt,
        choice,
        ordinal,
        verdict.gate,
        verdict.kind,
        verdict.fingerprint,
        finding.outcome.value,
        finding.reason,
        clean(finding.detail),
        finding.score,
        dumps(dict(finding.evidence)),
        finding.exec_pass,
        finding.gold_match,
        finding.class_key,
        verdict.elapsed,
    )


def _flag(value: int | None) -> bool | None:
    return None if value is None else bool(value)


def read_verdict(row: Mapping[str, Any]) -> Verdict:
    """The verdict of a row."""
    return Verdict(
        gate=row["gate"],
        kind=row["kind"],
        fingerprint=row["fingerprint"],
        elapsed=row["elapsed"],
        finding=Finding(
            outcome=Outcome(row["outcome"]),
            reason=row["reason"],
            detail=row["detail"],
            score=row["score"],
            evidence=json.loads(row["evidence"]),
            exec_pass=_flag(row["exec_pass"]),
            gold_match=_flag(row["gold_match"]),
            class_key=row["class_key"],
        ),
    )
