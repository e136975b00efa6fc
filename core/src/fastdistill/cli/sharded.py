"""`fd run --shards N`: the run as N shards side by side, and one result."""

import os
from pathlib import Path

import attrs
from attrs import frozen

from fastdistill.api.tasks import TaskFile
from fastdistill.cli.driving import ended
from fastdistill.cli.terminal import echo
from fastdistill.errors import UsageError
from fastdistill.model.report import Finished, Progress, RunOutcome
from fastdistill.protocols import Reporter
from fastdistill.run.events import EventBus
from fastdistill.run.folder import locked, prepare
from fastdistill.run.limits import Stop
from fastdistill.scale import slurm
from fastdistill.scale.layout import Order, write_order
from fastdistill.scale.local import Launch
from fastdistill.scale.whole import merge_into

MERGED = (RunOutcome.DONE, RunOutcome.FAULTS, RunOutcome.BUDGET, RunOutcome.TARGET)
"""Ends of the shards after which there is a result to put together."""


@frozen(kw_only=True)
class Sharding:
    """How a run is split, and where its shards run."""

    shards: int
    on: str
    workers: int | None = None


def run_sharded(
    tasks: TaskFile, folder: Path, sharding: Sharding, console: Reporter, *, named: bool
) -> int:
    """Run the shards in `folder` and merge them there; return the exit code."""
    config = tasks.plan.config
    if config.shard is not None:
        raise UsageError(f"this run is shard {config.shard} already: leave 'shard' out with --shards")
    base = config.base and config.base.resolve()
    config = attrs.evolve(config, tasks=tasks.path.resolve(), base=base, out=None)
    order = Order(config=config, shards=sharding.shards)
    prepare(folder)
    name = folder.resolve().name
    if sharding.on == "slurm":
        return _on_slurm(folder, order, sharding, console, named=named)

    async def work(ending: Reporter) -> Finished:
        events = EventBus(reporters=[("the console", console), ("the command", ending)])
        launch = Launch(
            out=folder,
            order=order,
            workers=sharding.workers or os.cpu_count() or 1,
            total=tasks.total,
            events=events,
        )
        return await _result(folder, name, order, events, await launch.run(), launch.progress())

    with locked(folder):
        write_order(folder, order)
        return ended(work, folder=folder, named=named)


async def _result(
    folder: Path, name: str, order: Order, events: EventBus, stop: Stop, progress: Progress
) -> Finished:
    """Merge what there is to merge, and tell how it all ended."""
    if stop.outcome in MERGED:
        partial = stop.outcome in (RunOutcome.BUDGET, RunOutcome.TARGET)
        merged = await merge_into(folder, order, partial=partial)
        finished = attrs.evolve(merged, outcome=stop.outcome, message=stop.message) if partial else merged
    else:
        finished = Finished(
            run_id=name,
            folder=str(folder),
            outcome=stop.outcome,
            message=stop.message,
            progress=progress,
            files={},
        )
    await events.emit(finished)
    return finished


def _on_slurm(folder: Path, order: Order, sharding: Sharding, console: Reporter, *, named: bool) -> int:
    """Submit what has not come to its end; merge where everything has."""
    name = folder.resolve().name

    async def work(ending: Reporter) -> Finished:
        events = EventBus(reporters=[("the console", console), ("the command", ending)])
        stop = Stop(outcome=RunOutcome.DONE, message="")
        return await _result(folder, name, order, events, stop, Progress(total=None))

    with locked(folder):
        write_order(folder, order)
        left = slurm.missing(folder, order)
        if not left:
            return ended(work, folder=folder, named=named)
        echo(slurm.submit(folder, order, left, sharding.workers))
        echo(f"{len(left)} shards are submitted. The same command merges them when they are done.")
        return 0
