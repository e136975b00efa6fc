"""Writes what a gate invented to judge a recorded answer, such as a neighbour database."""

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from attrs import frozen

from fastdistill.errors import UsageError, boundary
from fastdistill.model.answer import Candidate, Reading
from fastdistill.model.task import Task
from fastdistill.protocols import Illustrated
from fastdistill.run.audit.cases import open_gates, tasks_of
from fastdistill.run.folder import LEDGER
from fastdistill.run.gates.pipeline import GateLine, Station
from fastdistill.run.ledger.ledger import connect
from fastdistill.run.ledger.rows import loads
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


_VERDICT = """
    SELECT v.gate, v.outcome, v.reason, v.detail, v.evidence, v.attempt, c.answer
    FROM verdicts v JOIN tasks t USING (sample_id) JOIN candidates c USING (sample_id, attempt, choice)
    WHERE t.task_id = ? AND v.gate = ? AND c.answer IS NOT NULL
    ORDER BY v.outcome = 'reject' DESC, v.attempt DESC, v.choice LIMIT 1"""


async def illustrate(
    run: Path, plan: Plan, source: Path, task_id: str, seed: int | None, into: Path
) -> Shown:
    """Write what judged the last refused answer of `task_id`, or what has `seed`, to `into`.

    Raises `UsageError` where the run has no such task, answer or gate; `TaskError` as the gate does.
    """
    async with open_gates(plan) as gates:
        task = next((task for task in tasks_of(gates, source) if task.task_id == task_id), None)
        if task is None:
            raise UsageError(f"there is no task {task_id!r} in {str(source)!r}")
        station, gate = _able(gates)
        row = _recorded(run, task, station.name)
        candidate = Candidate(
            answer=row["answer"],
            text=row["answer"],
            reading=Reading(answer=row["answer"]),
            attempt=row["attempt"],
        )
        with boundary(station.owner, f"illustrate of {station.name}"):
            said = await gate.illustrate(task, candidate, seed, into)
    return Shown(
        said=said,
        answer=row["answer"],
        reason=row["reason"] or row["outcome"],
        detail=row["detail"],
        evidence=loads(row["evidence"]),
    )


def _able(gates: GateLine) -> tuple[Station, Illustrated]:
    """The first gate that can show what it invents. Raises `UsageError` where there is none."""
    for station in gates.stations:
        gate: object = station.gate
        if isinstance(gate, Illustrated):
            return station, gate
    names = ", ".join(one.name for one in gates.stations)
    raise UsageError(f"none of this run's gates invents anything to look at: {names}")


def _recorded(run: Path, task: Task[Any], gate: str) -> dict[str, Any]:
    with TemporaryDirectory(prefix="fastdistill-") as tmp:
        copy_ledger(run, Path(tmp))
        with closing(connect(Path(tmp) / LEDGER, write=False)) as ledger:
            row = ledger.execute(_VERDICT, (task.task_id, gate)).fetchone()
    if row is None:
        raise UsageError(f"the run has no answer to {task.task_id!r} that the gate {gate!r} has judged")
    return dict(row)
