"""What a notebook asks of finished runs and of gates: replay, verification, error rates."""

import tempfile
from pathlib import Path
from typing import Any

import anyio
from attrs import frozen

from fastdistill.api.plans import plan_of
from fastdistill.api.runs import with_tasks
from fastdistill.api.thread import in_a_thread_beside_a_loop
from fastdistill.errors import UsageError
from fastdistill.host import PluginHost
from fastdistill.run.audit.cases import (
    Tried,
    labelled,
    mutant_summary,
    mutants_of,
    open_for_audit,
    tasks_of,
    try_all,
)
from fastdistill.run.audit.confusion import Confusion
from fastdistill.run.ops.replay import (
    Difference,
    compare,
    copy_ledger,
    recorded_of,
    rejudge,
    same_bytes,
)
from fastdistill.run.ops.verify import Report, verify
from fastdistill.run.plan import Plan, resolve
from fastdistill.run.tasks import Cases


@frozen(kw_only=True)
class Replayed:
    """What judging a run's recorded answers again showed."""

    same_dataset: bool
    """Whether the dataset has the same bytes."""
    differences: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        """Whether every verdict and the dataset are the same."""
        return self.same_dataset and not self.differences


def replay(folder: Path | str) -> Replayed:
    """Judge every recorded answer of a run again, offline, and compare; the folder is only read."""
    run = Path(folder)
    plan = resolve(recorded_of(run), PluginHost().discover())
    plan, source = with_tasks(plan, None, run)
    with tempfile.TemporaryDirectory(prefix="fastdistill-") as tmp:
        old, new = Path(tmp) / "old", Path(tmp) / "new"
        old.mkdir()
        copy_ledger(run, old)
        in_a_thread_beside_a_loop(lambda: anyio.run(rejudge, run, plan, source, new))
        return Replayed(same_dataset=same_bytes(run, new), differences=tuple(compare(old, new)))


def verify_run(folder: Path | str) -> Report:
    """Check a run's files against its manifest: `problems` is empty where nothing was changed."""
    return verify(Path(folder))


def audit(
    scenario: str, cases: Path | str | None = None, *, where: dict[str, str] | None = None, **settings: Any
) -> dict[str, Any]:
    """Measure the gates: on labelled cases, or on mutants made from the gold of tasks (`tasks=`).

    Returns counts, rates and their 95 % intervals, as `fd audit --json` does. `where` picks cases by label.
    """
    plan = plan_of("audit", {"scenario": scenario, **settings}, asks=False)
    if cases is not None:
        path = Path(cases)
        if not path.is_file():
            raise UsageError(f"there is no file of cases {str(path)!r}")
        tried = in_a_thread_beside_a_loop(
            lambda: anyio.run(_try_cases, plan, Cases(path=path, where=where or {}))
        )
        confusion = Confusion()
        for one in tried:
            confusion.add(one.said, one.case.expect)
        return confusion.summary()
    with tempfile.TemporaryDirectory(prefix="fastdistill-") as tmp:
        plan, source = with_tasks(plan, None, Path(tmp))
        return mutant_summary(in_a_thread_beside_a_loop(lambda: anyio.run(_try_mutants, plan, source)))


async def _try_cases(plan: Plan, cases: Cases) -> list[Tried]:
    tried = list[Tried]()
    async with open_for_audit(plan) as gates:
        found = labelled(plan, gates, cases)
        await try_all(gates, found, tried.append, accept_unmatched=plan.config.accept_unmatched)
    return tried


async def _try_mutants(plan: Plan, source: Path) -> list[Tried]:
    tried = list[Tried]()
    async with open_for_audit(plan) as gates:
        tasks = tasks_of(gates, source, plan.config.limit, plan.config.base)
        await try_all(gates, mutants_of(gates, tasks, lambda _: None), tried.append)
    return tried
