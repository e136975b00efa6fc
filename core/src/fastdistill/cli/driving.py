"""Drives a session from a terminal: what it exits with, and the line that resumes it."""

import shlex
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import attrs
import click
from attrs import define

from fastdistill.cli.progress import Console, JsonLinesReporter, Plain
from fastdistill.cli.terminal import echo
from fastdistill.model.report import Event, Finished, RunOutcome, Started
from fastdistill.protocols import Reporter
from fastdistill.run.session import Session

EXIT = {
    RunOutcome.DONE: 0,
    RunOutcome.FAULTS: 1,
    RunOutcome.FLOOR: 4,
    RunOutcome.BUDGET: 4,
    RunOutcome.TARGET: 0,
    RunOutcome.INTERRUPTED: 130,
}
RESUME = {
    RunOutcome.FAULTS: "To try again what failed",
    RunOutcome.FLOOR: "To go on regardless of the floor",
    RunOutcome.BUDGET: "To resume, with a larger budget",
    RunOutcome.INTERRUPTED: "To resume",
    RunOutcome.STOPPED: "To resume",
}
"""Ends that the same command goes on from, and what going on means."""
ONLY_FIRST = ("--fresh", "--no-resume", "--start-over")
"""Flags that would refuse the folder which is there now."""


@define
class _Ending:
    """Remembers how far a session came."""

    started: bool = False
    outcome: RunOutcome = RunOutcome.STOPPED
    """What it is while no end was told: a session that raises was stopped."""

    async def __call__(self, event: Event, /) -> None:
        """Look at one event."""
        self.started = self.started or isinstance(event, Started)
        if isinstance(event, Finished):
            self.outcome = event.outcome


def console(*, as_json: bool = False) -> Reporter:
    """Return the reporter that fits where the output goes."""
    if as_json:
        return JsonLinesReporter()
    return Console() if sys.stderr.isatty() and sys.stdout.isatty() else Plain()


def drive(session: Session, *, named: bool) -> int:
    """Run a session; see `ended`."""

    async def work(ending: Reporter) -> Finished:
        reporters = [*session.reporters, ("the command", ending)]
        return await attrs.evolve(session, reporters=reporters).run()

    return ended(work, folder=session.folder, named=named)


def ended(work: Callable[[Reporter], Awaitable[Finished]], *, folder: Path, named: bool) -> int:
    """Do `work`, which tells its events to what it is given, and return the exit code.

    It says how to resume where that can be. `named` says whether the command line or the run file names the
    folder. An error that ends work which had begun carries the line as a note.
    """
    ending = _Ending()
    try:
        finished = anyio.run(work, ending)
    except Exception as error:
        if ending.started and ending.outcome in RESUME:
            error.add_note(_resume_line(ending.outcome, None if named else folder))
        raise
    if finished.outcome in RESUME:
        echo(_resume_line(finished.outcome, None if named else folder), err=True)
    return EXIT.get(finished.outcome, 1)


def _resume_line(outcome: RunOutcome, folder: Path | None) -> str:
    """Return this command as it goes on, quoted for the shell."""
    words = [word for word in sys.argv[1:] if word not in ONLY_FIRST]
    if folder is not None:
        words += ["--out", str(folder)]
    if outcome is RunOutcome.FLOOR and _takes("--no-pilot"):
        words.append("--no-pilot")
    return f"{RESUME[outcome]}: fd {shlex.join(words)}"


def _takes(flag: str) -> bool:
    """Return whether the command that runs knows a flag."""
    context = click.get_current_context(silent=True)
    return context is not None and any(flag in one.opts for one in context.command.params)
