"""`fd diff`: what changed between two runs."""

import json
from pathlib import Path
from typing import Any

import click

from fastdistill.cli.folders import reading
from fastdistill.cli.terminal import echo
from fastdistill.run.ops.diff import diff

MOST = 40
"""Lines of one kind shown at a terminal; --json has them all."""


def _rate(found: dict[str, Any]) -> str:
    if found["rate"] is None:
        return "unknown"
    low, high = found["interval"]
    return f"{found['rate']:.1%} ({found['count']} of {found['of']}; 95 %: {low:.1%} to {high:.1%})"


def _section(title: str, lines: list[str]) -> None:
    if lines:
        echo(title)
        for line in lines[:MOST]:
            echo(f"  {line}")
        if len(lines) > MOST:
            echo(f"  and {len(lines) - MOST} more")


@click.command(short_help="Show what changed between two runs.")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def command(old: Path, new: Path, as_json: bool) -> None:
    """Show what changed from run OLD to run NEW."""
    with reading(old, new):
        found = diff(old, new)
        if as_json:
            echo(json.dumps(found, ensure_ascii=True))
            return
        for part in ("configuration", "plugins", "gates"):
            _section(part, [f"{one['path']}: {one['old']!r} -> {one['new']!r}" for one in found[part]])
        _section("tasks gone", found["tasks_gone"])
        _section("tasks added", found["tasks_added"])
        _section(
            "decisions that changed",
            [
                f"{one['task_id']}: "
                + " -> ".join(" ".join(filter(None, one[side])) for side in ("old", "new"))
                for one in found["flips"]
            ],
        )
        for name, rates in found["rates"].items():
            echo(f"{name:<12}{_rate(rates['old'])}  ->  {_rate(rates['new'])}")
