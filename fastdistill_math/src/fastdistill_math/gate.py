"""The `sympy` gate: plain numbers are compared here, everything else in a killable worker."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from attrs import frozen

from fastdistill import (
    BudgetExceeded,
    Candidate,
    Finding,
    Gate,
    Services,
    Task,
    passed,
    rejected,
    undecided,
)
from fastdistill_math.fast import number_key, plain, shown_digits
from fastdistill_math.judging import judge
from fastdistill_math.options import SympyOptions
from fastdistill_math.rows import MathGold

_REJECTS = frozenset(["wrong-answer", "too-expensive", "undefined", "no-unit"])
_MAX_REPLY = 2000


@frozen
class SympyGate:
    """Implements `Gate`."""

    options: SympyOptions
    services: Services

    @property
    def depends_on(self) -> str:
        """The engines behind a verdict."""
        return f"sympy {version('sympy')}, FLINT {version('python-flint')}"

    async def __call__(self, task: Task[MathGold], candidate: Candidate, /) -> Finding:
        """Compare with the gold; without gold only the answer's class is found, and any answer passes."""
        gold = task.payload
        quick = self._quick(gold, candidate.answer)
        if quick is not None:
            return quick
        try:
            found = await self.services.workers.run(
                judge,
                payload(gold, candidate.answer, candidate.text, self.options.float_digits),
                deadline=self.options.deadline,
                memory=self.options.memory_mib * 2**20,
                cpu=self.options.cpu,
            )
        except BudgetExceeded as error:
            return undecided("too-expensive", str(error), evidence={"read": candidate.reading.rule})
        return _finding(found, candidate, labelled=gold.answer is not None)

    def _quick(self, gold: MathGold, answer: str) -> Finding | None:
        """A verdict on two plain numbers, or None where conventions or more than numbers are at stake."""
        given = plain(answer)
        if given is None or gold.unit is not None or gold.choices or gold.others:
            return None
        if gold.answer is None:
            key = number_key(given)
            return passed(class_key=key, exec_pass=True, evidence={"by": "number"})
        right = plain(gold.answer)
        if right is None:
            return None
        if right == given:
            return passed(score=1.0, gold_match=True, exec_pass=True, evidence={"by": "number"})
        most = max(shown_digits(gold.answer), shown_digits(answer))
        if most >= self.options.float_digits or gold.rounded:
            return None
        return _wrong(answer, gold.answer, "number")


def payload(gold: MathGold, answer: str, reply: str = "", float_digits: int = 10) -> dict[str, Any]:
    """One comparison as plain data for `judge`."""
    return {
        "golds": list(gold.golds),
        "answer": answer,
        "reply": reply if len(reply) < _MAX_REPLY else "",
        "choices": list(gold.choices),
        "policy": gold.policy() | {"float_digits": float_digits},
    }


def _wrong(answer: str, gold: str, by: str) -> Finding:
    return rejected(
        "wrong-answer",
        f"{answer[:200]!r} is not {gold[:200]!r}",
        score=0.0,
        gold_match=False,
        exec_pass=True,
        evidence={"by": by},
    )


def _finding(found: dict[str, Any], candidate: Candidate, *, labelled: bool) -> Finding:
    key, evidence = found["key"], {"by": found["by"], "read": candidate.reading.rule}
    if not labelled and found["reason"] == "unlabelled":
        return passed(class_key=key, exec_pass=True, evidence=evidence)
    if found["equal"]:
        return passed(score=1.0, gold_match=True, exec_pass=True, class_key=key, evidence=evidence)
    reason = found["reason"] or "undecided"
    if found["equal"] is None or reason not in _REJECTS:
        return undecided(reason, found["detail"], evidence=evidence)
    return rejected(
        reason,
        found["detail"],
        score=0.0,
        gold_match=False,
        exec_pass=reason != "too-expensive",
        class_key=key,
        evidence=evidence,
    )


@asynccontextmanager
async def open_gate(options: SympyOptions, services: Services) -> AsyncIterator[Gate]:
    """The gate for one run; workers come warm from the services."""
    yield SympyGate(options, services)
