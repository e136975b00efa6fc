"""`fd tasks check`: what a task file holds, without a teacher."""

import json
from pathlib import Path
from typing import Any

import click

from fastdistill.api.tasks import read_task_file
from fastdistill.cli.checking import checked, told
from fastdistill.cli.options import loaded, run_options
from fastdistill.cli.terminal import echo
from fastdistill.errors import UsageError
from fastdistill.host import PluginHost
from fastdistill.run.checking import as_data
from fastdistill.run.plan import resolve


@click.command("check", short_help="Say what a task file holds, without a teacher.")
@click.argument("file", type=click.Path(path_type=Path))
@run_options
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(
    file: Path, runfile: Path | None, settings: tuple[str, ...], as_json: bool, **flags: Any
) -> int:
    """Read FILE as a run would: how many tasks there are, what is bad and why, what was likely meant.

    Exit codes: 0 all rows are tasks, 1 some are bad, 2 the file cannot be read.
    """
    if flags.get("tasks"):
        raise UsageError("name the task file once: as FILE")
    plan = resolve(loaded(runfile, settings, {**flags, "tasks": file}), PluginHost().discover(), asks=False)
    with read_task_file(plan) as tasks:
        found = checked(tasks.plan, tasks.path)
    if as_json:
        echo(json.dumps(dict(as_data(found)), ensure_ascii=True))
    else:
        for line in told(found):
            echo(line)
    return 1 if found.bad or found.names_twice else 0
