"""Writes what a gate invented to judge a recorded answer, such as a neighbour database."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from attrs import frozen

from fastdistill.errors import UsageError, boundary
from fastdistill.model.answer import Candidate, Reading
from fastdistill.model.task import Task
from fastdistill.protocols import Illustrated
from fastdistill.run.audit.cases import open_for_audit, tasks_of
from fastdistill.run.gates.pipeline import GatePipeline, GateStep
from fastdistill.run.jsonl import loads
from fastdistill.run.ledger.comparison import read_judged_answer
from fastdistill.run.ledger.connection import reading
from fastdistill.run.ops.replay import copy_ledger
from fastdistill.run.plan import Plan


@frozen(kw_only=True)
class Shown:
    """What was written, and the verdict that it explains."""

    said: str
    answer: str
    reason: str
    detail: str
    evidence: dict[str, Any]


async def illustrate(
    run: Path, plan: Plan, source: Path, task_id: str, seed: int | None, into: Path
) -> Shown:
    """Write what judged the last refused answer of `task_id`, or what has `seed`, to `into`.

    Raises `UsageError` where the run has no such task, answer or gate; `TaskError` as the gate does.
    """
    async with open_for_audit(plan) as gates:
        task = next(
            (task for task in tasks_of(gates, source, base=plan.config.base) if task.task_id == task_id),
            None,
        )
        if task is None:
            raise UsageError(f"there is no task {task_id!r} in {str(source)!r}")
        step, gate = _able(gates)
        row = _recorded(run, task, step.name)
        candidate = Candidate(
            answer=row["answer"],
            text=row["answer"],
            reading=Reading(answer=row["answer"]),
            attempt=row["attempt"],
        )
        with boundary(step.owner, f"illustrate of {step.name}"):
            said = await gate.illustrate(task, candidate, seed, into)
    return Shown(
        said=said,
        answer=row["answer"],
        reason=row["reason"] or row["outcome"],
        detail=row["detail"],
        evidence=loads(row["evidence"]),
    )


def _able(gates: GatePipeline) -> tuple[GateStep, Illustrated]:
    """The first gate that can show what it invents. Raises `UsageError` where there is none."""
    for step in gates.steps:
        gate: object = step.gate
        if isinstance(gate, Illustrated):
            return step, gate
    names = ", ".join(one.name for one in gates.steps)
    raise UsageError(f"none of this run's gates invents anything to look at: {names}")


def _recorded(run: Path, task: Task[Any], gate: str) -> dict[str, Any]:
    with TemporaryDirectory(prefix="fastdistill-") as tmp:
        copy_ledger(run, Path(tmp))
        with reading(Path(tmp)) as ledger:
            found = read_judged_answer(ledger, task.task_id, gate)
    if found is None:
        raise UsageError(f"the run has no answer to {task.task_id!r} that the gate {gate!r} has judged")
    return found
