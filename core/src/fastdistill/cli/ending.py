"""What a person reads when a run has ended: what came of it, and what to look at next."""

import shlex
from pathlib import Path

from fastdistill.cli.figures import Figures, counted, duration
from fastdistill.errors import FastDistillError
from fastdistill.model.report import Finished
from fastdistill.run.ledger import metrics
from fastdistill.run.ledger.connection import reading
from fastdistill.run.ledger.task_view import Place, read_reasons, read_task

LOOKED_AT = 3
"""Reasons that are shown with an example."""
WEAK = 0.1
"""Share of tasks with a weak oracle that is worth a line."""


def summary(event: Finished, figures: Figures | None = None) -> list[str]:
    """Return the lines."""
    figures, p = figures or Figures(), event.progress
    of = p.seen - p.skipped
    share = f" ({p.accepted / of:.0%})" if of else ""
    lines = [
        f"{event.outcome}: accepted {p.accepted} of {of} tasks{share}; "
        f"rejected {p.rejected}, failed {p.failed}, skipped {p.skipped}; {duration(p.elapsed)}"
    ]
    if event.message:
        lines.append(event.message)
    lines.append(f"requests {figures.requests(p).partition(';')[0]}; tokens {figures.spent(p)}")
    if p.reasons:
        lines.append(f"rejected answers: {counted(p.reasons, 8)}")
    if figures.failures:
        lines.append(f"failed tasks: {counted(figures.failures, 8)}")
    lines += _next(Path(event.folder))
    lines += [f"{name:<20} {event.files[name]}" for name in ("dataset.jsonl", "report.html")]
    lines.append(f"manifest digest      {event.digest}")
    return lines


def _next(folder: Path) -> list[str]:
    """What to look at: the commonest rejects with an example each, and the command that shows more."""
    try:
        with reading(folder) as ledger:
            found = read_reasons(ledger, LOOKED_AT)
            lines = [
                line for one in found for line in _example(one, read_task(ledger, sample_id=one.sample_id))
            ]
            weak, tasks = metrics.oracles(ledger)["weak_oracle"], metrics.counts(ledger)["tasks"]
    except FastDistillError:
        return []
    if weak > WEAK * tasks:
        lines.append(
            f"{weak:,} of {tasks:,} tasks have a weak oracle: their tests or data tell little apart"
        )
    return ["look at next:", *lines, f"  more: fd view {shlex.quote(str(folder))}"] if lines else []


def _example(place: Place, task: object) -> list[str]:
    name = getattr(task, "task_id", "")
    detail = " ".join(place.detail.split())
    return [f"  {place.reason} {place.count:,}, such as {name}: {detail[:160]}"]
