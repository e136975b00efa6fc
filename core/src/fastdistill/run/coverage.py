"""What a run tells of its input when it ends: bad rows by kind, and recorded replies without a task."""

from pathlib import Path
from typing import Any

import anyio.to_thread

from fastdistill.model.report import Noticed
from fastdistill.protocols import Covers
from fastdistill.run.checking import see_rows
from fastdistill.run.events import EventBus
from fastdistill.run.gates.pipeline import GatePipeline
from fastdistill.run.ledger import metrics
from fastdistill.run.ledger.ledger import Ledger
from fastdistill.run.ledger.settled import read_asked
from fastdistill.run.overlap.survey import Survey, is_wanted, survey
from fastdistill.run.plan import Plan
from fastdistill.run.tasks import json_lines
from fastdistill.run.teachers.pool import TeacherPool


def look_over(plan: Plan, source: Path, gates: GatePipeline, rows: bool) -> tuple[Survey | None, list[str]]:
    """Look at all tasks before anything of the folder changes, or anybody is asked; and say what to tell.

    Raises `UsageError` where `rows` is asked for and most rows are no tasks.
    """
    marked = list[str]()
    if rows:
        tasks = json_lines(source, plan.config.base)
        marked = see_rows(gates.scenario, gates.owner, tasks, limit=plan.config.limit)
    if not is_wanted(plan):
        return None, marked
    return survey(plan, gates.scenario, json_lines(source, plan.config.base), gates.benchmarks), marked


async def tell_survey(found: Survey | None, marked: list[str], events: EventBus) -> None:
    """Tell which tasks will not be asked, and why, and which the scenario marks."""
    for note in (*marked, *(found.notes() if found is not None else ())):
        await events.emit(Noticed(message=note))


async def see_coverage(teachers: TeacherPool, ledger: Ledger, events: EventBus) -> dict[str, Any]:
    """Return the part of the quality report on recorded replies, and tell it; nothing where none are."""
    if not teachers.covering:
        return {}
    found = {
        title: await anyio.to_thread.run_sync(_count, provider, ledger)
        for title, provider in teachers.covering.items()
    }
    for title, counts in found.items():
        await events.emit(Noticed(message=_told(title, counts)))
    return {"recorded": found}


async def tell_bad_rows(ledger: Ledger, events: EventBus) -> None:
    """Tell why rows of the source were no tasks, where any were."""
    found = ledger.measure(metrics.bad_rows)
    if found:
        kinds = "; ".join(f"{one['count']} x {one['kind']} (line {one['line']})" for one in found[:5])
        await events.emit(Noticed(message=f"rows that are no tasks: {kinds}"))


def _count(provider: Covers, ledger: Ledger) -> dict[str, Any]:
    return ledger.measure(lambda connection: provider.coverage(read_asked(connection)))


def _told(title: str, counts: dict[str, Any]) -> str:
    said = (
        f"{title}: {counts['matched_replies']} of {counts['replies']} replies are to "
        f"{counts['tasks_with_replies']} tasks; {counts['tasks_without']} tasks have no reply"
    )
    if counts["rows_without_reply"]:
        rows = ", ".join(f"{slug} {count}" for slug, count in sorted(counts["rows_without_reply"].items()))
        said += f"; rows without a reply: {rows}"
    examples = counts["examples"]
    if counts["unmatched_replies"] and examples["tasks_without"]:
        said += (
            f". Tasks without a reply are named such as {', '.join(map(repr, examples['tasks_without']))}; "
            f"replies, such as {', '.join(map(repr, examples['replies']))}"
        )
    return said
