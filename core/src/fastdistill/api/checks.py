"""What a notebook asks of finished runs and of gates: replay, verification, error rates."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
from attrs import frozen

from fastdistill.api.plans import plan_of
from fastdistill.api.tasks import read_task_file
from fastdistill.api.thread import in_a_thread_beside_a_loop
from fastdistill.errors import UsageError
from fastdistill.host import PluginHost
from fastdistill.model.report import Finished
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
    return replay_under(run, resolve(recorded_of(run), PluginHost().discover()))


def replay_under(run: Path, plan: Plan) -> Replayed:
    """Judge every recorded answer of a run again under `plan`, and compare; the folder is only read."""
    with tempfile.TemporaryDirectory(prefix="fastdistill-") as tmp:
        old, new = Path(tmp) / "old", Path(tmp) / "new"
        old.mkdir()
        copy_ledger(run, old)
        judge_again(run, plan, new)
        return Replayed(same_dataset=same_bytes(run, new), differences=tuple(compare(old, new)))


def judge_again(run: Path, plan: Plan, folder: Path) -> Finished:
    """Take a run's recorded answers through the gates of `plan`, into a new run in `folder`."""
    with read_task_file(plan) as read:
        return in_a_thread_beside_a_loop(lambda: anyio.run(rejudge, run, read.plan, read.path, folder))


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
        return audit_cases(plan, Cases(path=Path(cases), where=where or {})).summary
    with read_task_file(plan) as read:
        return audit_mutants(read.plan, read.path, lambda _: None).summary


@frozen(kw_only=True)
class Audited:
    """What an audit tried, and its figures."""

    tried: list[Tried]
    summary: dict[str, Any]


def audit_cases(plan: Plan, cases: Cases) -> Audited:
    """Take labelled cases through the gates. Raises `UsageError` where there is no file of them."""
    if not cases.path.is_file():
        raise UsageError(f"there is no file of cases {str(cases.path)!r}")

    async def tried() -> list[Tried]:
        found = list[Tried]()
        async with open_for_audit(plan) as gates:
            accept = plan.config.accept_unmatched
            await try_all(gates, labelled(plan, gates, cases), found.append, accept_unmatched=accept)
        return found

    found, confusion = in_a_thread_beside_a_loop(lambda: anyio.run(tried)), Confusion()
    for one in found:
        confusion.add(one.said, one.case.expect)
    return Audited(tried=found, summary=confusion.summary())


def audit_mutants(plan: Plan, source: Path, on_fault: Callable[[str], None]) -> Audited:
    """Take mutants of the golds in `source` through the gates; `on_fault` hears of tasks without any."""

    async def tried() -> list[Tried]:
        found = list[Tried]()
        async with open_for_audit(plan) as gates:
            tasks = tasks_of(gates, source, plan.config.limit, plan.config.base)
            await try_all(gates, mutants_of(gates, tasks, on_fault), found.append)
        return found

    found = in_a_thread_beside_a_loop(lambda: anyio.run(tried))
    return Audited(tried=found, summary=mutant_summary(found))
