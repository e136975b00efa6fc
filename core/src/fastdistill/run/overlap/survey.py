"""One pass over all tasks before the first request: contaminated ones, and near duplicates."""

from collections.abc import Iterator
from typing import Any

from attrs import define, field

from fastdistill.errors import boundary
from fastdistill.model.sample import Decision, SkipReason, Status
from fastdistill.model.task import Task
from fastdistill.protocols import Scenario
from fastdistill.run.overlap.benchmarks import Benchmarks
from fastdistill.run.overlap.clusters import cluster
from fastdistill.run.plan import Plan
from fastdistill.run.tasks import JsonLines
from fastdistill.settings import NEAR_DUPLICATES


@define(kw_only=True)
class Survey:
    """What is known of a run's tasks before any of them is asked."""

    benchmarks: Benchmarks | None = None
    skipped: dict[str, Decision] = field(factory=dict)
    """Decisions by sample id."""
    groups: dict[str, str] = field(factory=dict)
    """Of each task that is alike an earlier one, the sample id of the first."""

    def notes(self) -> Iterator[str]:
        """Yield what the console should tell."""
        for reason in (SkipReason.CONTAMINATED, SkipReason.NEAR_DUPLICATE):
            found = [one for one in self.skipped.values() if one.reason == reason]
            if found:
                yield f"{len(found)} tasks are skipped as {reason.value}, such as: {found[0].detail}"

    def report(self) -> dict[str, Any]:
        """Return the part of the quality report."""
        if self.benchmarks is None:
            return {}
        count = sum(one.reason == SkipReason.CONTAMINATED for one in self.skipped.values())
        return {"decontamination": {"against": self.benchmarks.sources, "tasks": count}}


def is_wanted(plan: Plan) -> bool:
    """Return whether a run file asks for a survey."""
    config = plan.config
    return bool(config.decontaminate.against) or config.duplicates.near == "drop" or _clustered(plan)


def _clustered(plan: Plan) -> bool:
    return plan.config.split.by == NEAR_DUPLICATES


def survey(plan: Plan, scenario: Scenario[Any], source: JsonLines, benchmarks: Benchmarks | None) -> Survey:
    """Look at every task that the run takes. Raises `UsageError`, and `SetupError` without an extra."""
    config, made = plan.config, Survey(benchmarks=benchmarks)
    ids, texts = list[str](), list[str]()
    clusters = config.duplicates.near == "drop" or _clustered(plan)
    for task in _tasks(plan, scenario, source):
        text = text_of(task, plan.spec.title)
        hit = made.benchmarks.questions.find(text) if made.benchmarks is not None else None
        if hit is not None:
            made.skipped[task.sample_id] = _skip(SkipReason.CONTAMINATED, hit.detail)
        elif clusters:
            ids.append(task.sample_id)
            texts.append(text)
    for at, first in enumerate(cluster(texts, config.duplicates.alike) if clusters else ()):
        if first == at or ids[first] == ids[at]:
            continue
        made.groups[ids[at]] = ids[first]
        if config.duplicates.near == "drop":
            made.skipped[ids[at]] = _skip(SkipReason.NEAR_DUPLICATE, f"alike {texts[first][:80]!r}")
    return made


def _tasks(plan: Plan, scenario: Scenario[Any], source: JsonLines) -> Iterator[Task[Any]]:
    with boundary(str(plan.scenario.offer.origin), "tasks"):
        for number, item in enumerate(scenario.tasks(source)):
            if plan.config.limit is not None and number >= plan.config.limit:
                return
            if isinstance(item, Task):
                yield item


def _skip(reason: SkipReason, detail: str) -> Decision:
    return Decision(status=Status.SKIPPED, reason=reason.value, detail=detail)


def text_of(task: Task[Any], title: str | None) -> str:
    """Return what of a task is compared: the key that people read first, else all of its texts."""
    if title is not None and isinstance(asked := task.input.get(title), str):
        return asked
    return "\n".join(one for one in task.input.values() if isinstance(one, str))
