"""The tasks of a task file that a student may be asked."""

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from fastdistill.config import Loaded
from fastdistill.errors import UsageError, boundary
from fastdistill.host import PluginHost
from fastdistill.model.task import BadTask
from fastdistill.run.ledger.trained import TaskOfRun
from fastdistill.run.plan import resolve
from fastdistill.run.sources import is_foreign
from fastdistill.run.tasks import json_lines
from fastdistill.settings import RunConfig
from fastdistill.students.contamination import TrainingText
from fastdistill.students.evaluation import Asked


def asked_of_file(config: RunConfig, host: PluginHost, trained: Sequence[TaskOfRun], size: int) -> Asked:
    """Return the rows of a task file, those that overlap with `trained` refused.

    Raises `UsageError` for a file that must be imported first, and where a line is no task.
    """
    plan = resolve(Loaded(config=config, origins={}, source="the command line"), host, asks=False)
    assert config.tasks is not None  # noqa: S101  the caller's
    if is_foreign(plan, str(config.tasks)):
        raise UsageError(f"{str(config.tasks)!r} is no JSON Lines: run it first, or import it as tasks")
    seen = TrainingText(size=size)
    seen.add(one.canonical_input for one in trained)
    source = json_lines(config.tasks, config.base)
    owner = str(plan.scenario.offer.origin)
    rows, refused, bad = list[Mapping[str, Any]](), list[Mapping[str, Any]](), list[BadTask]()
    with boundary(owner, "tasks"):
        scenario = plan.spec.build(plan.scenario.options)
        for task in scenario.tasks(source):
            if isinstance(task, BadTask):
                bad.append(task)
                continue
            row, overlap = source.raw(task.line), seen.overlap(task.canonical_input)
            if overlap is None:
                rows.append(row)
            else:
                refused.append({"task_id": task.task_id, "reason": "contaminated", "detail": overlap})
    if bad and not rows:
        raise UsageError(f"{str(config.tasks)!r}, line {bad[0].line}: {bad[0].detail}")
    return Asked(rows=rows, refused=[*refused, *map(_bad, bad)])


def _bad(one: BadTask) -> dict[str, Any]:
    return {**attrs.asdict(one), "detail": "no-task"}
