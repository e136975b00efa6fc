"""Holds a run's judges against answers whose verdict is known: agreement, kappa, wrong answers passed."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import attrs

from fastdistill.model.task import Task
from fastdistill.run.audit.cases import Case, Tried, mutants_of, try_all
from fastdistill.run.audit.confusion import Confusion
from fastdistill.run.gates.pipeline import GatePipeline


def kappa(found: Confusion) -> float | None:
    """Cohen's kappa of the judge and the truth over what it decided; None where chance explains all."""
    right = found.accepted_right + found.rejected_right
    total = right + found.accepted_wrong + found.rejected_wrong
    if not total:
        return None
    good = (found.accepted_right + found.rejected_wrong) / total
    passed = (found.accepted_right + found.accepted_wrong) / total
    chance = good * passed + (1 - good) * (1 - passed)
    return None if chance == 1 else (right / total - chance) / (1 - chance)


def _known(gates: GatePipeline, tasks: Sequence[Task[Any]], faults: list[str]) -> list[Case]:
    """One right and one wrong answer to each task that has them."""
    chosen: dict[tuple[str, str], Case] = {}
    for case in mutants_of(gates, tasks, faults.append):
        key = (case.task.sample_id, case.expect)
        chosen[key] = min(chosen.get(key, case), case, key=_draw)
    return list(chosen.values())


def _draw(case: Case) -> bytes:
    return sha256(f"{case.task.sample_id}{case.kind}{case.reply}".encode()).digest()


def _mean(scores: Sequence[float]) -> float | None:
    return sum(scores) / len(scores) if scores else None


def _scores(tried: Sequence[Tried], expect: str) -> list[float]:
    return [
        verdict.finding.score
        for one in tried
        if one.case.expect == expect
        for verdict in one.verdicts
        if verdict.finding.score is not None
    ]


async def calibrate(gates: GatePipeline, tasks: Sequence[Task[Any]]) -> dict[str, Any] | None:
    """What the judges alone say of known answers to `tasks`; None without a judge or without gold.

    Raises the errors that stop a run: a wrong key, a run that is halted.
    """
    judges = [one for one in gates.steps if one.kind == "judge"]
    faults: list[str] = []
    cases = _known(gates, tasks, faults) if judges else []
    if not cases:
        return None
    tried: list[Tried] = []
    alone = attrs.evolve(gates, steps=judges)
    await try_all(alone, cases, tried.append, accept_unmatched=True)
    found = Confusion()
    for one in tried:
        found.add(one.said, one.case.expect)
    summary = found.summary()
    decided = found.accepted_right + found.rejected_right + found.accepted_wrong + found.rejected_wrong
    return {
        "judges": [one.name for one in judges],
        "tasks": len({one.task.sample_id for one in cases}),
        **summary,
        "agreement": (found.accepted_right + found.rejected_right) / decided if decided else None,
        "kappa": kappa(found),
        "mean_score_of_right": _mean(_scores(tried, "accept")),
        "mean_score_of_wrong": _mean(_scores(tried, "reject")),
        "faults": faults[:10],
    }
