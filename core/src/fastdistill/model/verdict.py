"""What a gate found, and the core's signature on it."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal

from attrs import field, frozen

SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
GateKind = Literal["read", "rule", "exec", "judge"]


def _is_slug(_: object, __: object, value: str | None) -> None:
    """Raise ValueError for a reason that could not be counted, with the nearest one that could be."""
    if value is None or (isinstance(value, str) and re.fullmatch(SLUG, value)):
        return
    near = "-".join(re.findall(r"[a-z0-9]+", str(value).lower()))[:60] or "wrong-rows"
    raise ValueError(
        f"the reason {value!r:.60} must be a slug, words of lower-case letters and digits joined by '-', "
        f"such as {near!r}; what people read is the detail"
    )


class Outcome(StrEnum):
    """`error` is not `reject`: the gate could not tell, and that never counts against the candidate."""

    PASS = "pass"  # noqa: S105  the word, not a secret
    REJECT = "reject"
    ERROR = "error"


Grade = Literal["seen", "near", "far"]
"""Where an input lies: among the task's own tests, inside what they show of its contract, or outside."""


@frozen(kw_only=True)
class Difference:
    """An input on which a candidate and the gold disagree, as digests: equal text, equal value."""

    input: str
    output: str
    """What the candidate came to."""
    grade: Grade


@frozen(kw_only=True)
class Finding:
    """What a gate says of one candidate. Make one with `passed`, `rejected` or `undecided`."""

    outcome: Outcome
    reason: str | None = field(default=None, validator=_is_slug)
    """A slug for counting: `wrong-rows`, `too-expensive`; None only for a pass."""
    detail: str = ""
    """A sentence for people."""
    score: float | None = None
    evidence: Mapping[str, Any] = field(factory=dict)
    """Plain JSON data, bounded, that repeats when the gate is run again."""
    exec_pass: bool | None = None
    gold_match: bool | None = None
    class_key: str | None = None
    """Answers with one key are the same answer; the ground of self-consistency."""
    tell: str | None = None
    """What a repair prompt may show of a rejection; nothing in it comes from the gold."""
    differences: tuple[Difference, ...] = ()
    """Of a candidate that passes the task's own tests and is rejected for these inputs alone, all of them:
    the core may find an input contested between teachers, and the gold outvoted there."""


def passed(
    *,
    score: float | None = None,
    evidence: Mapping[str, Any] | None = None,
    exec_pass: bool | None = None,
    gold_match: bool | None = None,
    class_key: str | None = None,
) -> Finding:
    """The candidate passes this gate."""
    return Finding(
        outcome=Outcome.PASS,
        score=score,
        evidence=evidence or {},
        exec_pass=exec_pass,
        gold_match=gold_match,
        class_key=class_key,
    )


def rejected(
    reason: str,
    detail: str = "",
    *,
    score: float | None = None,
    evidence: Mapping[str, Any] | None = None,
    exec_pass: bool | None = None,
    gold_match: bool | None = None,
    class_key: str | None = None,
    tell: str | None = None,
    differences: tuple[Difference, ...] = (),
) -> Finding:
    """The candidate is at fault."""
    return Finding(
        outcome=Outcome.REJECT,
        reason=reason,
        detail=detail,
        score=score,
        evidence=evidence or {},
        exec_pass=exec_pass,
        gold_match=gold_match,
        class_key=class_key,
        tell=tell,
        differences=differences,
    )


def undecided(reason: str, detail: str = "", *, evidence: Mapping[str, Any] | None = None) -> Finding:
    """The gate could not tell; the candidate is not at fault."""
    return Finding(outcome=Outcome.ERROR, reason=reason, detail=detail, evidence=evidence or {})


@frozen(kw_only=True)
class Verdict:
    """A finding signed by the core: a plugin cannot misname itself."""

    gate: str
    kind: GateKind
    fingerprint: str
    """Of the gate's distribution, version, configuration and of what it says it depends on."""
    elapsed: float
    """Seconds of work; waiting for a worker is not work."""
    waited: float = 0.0
    """Seconds of waiting for a worker."""
    finding: Finding
