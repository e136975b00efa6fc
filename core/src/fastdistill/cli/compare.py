"""`fd compare`: which of two students is better, and whether that may be said."""

import json
from pathlib import Path
from typing import Any

import click

from fastdistill.cli.folders import reading
from fastdistill.cli.terminal import echo
from fastdistill.students.paired import compared
from fastdistill.students.sides import doubts, read_side

MOST = 20
"""Flips shown at a terminal; --json has them all."""


@click.command(short_help="Say which of two students is better, if that may be said.")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def command(old: Path, new: Path, as_json: bool) -> None:
    """Compare run NEW with run OLD task by task: two `fd eval` folders, or two runs of teachers.

    Exact McNemar and a paired bootstrap by group; a difference is claimed only where both show it.
    """
    with reading(old, new):
        one, two = read_side(old), read_side(new)
    found = compared(one.scores, two.scores, {"old": one.name, "new": two.name})
    found |= {"runs": {"old": one.name, "new": two.name}, "doubts": doubts(one, two)}
    echo(json.dumps(found, ensure_ascii=True) if as_json else "\n".join(_lines(found)))


def _share(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.1%}"


def _lines(found: dict[str, Any]) -> list[str]:
    left, flips = found["left_out"], found["flips"]
    lines = [
        f"old  {_share(found['old'])}  {found['runs']['old']}",
        f"new  {_share(found['new'])}  {found['runs']['new']}",
        f"{found['tasks']} tasks of {found['groups']} groups in common; left out: "
        f"{left['only_old']} only in old, {left['only_new']} only in new, {left['undecided']} undecided",
        f"better on {found['better']}, worse on {found['worse']}; resampled by {found['resampled']}",
    ]
    lines += [f"  {one['task_id']}: {_share(one['old'])} -> {_share(one['new'])}" for one in flips[:MOST]]
    if len(flips) > MOST:
        lines.append(f"  and {len(flips) - MOST} more: --json lists them")
    lines += [f"doubt: {one}" for one in found["doubts"]]
    return [*lines, found["claim"]]
