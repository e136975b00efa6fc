"""`fd doctor`: what this machine has and lacks for a run, and what to do. Nothing is asked that costs."""

import json
from pathlib import Path
from typing import Any

import anyio
import click

from fastdistill.cli.options import loaded, run_options
from fastdistill.cli.terminal import echo
from fastdistill.doctor.endpoints import teachers
from fastdistill.doctor.machine import caches, disks, extras, plugins, python, sandboxes
from fastdistill.errors import RunFileError
from fastdistill.host import PluginHost
from fastdistill.run.plan import resolve
from fastdistill.specs import DoctorCheck

WORDS = {True: "ok", None: "note", False: "LACKS"}


@click.command(short_help="Say what this machine has and lacks for a run.")
@run_options
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def command(runfile: Path | None, settings: tuple[str, ...], as_json: bool, **flags: Any) -> int:
    """Look at Python, plugins, sandboxes, caches and disks; of a run, keys and endpoints too.

    Keys are never shown, and no teacher is asked. Exit 3 where something lacks.
    """
    host = PluginHost().discover()
    if flags.get("scenario"):
        host.get("scenarios", flags["scenario"])
    found = [python(), *plugins(host), *extras(), *sandboxes(host), *caches(), *disks()]
    if runfile is not None or flags.get("teacher"):
        found += _of_run(runfile, settings, flags, host)
    if as_json:
        checks = [
            {
                "name": one.name,
                "ok": one.ok,
                "detail": one.detail,
                "advice": one.advice,
                "data": dict(one.data),
            }
            for one in found
        ]
        echo(json.dumps({"checks": checks, "ok": all(one.ok is not False for one in found)}, indent=2))
    else:
        for one in found:
            echo(f"{WORDS[one.ok]:<6} {one.name}: {one.detail}")
            if one.advice and one.ok is not True:
                echo(f"       -> {one.advice}")
    return 3 if any(one.ok is False for one in found) else 0


def _of_run(
    runfile: Path | None, settings: tuple[str, ...], flags: dict[str, Any], host: PluginHost
) -> list[DoctorCheck]:
    """Look at the teachers of a run. A run file with mistakes is told as `fd config` does."""
    got = loaded(runfile, settings, flags)
    if got.problems:
        raise RunFileError(got.source, got.problems)
    scenarios = [one.spec.name for one in host.offers("scenarios")]
    if not got.config.scenario and scenarios:  # any will do to look at teachers
        got = loaded(runfile, (*settings, f"scenario={scenarios[0]}"), flags)
    plan = resolve(got, host)
    return anyio.run(teachers, plan)
