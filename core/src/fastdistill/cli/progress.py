"""The console reporters: live progress at a terminal, plain lines elsewhere, JSON for machines."""

import json
import sys
import time
from typing import Any

from attrs import define, field

from fastdistill.cli.ending import summary
from fastdistill.cli.figures import Figures, counted, duration
from fastdistill.cli.terminal import echo
from fastdistill.model.report import Event, Finished, Noticed, Progress, Settled, Started, Ticked
from fastdistill.redact import scrub
from fastdistill.serde import unstructure

__all__ = ["Console", "JsonLinesReporter", "Plain", "duration", "summary"]

PLAIN_EVERY = 10.0
"""Seconds between two plain lines."""
NARROW = 60
"""Columns below which there is no room for a bar."""


def opening(event: Started) -> list[str]:
    """Who teaches what, and into which folder."""
    word = "resuming" if event.resumed else "starting"
    asked = ", ".join(
        model if name == model else f"{name} ({model})" for name, model in event.teachers.items()
    )
    return [
        f"{word} {event.run_id}: {event.scenario}, into {event.folder}",
        *([f"taught by {asked}"] if asked else []),
    ]


class Plain:
    """Lines for logs and pipes, on stderr; the summary on stdout."""

    def __init__(self) -> None:
        self._next = 0.0
        self._figures = Figures()

    async def __call__(self, event: Event, /) -> None:
        """Print a line now and then."""
        match event:
            case Started():
                self._figures = Figures(before=event.progress)
                echo("\n".join(opening(event)), err=True)
            case Noticed():
                echo(f"note: {event.message}", err=True)
            case Settled():
                self._figures.settled(event)
            case Ticked():
                if said := self._figures.note(event.progress):
                    echo(f"note: {said}", err=True)
                if time.monotonic() >= self._next:
                    self._next = time.monotonic() + PLAIN_EVERY
                    echo(self._line(event.progress), err=True)
            case Finished():
                echo("\n".join(summary(event, self._figures)))

    def _line(self, p: Progress) -> str:
        if not p.accepted + p.rejected + p.failed:
            return self._figures.waiting(p)
        cost = self._figures.spent(p)
        return (
            f"{self._figures.tasks(p)}: {p.accepted} accepted, {p.rejected} rejected, {p.failed} failed; "
            f"requests {self._figures.requests(p)}; tokens {cost}"
        )


class JsonLinesReporter:
    """Every event as one JSON object a line on stdout."""

    async def __call__(self, event: Event, /) -> None:
        """Print `event`."""
        if isinstance(event, Settled):
            sample = event.sample
            shown: dict[str, Any] = {
                "task_id": sample.task_id,
                "sample_id": sample.sample_id,
                "status": sample.status.value,
                "reason": sample.reason,
            }
        else:
            shown = unstructure(event)
        echo(json.dumps({"event": type(event).__name__.lower(), **shown}, ensure_ascii=True))


@define
class Console:
    """Live progress on a terminal."""

    _live: Any = field(default=None, init=False)
    _figures: Figures = field(factory=Figures, init=False)

    async def __call__(self, event: Event, /) -> None:
        """Redraw."""
        match event:
            case Started():
                from rich.console import Console as Terminal
                from rich.live import Live

                self._figures = Figures(before=event.progress)
                terminal = Terminal(stderr=True, highlight=False)
                for line in opening(event):
                    terminal.print(scrub(line), markup=False)
                self._live = Live(console=terminal, refresh_per_second=4, transient=True)
                self._live.start()
            case Noticed():
                self._say(f"note: {event.message}")
            case Settled():
                self._figures.settled(event)
            case Ticked() if self._live is not None:
                if said := self._figures.note(event.progress):
                    self._say(f"note: {said}")
                self._live.update(_panel(event.progress, self._figures, self._live.console.width))
            case Finished():
                if self._live is not None:
                    self._live.stop()
                    self._live = None
                echo("\n".join(summary(event, self._figures)), file=sys.stdout)

    def _say(self, line: str) -> None:
        """Print a line above the panel, which would be torn by one that goes round it."""
        if self._live is None:
            echo(line, err=True)
        else:
            self._live.console.print(scrub(line), markup=False)


def _panel(p: Progress, figures: Figures, width: int) -> Any:
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    settled = p.accepted + p.rejected + p.failed + p.skipped
    rows = [("tasks", figures.tasks(p), "")]
    if not p.accepted + p.rejected + p.failed:
        rows.append(("now", figures.waiting(p), ""))
    rows += [
        ("accepted", figures.accepted(p), "green"),
        ("rejected", f"{p.rejected:,}", "yellow"),
        ("failed", f"{p.failed:,} {counted(figures.failures)}".strip(), "red" if p.failed else ""),
        ("answers", f"{p.answered:,}; rejected: {counted(p.reasons) or 'none'}", ""),
        ("requests", figures.requests(p), ""),
        ("tokens", figures.spent(p), ""),
    ]
    if slowest := figures.slowest(p):
        rows.append(("slowest gate", slowest, ""))
    table = Table.grid(padding=(0, 1 if width < NARROW else 2))
    table.add_column(no_wrap=True, min_width=max(len(name) for name, _, _ in rows))
    table.add_column(overflow="fold")
    if p.total and width >= NARROW:
        table.add_row("", ProgressBar(p.total, settled, width=min(width - 20, 80)))
    for name, said, style in rows:
        table.add_row(Text(name, style=style or "dim"), Text(scrub(said)))
    return table
