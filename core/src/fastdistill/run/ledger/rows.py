"""The models as rows of the ledger, and back. Every row is written and read by the names of its columns."""

from collections.abc import Mapping
from typing import Any

from fastdistill.errors import ProviderError
from fastdistill.model.answer import Call, Choice, Completion, Prompt, Reading, Sampling, Usage
from fastdistill.model.sample import Decision
from fastdistill.model.verdict import Verdict
from fastdistill.redact import hashed
from fastdistill.run.jsonl import clean, dumps, loads

Statement = tuple[str, tuple[Any, ...]]
"""SQL and its values."""

USAGE = ("prompt_tokens", "completion_tokens", "cached_tokens", "reasoning_tokens")


def insert(table: str, columns: str, *, verb: str = "INSERT OR REPLACE") -> str:
    """Return the SQL that writes the named columns of a table."""
    marks = ",".join("?" * len(columns.split(",")))
    return f"{verb} INTO {table} ({columns}) VALUES ({marks})"


COMPLETION = insert(
    "completions",
    "request_id, purpose, sample_id, teacher, teacher_attempt, prompt, sampling, choices, model,"
    " prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, latency, waited, cached, at",
    verb="INSERT OR IGNORE",
)
ATTEMPT = insert("attempts", "sample_id, attempt, teacher, teacher_attempt, request_id")
FAILED_CALL = insert(
    "faults", "request_id, sample_id, teacher, purpose, kind, detail, final, at", verb="INSERT"
)
BATCH = insert("batches", "request_id, batch_id, endpoint, at")
CANDIDATE = insert("candidates", "sample_id, attempt, choice, answer, rule, reason, detail, evidence")
VERDICT = insert(
    "verdicts",
    "sample_id, attempt, choice, ordinal, gate, kind, fingerprint, outcome, reason, detail, score,"
    " evidence, exec_pass, gold_match, class_key, tell, differences, elapsed, waited",
)
DECISION = insert("decisions", "sample_id, status, reason, detail, attempts, attempt, choice, labelled, at")
META = insert("meta", "key, value")


def prompt_json(prompt: Prompt) -> str:
    """Return a prompt's column."""
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


def sampling_json(sampling: Sampling) -> str:
    """Return a sampling's column: what is not left to the server."""
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


def choices_json(completion: Completion) -> str:
    """Return a completion's column of choices: text, reasoning, finish of each."""
    return dumps(
        [[clean(c.text), c.reasoning and clean(c.reasoning), c.finish] for c in completion.choices]
    )


def read_choices(text: str) -> tuple[Choice, ...]:
    """Return the choices of a column."""
    return tuple(Choice(text=t, reasoning=r, finish=f) for t, r, f in loads(text))


def completion_statement(call: Call, teacher: str, got: Completion, waited: float, at: float) -> Statement:
    """Return what writes a completion. `waited` and `at` are seconds and Unix seconds."""
    usage = got.usage or Usage()
    return COMPLETION, (
        call.request_id,
        call.purpose,
        call.sample_id,
        teacher,
        call.teacher_attempt,
        prompt_json(call.prompt),
        sampling_json(call.sampling),
        choices_json(got),
        clean(got.model),
        *(getattr(usage, name) for name in USAGE),
        got.latency,
        waited,
        int(got.cached),
        at,
    )


def read_completion(row: Mapping[str, Any]) -> Completion:
    """Return the completion of a row."""
    counts = {name: row[name] for name in USAGE}
    known = any(count is not None for count in counts.values())
    return Completion(
        choices=read_choices(row["choices"]),
        model=row["model"],
        usage=Usage(**counts) if known else None,
        latency=row["latency"],
        cached=bool(row["cached"]),
    )


def failed_call_statement(
    call: Call, teacher: str, error: ProviderError, at: float, *, final: bool
) -> Statement:
    """Return what writes a failed call; `final` where it was not asked again."""
    detail = clean(str(error))[:500]
    return FAILED_CALL, (
        call.request_id,
        call.sample_id,
        teacher,
        call.purpose,
        error.kind,
        detail,
        int(final),
        at,
    )


def candidate_statement(sample_id: str, attempt: int, choice: int, reading: Reading) -> Statement:
    """Return what writes a reading."""
    answer = None if reading.answer is None else clean(reading.answer)
    evidence = dumps(dict(reading.evidence)) if reading.evidence else "{}"
    return CANDIDATE, (
        sample_id,
        attempt,
        choice,
        answer,
        reading.rule,
        reading.reason,
        clean(reading.detail),
        evidence,
    )


def verdict_statement(
    sample_id: str, attempt: int, choice: int, ordinal: int, verdict: Verdict
) -> Statement:
    """Return what writes a verdict."""
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
        dumps(dict(finding.evidence)) if finding.evidence else "{}",
        finding.exec_pass,
        finding.gold_match,
        finding.class_key,
        None if finding.tell is None else clean(finding.tell),
        dumps([[one.input, one.output, one.grade] for one in finding.differences])
        if finding.differences
        else "[]",
        verdict.elapsed,
        verdict.waited,
    )


def decision_statement(sample_id: str, decision: Decision, at: float) -> Statement:
    """Return what writes a decision."""
    return DECISION, (
        sample_id,
        decision.status.value,
        decision.reason,
        clean(decision.detail),
        decision.attempts,
        decision.attempt,
        decision.choice,
        int(decision.labelled),
        at,
    )
