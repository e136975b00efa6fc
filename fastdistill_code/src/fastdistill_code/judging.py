"""From a report of the sandbox to a finding: pure, over records."""

from collections import Counter
from hashlib import sha256
from typing import Any

from attrs import evolve

from fastdistill import Finding, passed, rejected, undecided
from fastdistill_code.compare import key_of
from fastdistill_code.jobs import (
    CallResult,
    Checked,
    Died,
    Printed,
    Raised,
    Report,
    Slept,
    TimedOut,
    TooExpensive,
    Unencodable,
    Value,
)
from fastdistill_code.kinds.suite import Check, Failure, failure, said
from fastdistill_code.oracle.against import Outcome
from fastdistill_code.output import lines
from fastdistill_code.telling import Tell

_LOAD = {
    "Raised": "load-failed",
    "TooExpensive": "too-expensive",
    "Died": "died",
    "Slept": "timeout",
    "TimedOut": "timed-out",
    "Unencodable": "unencodable",
}


def load_finding(
    load: Raised | TooExpensive | Slept | TimedOut | Died | Unencodable, evidence: dict[str, Any]
) -> Finding:
    """A source that never became callable."""
    reason = _LOAD[type(load).__name__]
    if isinstance(load, Raised) and load.type_name == "MissingEntryPoint":
        reason = "missing-entry-point"
    if reason == "timed-out":
        return undecided("deadline", said(load), evidence=evidence)
    tell = f"it fails when it is loaded: {said(load)}"
    return rejected(reason, said(load), exec_pass=False, gold_match=False, evidence=evidence, tell=tell)


def find(
    report: Report,
    checks: tuple[Check, ...],
    given: int,
    evidence: dict[str, Any],
    tell: Tell | None = None,
) -> Finding:
    """The finding on a run: the first `given` calls are the task's own, the others were generated."""
    if report.load is not None:
        return load_finding(report.load, evidence)
    failures = [found for check in checks if (found := failure(check, report.results)) is not None]
    ran = all(isinstance(r, Value) or type(r).__name__ == "Printed" or _wanted(r, i, checks)
              for i, r in enumerate(report.results))  # fmt: skip
    # What the clock or an earlier end kept from running is nobody's failure while another one decides.
    decided = [f for f in failures if f.reason not in ("timed-out", "skipped")]
    key = class_key(report.results)
    told = evidence | _counts(failures, len(checks))
    if decided:
        first = decided[0]
        told |= _shown(first, generated=first.index >= given)
        return rejected(
            first.reason,
            _sentence(first, given),
            exec_pass=ran,
            gold_match=False,
            class_key=key,
            evidence=told,
            tell=tell(first) if tell else None,
        )
    if failures:
        return undecided("deadline", f"call {failures[0].index}: {failures[0].detail}", evidence=told)
    return passed(score=1.0, exec_pass=True, gold_match=True, class_key=key, evidence=told)


def with_generated(
    found: Finding, outcome: Outcome, given: int, reject_on: str, tell: Tell | None = None
) -> Finding:
    """The finding on a candidate that passed its own tests, with what the generated inputs say."""
    told: dict[str, Any] = {"inputs": outcome.inputs, "differ": len(outcome.differences)}
    if outcome.declined:
        told["declined"] = outcome.declined
    if outcome.ties:
        told["ties"] = outcome.ties
    evidence = {**found.evidence, "generated": told}
    if outcome.first is not None and reject_on == "seen":
        return evolve(found, evidence=evidence | _shown(outcome.first, generated=True))
    if outcome.first is None:
        if outcome.undecided:
            return undecided("deadline", "the generated calls did not end in time", evidence=evidence)
        return evolve(found, evidence=evidence)
    return rejected(
        outcome.first.reason,
        _sentence(outcome.first, given),
        exec_pass=found.exec_pass,
        gold_match=False,
        class_key=found.class_key,
        differences=outcome.differences,
        evidence=evidence | _shown(outcome.first, generated=True),
        tell=tell(outcome.first) if tell else None,
    )


def redrawn(found: Finding) -> Finding:
    """The finding on tests that drew their inputs again."""
    return evolve(found, detail=f"with inputs drawn again: {found.detail}", evidence={"redrawn": True})


def find_checked(checked: Checked, evidence: dict[str, Any]) -> Finding:
    """The finding on tests that ran in the checker process."""
    if checked.fault is not None:
        return load_finding(checked.fault, evidence)
    match checked.outcome:
        case Value() if checked.calls > 0:
            return passed(score=1.0, exec_pass=True, gold_match=True, evidence=evidence)
        case Value():
            return rejected("not-called", "the tests never reached the candidate", evidence=evidence)
        case TimedOut() | Slept():  # the tests themselves
            return undecided("deadline", said(checked.outcome), evidence=evidence)
        case Raised(type_name="AssertionError"):
            return rejected(
                "wrong-value", said(checked.outcome), exec_pass=True, gold_match=False, evidence=evidence
            )
        case Raised():
            return rejected(
                "raised", said(checked.outcome), exec_pass=False, gold_match=False, evidence=evidence
            )
    reason = "too-expensive" if isinstance(checked.outcome, TooExpensive) else "died"
    return rejected(reason, said(checked.outcome), exec_pass=False, gold_match=False, evidence=evidence)


def class_key(results: tuple[CallResult, ...]) -> str:
    """A digest of what the calls came to: equal for programs that do the same."""
    digest = sha256()
    for result in results:
        digest.update(f"{_class_of(result)}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:32]


def _class_of(result: CallResult) -> str:
    match result:
        case Value(value=value):
            return repr(key_of(_rounded(value)))
        case Printed(text=text):
            return repr(lines(text))
    return said(result)


def _rounded(value: Any) -> Any:
    """Floats with ten digits, so that the order of a sum does not tell answers apart."""
    if type(value) is float:
        return float(f"{value:.10g}")
    if type(value) in (list, tuple):
        return type(value)(_rounded(item) for item in value)
    return value


def _wanted(result: CallResult, index: int, checks: tuple[Check, ...]) -> bool:
    """Whether a result without a value is what the checks of this call want."""
    return isinstance(result, Raised) and any(
        type(c).__name__ == "Raises" and c.index == index for c in checks
    )


def _counts(failures: list[Failure], total: int) -> dict[str, Any]:
    found: dict[str, Any] = {"checks": total, "failed": len(failures)}
    if failures:
        found["reasons"] = dict(sorted(Counter(f.reason for f in failures).items()))
    return found


def _shown(first: Failure, *, generated: bool) -> dict[str, Any]:
    return {
        "first_failure": {
            "call": first.index,
            "generated": generated,
            "expected": first.expected,
            "got": first.got,
        }
    }


def _sentence(first: Failure, given: int) -> str:
    where = f"generated call {first.index - given}" if first.index >= given else f"call {first.index}"
    return f"{where}: expected {first.expected}, got {first.got}"[:500]
