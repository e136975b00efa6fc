"""A rule that rejects answers with banned words, and a reporter that writes what was accepted."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from attrs import frozen

from fastdistill import (
    Candidate,
    Event,
    Finding,
    Reporter,
    ReporterSpec,
    RuleSpec,
    Services,
    Settled,
    Task,
    hookimpl,
    passed,
    rejected,
)


@frozen(kw_only=True)
class BannedWords:
    """The table `[rules.banned-words]`."""

    words: tuple[str, ...] = ("todo", "lorem")


@frozen
class BannedWordsRule:
    """Rejects an answer in which one of the words stands."""

    options: BannedWords

    def __call__(self, task: Task[Any], candidate: Candidate, /) -> Finding:
        """Compare without regard to case."""
        text = candidate.answer.lower()
        found = [word for word in self.options.words if word.lower() in text]
        return rejected("banned-word", f"the answer says {found[0]!r}") if found else passed()


@frozen(kw_only=True)
class Ticker:
    """The table `[reporters.ticker]`."""

    path: Path = Path("accepted.txt")


@asynccontextmanager
async def open_ticker(options: Ticker, services: Services) -> AsyncIterator[Reporter]:
    """A reporter that writes the id of each accepted task on a line of its own."""
    with options.path.open("a", encoding="utf-8") as file:

        async def tick(event: Event, /) -> None:
            if isinstance(event, Settled) and event.sample.accepted:
                file.write(event.sample.task_id + "\n")

        yield tick


@hookimpl
def fastdistill_rules() -> Iterable[RuleSpec[Any]]:
    """The rule."""
    yield RuleSpec(
        name="banned-words",
        summary="rejects answers that contain a banned word",
        config=BannedWords,
        build=BannedWordsRule,
    )


@hookimpl
def fastdistill_reporters() -> Iterable[ReporterSpec[Any]]:
    """The reporter."""
    yield ReporterSpec(
        name="ticker",
        summary="writes the ids of accepted tasks into a file",
        config=Ticker,
        open=open_ticker,
    )
