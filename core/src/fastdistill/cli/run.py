"""`fd run`: the main job."""

import sys
from pathlib import Path
from typing import Any

import click

from fastdistill.api.runs import new_folder
from fastdistill.api.tasks import task_file
from fastdistill.cli.driving import console, drive
from fastdistill.cli.dry_run import dry_run
from fastdistill.cli.options import loaded, run_options
from fastdistill.cli.terminal import echo
from fastdistill.errors import UsageError
from fastdistill.host import PluginHost
from fastdistill.run.folder import SHARDS, put_aside
from fastdistill.run.plan import resolve
from fastdistill.run.session import Session


@click.command(short_help="Ask a teacher, judge its answers, write a dataset.")
@run_options
@click.option("--budget-tokens", type=int, metavar="N", help="Stop when N tokens are spent.")
@click.option("--budget-usd", type=float, metavar="X", help="Stop when X US dollars are spent.")
@click.option("--max-time", type=float, metavar="S", help="Stop after S seconds.")
@click.option("--accept", type=int, metavar="N", help="Stop when N samples are accepted.")
@click.option("--audit", type=int, metavar="N", help="Tasks on which to audit the gates at the end [20].")
@click.option("--no-pilot", is_flag=True, help="Go on whatever the first tasks show.")
@click.option("--out", type=click.Path(path_type=Path), help="The run's folder [runs/<run id>].")
@click.option("--no-resume", is_flag=True, help="Refuse a folder that already holds a run.")
@click.option("--start-over", is_flag=True, help="Put the run in --out aside; begin in an empty folder.")
@click.option("--fresh", is_flag=True, hidden=True, help="The name that --no-resume had before.")
@click.option("--shards", type=click.IntRange(1, 9999), metavar="N", help="Run as N shards side by side.")
@click.option("--on", type=click.Choice(["local", "slurm"]), help="Where shards run [local].")
@click.option("--workers", type=click.IntRange(1), metavar="N", help="Shards at a time [the cores].")
@click.option("--json", "as_json", is_flag=True, help="Events as JSON Lines on stdout, for machines.")
@click.option("--dry-run", "dry", is_flag=True, help="Show prompts, gates and cost; ask nobody.")
def command(
    runfile: Path | None,
    settings: tuple[str, ...],
    out: Path | None,
    no_resume: bool,
    start_over: bool,
    fresh: bool,
    budget_tokens: int | None,
    budget_usd: float | None,
    max_time: float | None,
    accept: int | None,
    audit: int | None,
    no_pilot: bool,
    as_json: bool,
    dry: bool,
    shards: int | None,
    on: str | None,
    workers: int | None,
    **flags: Any,
) -> int:
    """Ask a teacher about tasks, take each answer through the gates, and write what passed.

    Run the same command with the same --out again to resume. Exit codes: 0 done, 1 finished with tasks
    that failed, 2 usage or run file, 3 environment, 4 stopped by a floor or a budget,
    130 interrupted.
    """
    more = [
        ("--out", "out", str(out) if out else None),
        ("--budget-tokens", "budget.tokens", budget_tokens),
        ("--budget-usd", "budget.usd", budget_usd),
        ("--max-time", "budget.seconds", max_time),
        ("--accept", "budget.accept", accept),
        ("--audit", "audit", audit),
        ("--no-pilot", "pilot.enabled", False if no_pilot else None),
    ]
    plan = resolve(loaded(runfile, settings, flags, more), PluginHost().discover())
    if dry:
        for line in dry_run(plan):
            echo(line)
        return 0
    folder = plan.config.out or new_folder(plan)
    if fresh:
        echo("note: --fresh is --no-resume now; --start-over begins anew in an empty folder", err=True)
    if start_over and (aside := put_aside(folder)) is not None:
        echo(f"The run that was in {str(folder)!r} is in {str(aside)!r} now.", err=True)
    tasks = task_file(plan, folder, stdin=getattr(sys.stdin, "buffer", None))
    if tasks.note:
        echo(tasks.note, err=True)
    named = plan.config.out is not None
    if shards is None and (on or workers):
        raise UsageError(f"{'--on' if on else '--workers'} is for a run in shards: add --shards N")
    if shards is not None:
        from fastdistill.cli.sharded import Sharding, run_sharded

        if (fresh or no_resume) and (folder / SHARDS).exists():
            raise UsageError(f"{str(folder)!r} holds shards of a run already: choose another --out")
        sharding = Sharding(shards=shards, on=on or "local", workers=workers)
        return run_sharded(tasks, folder, sharding, console(as_json=as_json), named=named)
    session = Session(
        plan=tasks.plan,
        folder=folder,
        source=tasks.path,
        total=tasks.total,
        fresh=fresh or no_resume,
        reporters=[("the console", console(as_json=as_json))],
    )
    return drive(session, named=named)
