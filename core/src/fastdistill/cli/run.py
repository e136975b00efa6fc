"""`fd run`: the main job."""

import shlex
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import anyio
import attrs
import click

from fastdistill.cli.options import loaded, run_options
from fastdistill.cli.progress import Console, JsonLinesReporter, Plain
from fastdistill.cli.terminal import echo
from fastdistill.errors import UsageError
from fastdistill.host import PluginHost
from fastdistill.model.report import Finished, RunOutcome
from fastdistill.run.folder import LEDGER, new_run_id, prepare
from fastdistill.run.hashing import file_digest
from fastdistill.run.lines import count_lines
from fastdistill.run.plan import Plan, digest, identity, resolve
from fastdistill.run.session import Session
from fastdistill.run.sources import is_foreign, location_of, take_over

STDIN = Path("-")
TASKS = "tasks.jsonl"
"""The name in a run's folder of tasks that came by stdin."""
EXIT = {
    RunOutcome.DONE: 0,
    RunOutcome.FAULTS: 1,
    RunOutcome.FLOOR: 4,
    RunOutcome.BUDGET: 4,
    RunOutcome.TARGET: 0,
    RunOutcome.INTERRUPTED: 130,
}


@click.command(short_help="Ask a teacher, judge its answers, write a dataset.")
@run_options
@click.option("--budget-tokens", type=int, metavar="N", help="Stop when N tokens are spent.")
@click.option("--budget-usd", type=float, metavar="X", help="Stop when X US dollars are spent.")
@click.option("--max-time", type=float, metavar="S", help="Stop after S seconds.")
@click.option("--accept", type=int, metavar="N", help="Stop when N samples are accepted.")
@click.option("--audit", type=int, metavar="N", help="Tasks on which to audit the gates at the end [20].")
@click.option("--no-pilot", is_flag=True, help="Go on whatever the first tasks show.")
@click.option("--out", type=click.Path(path_type=Path), help="The run's folder [runs/<run id>].")
@click.option("--fresh", is_flag=True, help="Refuse a folder that already holds a run.")
@click.option("--json", "as_json", is_flag=True, help="Events as JSON Lines on stdout, for machines.")
def command(
    runfile: Path | None,
    settings: tuple[str, ...],
    out: Path | None,
    fresh: bool,
    budget_tokens: int | None,
    budget_usd: float | None,
    max_time: float | None,
    accept: int | None,
    audit: int | None,
    no_pilot: bool,
    as_json: bool,
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
    folder = plan.config.out or latest_or_new(plan)
    plan = keep_tasks(plan, folder)
    plan, source, notes = with_source(plan)
    reporter = (
        JsonLinesReporter()
        if as_json
        else Console()
        if sys.stderr.isatty() and sys.stdout.isatty()
        else Plain()
    )
    for note in notes:
        echo(note, err=True)
    session = Session(
        plan=plan,
        folder=folder,
        source=source,
        total=plan.config.limit or count_lines(source),
        fresh=fresh,
        reporters=[("the console", reporter)],
    )
    finished: Finished = anyio.run(session.run)
    code = EXIT.get(finished.outcome, 1)
    if code == 130 and not as_json:
        words = [word for word in sys.argv[1:] if word != "--fresh"]
        if plan.config.out is None:
            words += ["--out", str(folder)]
        echo(f"To resume: fd {shlex.join(words)}", err=True)
    return code


def keep_tasks(plan: Plan, folder: Path) -> Plan:
    """The plan with its tasks as JSON Lines in the run's folder, where they are none by themselves.

    So are those of stdin, a table, a folder, a hub, or with columns to be mapped: a resume and a replay
    find them there. A folder that holds a run of other tasks is left as it is: `UsageError`.
    """
    tasks = plan.config.tasks
    location = "" if tasks is None else location_of(tasks)
    if tasks is None or not (tasks == STDIN or is_foreign(plan, location)):
        return plan
    kept = folder / TASKS
    if not ("://" in location and kept.is_file()):  # a hub need not be asked again
        _keep(plan, location, kept)
    return reading_kept(plan, location, kept)


def _keep(plan: Plan, location: str, kept: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="fastdistill-") as tmp:
        taken = Path(tmp) / TASKS
        if location == str(STDIN):
            with taken.open("wb") as file:
                shutil.copyfileobj(sys.stdin.buffer, file)
        if location != str(STDIN) or plan.config.map:
            take_over(plan, str(taken) if location == str(STDIN) else location, taken)
        count_lines(taken)
        if not (kept.parent / LEDGER).exists():
            prepare(kept.parent)
            shutil.move(taken, kept)
        elif not kept.is_file() or file_digest(kept) != file_digest(taken):
            raise UsageError(
                f"{str(kept.parent)!r} holds a run of other tasks than {location!r} has now: "
                "choose another --out"
            )


def reading_kept(plan: Plan, location: str, kept: Path) -> Plan:
    """The plan of a run that reads the tasks which were taken over from `location`."""
    where = Path(location)
    base = plan.config.base or (where if where.is_dir() else where.parent if where.is_file() else Path())
    return attrs.evolve(plan, config=attrs.evolve(plan.config, tasks=kept, map={}, base=base))


def with_source(plan: Plan) -> tuple[Plan, Path, list[str]]:
    """The task file: the one named, or the scenario's pack with its default number of tasks."""
    config = plan.config
    if config.tasks is not None:
        location = location_of(config.tasks)
        if ("://" in location or config.tasks.exists()) and is_foreign(plan, location):
            return _taken_over(plan, location)
        if not config.tasks.is_file():
            raise UsageError(f"there is no task file {str(config.tasks)!r}")
        return plan, config.tasks, []
    if plan.spec.pack is None:
        raise UsageError(f"the scenario {config.scenario!r} has no bundled tasks: name a file with --tasks")
    pack = plan.spec.pack()
    if config.limit is not None or plan.spec.pack_limit is None:
        return plan, pack, []
    limited = attrs.evolve(plan, config=attrs.evolve(config, limit=plan.spec.pack_limit))
    note = f"Taking {plan.spec.pack_limit} of the {count_lines(pack)} bundled tasks; --limit N for more."
    return limited, pack, [note]


def _taken_over(plan: Plan, location: str) -> tuple[Plan, Path, list[str]]:
    """A foreign source for a command that keeps nothing: gone when the command ends."""
    tmp = tempfile.TemporaryDirectory(prefix="fastdistill-")
    click.get_current_context().call_on_close(tmp.cleanup)
    kept = Path(tmp.name) / TASKS
    take_over(plan, location, kept)
    return reading_kept(plan, location, kept), kept, []


def latest_or_new(plan: Plan) -> Path:
    """A folder of its own for a run that names none."""
    return Path("runs") / new_run_id(digest(identity(plan)))
