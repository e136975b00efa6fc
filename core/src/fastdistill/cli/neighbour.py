"""`fd neighbour`: what a gate invented to judge an answer, as a file."""

from pathlib import Path

import anyio
import attrs
import click

from fastdistill.api.tasks import read_task_file
from fastdistill.config import Loaded
from fastdistill.errors import UsageError
from fastdistill.host import PluginHost
from fastdistill.run.ops.neighbour import illustrate
from fastdistill.run.ops.replay import recorded_of
from fastdistill.run.plan import resolve


@click.command(short_help="Write the neighbour database that refused an answer.")
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("task")
@click.option("--seed", type=int, metavar="N", help="Which one [the one that refused the answer].")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The file to write.")
@click.option("--tasks", type=click.Path(path_type=Path), help="The task file, if it has moved.")
def command(run: Path, task: str, seed: int | None, out: Path, tasks: Path | None) -> None:
    """Write what judged TASK's last refused answer in the run in folder RUN, and say why.

    Nobody is asked, and RUN is only read.
    """
    if out.exists():
        raise UsageError(f"there is already something at {str(out)!r}: choose another --out")
    if not out.resolve().parent.is_dir():
        raise UsageError(f"there is no folder {str(out.resolve().parent)!r} to write {out.name!r} into")
    recorded = recorded_of(run)
    if tasks is not None:
        recorded = Loaded(
            config=attrs.evolve(recorded.config, tasks=tasks), origins={}, source=recorded.source
        )
    with read_task_file(resolve(recorded, PluginHost().discover(), asks=False)) as read:
        shown = anyio.run(illustrate, run, read.plan, read.path, task, seed, out.resolve())
    click.echo(f"{out}: {shown.said}")
    for name in ("question", "gold_sql"):
        if name in shown.evidence:
            click.echo(f"{name}: {shown.evidence[name]}")
    click.echo(f"answer: {shown.answer}")
    click.echo(f"verdict: {shown.reason}{': ' if shown.detail else ''}{shown.detail}")
