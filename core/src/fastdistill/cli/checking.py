"""How a task file is looked over for a command, and told to people."""

from collections.abc import Iterator
from pathlib import Path

from fastdistill.errors import boundary
from fastdistill.run.checking import Checked, check, marks
from fastdistill.run.plan import Plan
from fastdistill.run.tasks import json_lines


def checked(plan: Plan, source: Path, *, keep: int = 3) -> Checked:
    """Look the plan's tasks over. Raises `UsageError` for a file that cannot be read."""
    owner = str(plan.scenario.offer.origin)
    with boundary(owner, "build"):
        scenario = plan.spec.build(plan.scenario.options)
    tasks = json_lines(source, plan.config.base)
    return check(scenario, owner, tasks, most=plan.config.limit, keep=keep)


def told(found: Checked) -> Iterator[str]:
    """Yield what was found, for people."""
    yield f"{found.rows} rows: {found.tasks - found.names_twice} tasks, {found.bad + found.names_twice} bad"
    if found.duplicates:
        yield f"{found.duplicates} tasks ask what an earlier one asks: they will be skipped"
    if found.names_twice:
        yield f"{found.names_twice} tasks have the id of an earlier one: they count as bad"
    if found.tasks:
        yield f"{found.with_gold} of {found.tasks} tasks have gold; {found.groups} groups for a split"
    yield from marks(found)
    for one in found.complaints:
        yield f"{one.count} x {one.reason}: {one.kind}"
        yield from (f"    line {line}: {detail}" for line, detail in one.examples)
    if found.mapping:
        yield f"likely: {found.flags()}"
    if found.unknown:
        yield f"columns that go into meta: {', '.join(found.unknown)}"
