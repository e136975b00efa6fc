"""One shard in a process of its own: `python -m fastdistill.scale.child OUT PART [--share] [--pilot]`.

Its events go to stdout as JSON Lines, what went wrong to stderr; it answers signals as `fd run` does.
"""

import json
import sys
from pathlib import Path

import anyio
import attrs
import click

from fastdistill.errors import FastDistillError
from fastdistill.model.report import Event, Finished, Settled
from fastdistill.run.folder import SHARDS
from fastdistill.run.ledger.shared_purse import SharedPurse, share
from fastdistill.run.purse import Purse
from fastdistill.run.session import Session
from fastdistill.scale.layout import PURSE, read_order, shard_folder
from fastdistill.serde import unstructure


async def tell(event: Event, /) -> None:
    """Print an event; settled tasks are counted by the progress already."""
    if not isinstance(event, Settled):
        shown = {"event": type(event).__name__.lower(), **unstructure(event)}
        print(json.dumps(shown), flush=True)  # noqa: T201  the launcher reads it


def session_of(out: Path, part: int, *, fixed_share: bool, pilot: bool) -> Session:
    """Return the session of one shard of the run in `out`."""
    order = read_order(out)
    plan = order.plan(part, pilot=pilot)
    purse: Purse | None = None
    if fixed_share:
        budget = share(plan.config.budget, part, order.shards)
        plan = attrs.evolve(plan, config=attrs.evolve(plan.config, budget=budget))
    else:
        purse = SharedPurse(
            path=out / SHARDS / PURSE, budget=plan.config.budget, shard=str(part), shards=order.shards
        )
    return Session(
        plan=plan,
        folder=shard_folder(out, part, order.shards),
        source=order.tasks,
        reporters=[("the launcher", tell)],
        purse=purse,
    )


@click.command(help=__doc__)
@click.argument("out", type=click.Path(path_type=Path))
@click.argument("part", type=int)
@click.option(
    "--share", "fixed_share", is_flag=True, help="A fixed share of the budget: no file in common."
)
@click.option("--pilot", is_flag=True, help="Hold the first tasks against the floors.")
def main(out: Path, part: int, *, fixed_share: bool, pilot: bool) -> None:
    """Run one shard; exit code 3 with the reason on stderr where it cannot."""
    try:
        finished: Finished = anyio.run(session_of(out, part, fixed_share=fixed_share, pilot=pilot).run)
    except FastDistillError as error:
        click.echo(f"{type(error).__name__}: {error}", err=True)
        sys.exit(3)
    if finished.message:
        click.echo(f"{finished.outcome}: {finished.message}", err=True)


if __name__ == "__main__":
    main()
