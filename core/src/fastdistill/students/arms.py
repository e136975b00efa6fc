"""The arms of a diagnosis, read from run folders."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from fastdistill.run.folder import QUALITY
from fastdistill.run.jsonl import loads
from fastdistill.run.ledger.comparison import read_outcomes
from fastdistill.run.ledger.trained import TaskOfRun
from fastdistill.run.ledger.tries import TriedTask
from fastdistill.students.evidence import Arm
from fastdistill.students.paired import Scored

LEAKS = 2
"""Wrong answers let through in a class from which on it counts as one that the gate lets through."""


def arm_of(tasks: Iterable[TriedTask]) -> Arm:
    """Return a student's arm from its tasks with their answers."""
    found = list(tasks)
    wrong = [one for task in found for one in task.tries if one.said == "wrong"]
    return Arm(
        scores=tuple(
            Scored(
                sample_id=task.sample_id,
                task_id=task.task_id,
                group=task.group,
                share=task.solved / task.decided if task.decided else None,
            )
            for task in found
        ),
        wrong=len(wrong),
        unread=sum(one.unread for one in wrong),
    )


def teacher_arm(run: Path, tasks: Sequence[TaskOfRun]) -> Arm:
    """Return the teacher's arm: which of the test tasks its run accepted."""
    worth, outcomes = {"accepted": 1.0, "rejected": 0.0}, read_outcomes(run)
    return Arm(
        scores=tuple(
            Scored(
                sample_id=one.sample_id,
                task_id=one.task_id,
                group=one.group or one.sample_id,
                share=worth.get(outcomes[one.sample_id][1]),
            )
            for one in tasks
            if one.split == "test"
        )
    )


def _classes(task: TaskOfRun) -> set[str]:
    tags = task.row.get("tags")
    return set(map(str, tags)) if isinstance(tags, list) else set()


def leaky_tasks(run: Path, tasks: Sequence[TaskOfRun]) -> frozenset[str]:
    """Return the test tasks of classes (tags) in which the run's audit let wrong answers through.

    Empty where the run has no audit, its tasks no tags, or nothing came through.
    """
    path = run / QUALITY
    report: Mapping[str, Any] = loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    survivors = (report.get("gate_error") or {}).get("survivors") or []
    through = [
        str(one["task_id"]) for one in survivors if (one["expect"], one["said"]) == ("reject", "accepted")
    ]
    by_name = {task.task_id: task for task in tasks}
    counts: dict[str, int] = {}
    for name in through:
        for tag in _classes(by_name[name]) if name in by_name else ():
            counts[tag] = counts.get(tag, 0) + 1
    leaks = {tag for tag, count in counts.items() if count >= LEAKS}
    return frozenset(one.sample_id for one in tasks if one.split == "test" and _classes(one) & leaks)
