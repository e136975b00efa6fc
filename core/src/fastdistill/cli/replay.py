"""`fd replay`: judge recorded answers again."""

import json
from pathlib import Path

import attrs
import click

from fastdistill.api.checks import judge_again, replay_under
from fastdistill.cli.folders import reading
from fastdistill.cli.terminal import echo
from fastdistill.config import Loaded, load
from fastdistill.errors import UsageError
from fastdistill.host import PluginHost
from fastdistill.run.ops.replay import recorded_of
from fastdistill.run.plan import resolve


def _loaded(run: Path, runfile: Path | None, tasks: Path | None) -> Loaded:
    recorded = recorded_of(run)
    if runfile is None:
        config = recorded.config
    else:
        # The answers are the run's: only how they are judged comes from the new file.
        named = load(runfile).config
        config = attrs.evolve(
            named,
            scenario=named.scenario or recorded.config.scenario,
            tasks=named.tasks or recorded.config.tasks,
            limit=recorded.config.limit,
            shard=recorded.config.shard,
            seed=recorded.config.seed,
            teacher=recorded.config.teacher,
        )
    if tasks is not None:
        config = attrs.evolve(config, tasks=tasks)
    return Loaded(config=config, origins={}, source=str(runfile or recorded.source))


@click.command(short_help="Judge a run's recorded answers again, without a network.")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--tasks", type=click.Path(path_type=Path), help="The task file, if it has moved.")
@click.option(
    "--with", "runfile", type=click.Path(path_type=Path), help="Judge under this run file's gates."
)
@click.option("--out", type=click.Path(path_type=Path), help="With --with: the new run's folder.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def command(run: Path, tasks: Path | None, runfile: Path | None, out: Path | None, as_json: bool) -> int:
    """Judge every recorded answer of RUN again and compare verdict by verdict; nobody is asked.

    Exit code 0 only if every verdict and the dataset are the same, byte for byte. With --with, judge
    under other gates and write a new run that cites the old one.
    """
    if (runfile is None) != (out is None):
        raise UsageError("--with RUNFILE and --out DIR go together: the new gates' run needs a folder")
    with reading(run):
        plan = resolve(_loaded(run, runfile, tasks), PluginHost().discover())
        if out is not None:
            if out.exists() and any(out.iterdir()):
                raise UsageError(f"{str(out)!r} is not empty: choose another --out")
            finished = judge_again(run, plan, out)
            echo(
                f"{finished.outcome}: accepted {finished.progress.accepted} of {finished.progress.seen} "
                f"tasks, into {out}"
            )
            return 0
        found = replay_under(run, plan)
        if as_json:
            shown = attrs.asdict(found)
            echo(json.dumps(shown, ensure_ascii=True))
        else:
            for one in found.differences:
                echo(f"{one.task_id}, {one.where}: {one.cause}\n  was {one.recorded}\n  is  {one.replayed}")
            verdict = "identical" if found.same else "not the same"
            echo(
                f"{verdict}: {len(found.differences)} differences, dataset "
                f"{'the same byte for byte' if found.same_dataset else 'differs'}"
            )
        return 0 if found.same else 1
