"""`fd config`: the resolved run file, each value with its origin."""

import json
from pathlib import Path
from typing import Any

import click

from fastdistill.cli.options import loaded, run_options
from fastdistill.cli.terminal import echo
from fastdistill.config import describe
from fastdistill.errors import RunFileError
from fastdistill.host import PluginHost
from fastdistill.run.plan import resolve, with_default_teacher


@click.command(short_help="Print the resolved run file with each value's origin.")
@run_options
def command(runfile: Path | None, settings: tuple[str, ...], **flags: Any) -> None:
    """Print every value of the run that these options would start, and where it comes from."""
    found = loaded(runfile, settings, flags)
    if found.problems:
        raise RunFileError(found.source, found.problems)
    host = PluginHost().discover()
    found = with_default_teacher(found, host)
    for path, value, origin in describe(found):
        shown = json.dumps(value, ensure_ascii=True)
        echo(f"{path} = {shown}".ljust(56) + f"  # {origin}")
    if found.config.scenario:
        plan = resolve(found, host)
        echo(f"# gates, in order: {', '.join(gate.name for gate in plan.gates)}")
