"""The console reporters: live progress at a terminal, plain lines elsewhere, JSON for machines."""

import json
import sys
import time
from typing import Any

from attrs import define, field

from fastdistill.cli.terminal import echo
from fastdistill.model.report import Event, Finished, Noticed, Progress, Settled, Started, Ticked
from fastdistill.serde import unstructure

PLAIN_EVERY = 10.0
"""Seconds between two plain lines."""


def duration(seconds: float | None) -> str:
    """`1:02:03`, `2:03`, or a dash for unknown."""
    if seconds is None:
        return "-"
    whole = int(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def reasons(progress: Progress, most: int = 3) -> str:
    """The commonest reasons of rejected answers."""
    ranked = sorted(progress.reasons.items(), key=lambda item: -item[1])
    return ", ".join(f"{name} {count}" for name, count in ranked[:most])


def summary(event: Finished) -> list[str]:
    """What a person reads when a run has ended."""
    p = event.progress
    of = p.seen - p.skipped
    share = f" ({p.accepted / of:.0%})" if of else ""
    lines = [
        f"{event.outcome}: accepted {p.accepted} of {of} tasks{share}; "
        f"rejected {p.rejected}, failed {p.failed}, skipped {p.skipped}; {duration(p.elapsed)}",
    ]
    if p.reasons:
        lines.append(f"rejected answers: {reasons(p, 8)}")
    if event.message:
        lines.append(event.message)
    lines += [f"{name.ljust(20)} {event.files[name]}" for name in ("dataset.jsonl", "report.html")]
    lines.append(f"manifest digest      {event.digest}")
    return lines


class Plain:
    """Lines for logs and pipes, on stderr; the summary on stdout."""

    def __init__(self) -> None:
        self._next = 0.0

    async def __call__(self, event: Event, /) -> None:
        """Print a line now and then."""
        match event:
            case Started():
                word = "resuming" if event.resumed else "starting"
                echo(f"{word} {event.run_id}: {event.scenario}, into {event.folder}", err=True)
            case Noticed():
                echo(f"note: {event.message}", err=True)
            case Ticked() if time.monotonic() >= self._next:
                self._next = time.monotonic() + PLAIN_EVERY
                p = event.progress
                echo(
                    f"{p.accepted + p.rejected + p.failed}/{p.total or '?'} settled, "
                    f"{p.accepted} accepted, "
                    f"{p.rejected} rejected, {p.failed} failed, {p.in_flight} in flight, "
                    f"{duration(p.eta)} left",
                    err=True,
                )
            case Finished():
                echo("\n".join(summary(event)))


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

    async def __call__(self, event: Event, /) -> None:
        """Redraw."""
        match event:
            case Started():
                from rich.console import Console as Terminal
                from rich.live import Live

                terminal = Terminal(stderr=True)
                verb = "resumes" if event.resumed else "starts"
                terminal.print(f"[bold]fd[/] {event.scenario}: {verb} {event.run_id}")
                self._live = Live(console=terminal, refresh_per_second=4, transient=True)
                self._live.start()
            case Noticed():
                echo(f"note: {event.message}", err=True)
            case Ticked() if self._live is not None:
                self._live.update(_table(event.progress))
            case Finished():
                if self._live is not None:
                    self._live.stop()
                echo("\n".join(summary(event)), file=sys.stdout)


def _table(p: Progress) -> Any:
    from rich.progress_bar import ProgressBar
    from rich.table import Table

    settled = p.accepted + p.rejected + p.failed + p.skipped
    table = Table.grid(padding=(0, 2))
    table.add_row("settled", f"{settled}/{p.total or '?'}", ProgressBar(p.total, settled, width=30))
    table.add_row("asked", f"{p.asked}", f"{p.in_flight} in flight, {p.cached} cached, {p.retries} retries")
    table.add_row("[green]accepted[/]", f"{p.accepted}", "")
    table.add_row("[yellow]rejected[/]", f"{p.rejected}", reasons(p))
    table.add_row("[red]failed[/]", f"{p.failed}", "")
    table.add_row("tokens", f"{p.prompt_tokens + p.completion_tokens}", f"{p.completion_tokens} written")
    table.add_row("time", duration(p.elapsed), f"{duration(p.eta)} left")
    return table
