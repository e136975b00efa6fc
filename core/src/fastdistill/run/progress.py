"""The running counts of a run, for reporters and for stopping."""

import time
from collections import Counter
from collections.abc import Callable

from attrs import define, field

from fastdistill.model.answer import Call, Completion
from fastdistill.model.report import Progress
from fastdistill.model.sample import Status
from fastdistill.model.verdict import Outcome
from fastdistill.run.gates.pipeline import Judgement
from fastdistill.run.ledger.ledger import Ledger


@define(kw_only=True)
class Tally:
    """What has happened so far; a resumed run starts from what its ledger holds."""

    total: int | None = None
    seen: int = 0
    asked: int = 0
    in_flight: int = 0
    answered: int = 0
    cached: int = 0
    retries: int = 0
    idle_cause: str = "source-slow"
    """Why the engine brings no task just now, when it brings none."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    bad: int = 0
    """Lines of the source that are no tasks; they count as failed."""
    on_paid: Callable[[str, Completion], None] = field(default=lambda _teacher, _got: None)
    statuses: Counter[str] = field(factory=Counter)
    reasons: Counter[str] = field(factory=Counter)
    started: float = field(factory=time.monotonic)
    settled_here: int = 0

    @classmethod
    def of(cls, ledger: Ledger) -> "Tally":
        """The counts that a ledger holds."""
        tally = cls()
        for status, count in ledger.query("SELECT status, COUNT(*) FROM decisions GROUP BY 1"):
            tally.statuses[status] = count
        tally.bad = ledger.query("SELECT COUNT(*) FROM bad_tasks")[0][0]
        duplicates = ledger.query("SELECT COUNT(*) FROM tasks WHERE duplicate_of IS NOT NULL")
        tally.statuses[Status.DUPLICATE] = duplicates[0][0]
        for reason, count in ledger.query(
            "SELECT reason, COUNT(*) FROM verdicts WHERE outcome = 'reject' GROUP BY 1"
        ):
            tally.reasons[reason] = count
        row = ledger.query(
            "SELECT COUNT(*), SUM(cached), SUM(prompt_tokens * (1 - cached)),"
            " SUM(completion_tokens * (1 - cached)) FROM completions WHERE purpose = 'teacher'"
        )[0]
        tally.answered, tally.cached = row[0], row[1] or 0
        tally.asked = tally.answered - tally.cached
        tally.prompt_tokens, tally.completion_tokens = row[2] or 0, row[3] or 0
        tally.seen = sum(tally.statuses.values()) + tally.bad
        return tally

    def answer(self, teacher: str, call: Call, got: Completion) -> None:
        """A completion arrived."""
        self.on_paid(teacher, got)
        self.answered += call.purpose == "teacher"
        self.cached += got.cached
        if got.usage and not got.cached:
            self.prompt_tokens += got.usage.prompt_tokens or 0
            self.completion_tokens += got.usage.completion_tokens or 0

    def judged(self, judgement: Judgement) -> None:
        """A candidate went through the gates."""
        if judgement.outcome is Outcome.REJECT:
            self.reasons[judgement.last.reason or "unknown"] += 1

    def settle(self, status: Status) -> None:
        """A task was settled."""
        self.statuses[status] += 1
        self.settled_here += 1

    def progress(self) -> Progress:
        """A snapshot."""
        elapsed = time.monotonic() - self.started
        settled = sum(self.statuses.values()) + self.bad
        eta = None
        if self.total is not None and self.settled_here and elapsed > 0:
            eta = max(0, self.total - settled) * elapsed / self.settled_here
        return Progress(
            total=self.total,
            seen=self.seen,
            asked=self.asked,
            in_flight=self.in_flight,
            answered=self.answered,
            accepted=self.statuses[Status.ACCEPTED],
            rejected=self.statuses[Status.REJECTED],
            failed=self.statuses[Status.FAILED] + self.bad,
            duplicates=self.statuses[Status.DUPLICATE],
            cached=self.cached,
            retries=self.retries,
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens,
            reasons=dict(self.reasons),
            elapsed=elapsed,
            eta=eta,
        )
