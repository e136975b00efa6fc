"""`fd merge`: one run of many shards."""

import tempfile
from pathlib import Path

import anyio
import attrs
import click

from fastdistill.api.tasks import read_task_file
from fastdistill.cli.folders import reading
from fastdistill.cli.terminal import echo
from fastdistill.config import Loaded
from fastdistill.errors import UsageError
from fastdistill.host import PluginHost
from fastdistill.run.ops.merge import gathered, merge
from fastdistill.run.plan import resolve


@click.command(short_help="Make one run of all the shards of a run.")
@click.argument("shards", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="SHARD...")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The whole run's folder.")
@click.option("--tasks", type=click.Path(path_type=Path), help="The task file, if it has moved.")
def command(shards: tuple[Path, ...], out: Path, tasks: Path | None) -> int:
    """Make one run, in the folder OUT, of the folders of all the shards of a run.

    The shards are only read; nobody is asked and nothing is judged again. The dataset has the bytes of a
    run that was never split. Exit code 1 if tasks failed: `fd run --out OUT` tries those again.
    """
    if out.exists() and any(out.iterdir()):
        raise UsageError(f"{str(out)!r} is not empty: choose another --out")
    with reading(*shards):
        with tempfile.TemporaryDirectory(prefix="fastdistill-") as copies:
            found = gathered(shards, Path(copies))
            config = attrs.evolve(found[0][0].config, shard=None, out=None)
            if tasks is not None:
                config = attrs.evolve(config, tasks=tasks)
            loaded = Loaded(config=config, origins={}, source="the shards' recorded run file")
            with read_task_file(resolve(loaded, PluginHost().discover())) as read:
                finished = anyio.run(merge, read.plan, read.path, found, out)
        counts = finished.progress
        echo(f"{finished.outcome}: accepted {counts.accepted} of {counts.seen} tasks, into {out}")
        return 1 if finished.outcome == "faults" else 0
