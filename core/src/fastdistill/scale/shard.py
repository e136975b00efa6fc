"""One shard as whoever launches it sees it, and the counts of all of them together."""

from collections.abc import Iterable

from attrs import define, evolve, field

from fastdistill.model.report import Event, Finished, Progress, RunOutcome, Started, Ticked

_SUMMED = (
    "seen", "asked", "in_flight", "answered", "accepted", "rejected", "failed", "skipped", "cached",
    "retries", "prompt_tokens", "completion_tokens",
)  # fmt: skip


@define(kw_only=True)
class Shard:
    """What one shard has said of itself."""

    part: int
    progress: Progress = field(factory=lambda: Progress(total=None))
    outcome: RunOutcome | None = None
    """None while it runs, and for one that ended without a word."""
    message: str = ""
    process: int | None = None
    """Its process id while it runs here."""

    def hear(self, event: Event) -> None:
        """Take in what it says."""
        match event:
            case Started() | Ticked():
                self.progress = event.progress
            case Finished():
                self.progress = evolve(event.progress, in_flight=0)
                self.outcome, self.message = event.outcome, event.message


def together(shards: Iterable[Shard], total: int | None) -> Progress:
    """Return the counts of all shards; the time is that of the shard that runs longest."""
    parts = [one.progress for one in shards]
    reasons: dict[str, int] = {}
    for part in parts:
        for reason, count in part.reasons.items():
            reasons[reason] = reasons.get(reason, 0) + count
    summed = {name: sum(getattr(part, name) for part in parts) for name in _SUMMED}
    elapsed = max((part.elapsed for part in parts), default=0.0)
    return Progress(total=total, reasons=reasons, elapsed=elapsed, **summed)
