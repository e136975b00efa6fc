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
    if plan.config.tasks == STDIN:
        plan = keep_stdin(plan, folder)
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


def keep_stdin(plan: Plan, folder: Path) -> Plan:
    """The plan with the tasks of stdin as a file: in the run's folder, where a replay finds them.

    Raises `UsageError` for a folder that holds a run of other tasks, which is left as it is.
    """
    prepare(folder)
    kept = folder / TASKS
    with tempfile.TemporaryDirectory(prefix="fastdistill-") as tmp:
        taken = Path(tmp) / TASKS
        with taken.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        count_lines(taken)
        if not (folder / LEDGER).exists():
            shutil.move(taken, kept)
        elif not kept.is_file() or file_digest(kept) != file_digest(taken):
            raise UsageError(
                f"{str(folder)!r} holds a run of other tasks than those of stdin: choose another --out"
            )
    return attrs.evolve(plan, config=attrs.evolve(plan.config, tasks=kept))


def with_source(plan: Plan) -> tuple[Plan, Path, list[str]]:
    """The task file: the one named, or the scenario's pack with its default number of tasks."""
    config = plan.config
    if config.tasks is not None:
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


def latest_or_new(plan: Plan) -> Path:
    """A folder of its own for a run that names none."""
    return Path("runs") / new_run_id(digest(identity(plan)))
