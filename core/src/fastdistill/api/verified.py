"""What a verifier answers: three outcomes, and a reward that is None where the gates could not tell."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from fastdistill.model.verdict import Outcome, Verdict
from fastdistill.run.gates.judgement import Judgement


@frozen(kw_only=True)
class Verified:
    """The gates' answer about one reply."""

    outcome: Outcome
    reason: str | None = None
    """A slug where it did not pass: `wrong-answer`, `wrong-rows`, `too-expensive`, `deadline`."""
    detail: str = ""
    """A sentence for people."""
    answer: str | None = None
    """What was read out of the reply."""
    verdicts: tuple[Verdict, ...] = ()
    """Of each gate that was asked, in order."""

    @property
    def reward(self) -> float | None:
        """1.0 for a pass, 0.0 for a reject, None where it is undecided: never 0 for an error of ours."""
        return {Outcome.PASS: 1.0, Outcome.REJECT: 0.0}.get(self.outcome)

    @property
    def passed(self) -> bool:
        """Whether every gate passed and, where there is gold, one of them matched it."""
        return self.outcome is Outcome.PASS

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON data, times of gates left out: what repeats."""
        return {
            "outcome": self.outcome.value,
            "reward": self.reward,
            "reason": self.reason,
            "detail": self.detail,
            "answer": self.answer,
            "verdicts": [_verdict(one) for one in self.verdicts],
        }


def _verdict(verdict: Verdict) -> Mapping[str, Any]:
    finding = verdict.finding
    return {
        "gate": verdict.gate,
        "outcome": finding.outcome.value,
        "reason": finding.reason,
        "score": finding.score,
        "fingerprint": verdict.fingerprint,
        "evidence": dict(finding.evidence),
    }


def unverified(reason: str, detail: str, *, answer: str | None = None) -> Verified:
    """Make the answer about an item that could not be judged."""
    return Verified(outcome=Outcome.ERROR, reason=reason, detail=detail, answer=answer)


def verified(judged: Judgement, *, has_gold: bool, accept_unmatched: bool) -> Verified:
    """Make the answer of what the gates said.

    Where the task has gold and every gate passed without comparing with it, nothing is proved: undecided.
    """
    last = judged.last if judged.verdicts else None
    outcome = judged.outcome
    reason, detail = (last.reason, last.detail) if last else (None, "")
    if outcome is Outcome.PASS:
        reason, detail = None, ""
        if has_gold and not judged.gold_match and not accept_unmatched:
            outcome, reason = Outcome.ERROR, "no-gold-match"
            detail = "every gate passed, but none compared the answer with the gold"
    return Verified(
        outcome=outcome,
        reason=reason,
        detail=detail,
        answer=judged.reading.answer,
        verdicts=judged.verdicts,
    )
