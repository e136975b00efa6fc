"""The running counts of a run: for reporters, for its limits, and for why it waits."""

import sqlite3
import time
from collections import Counter

from attrs import define, field

from fastdistill.model.answer import ATTEMPTS, Call, Completion
from fastdistill.model.report import Progress
from fastdistill.model.sample import SkipReason, Status
from fastdistill.model.verdict import Outcome
from fastdistill.run.gates.judgement import Judgement
from fastdistill.run.ledger import metrics, spending
from fastdistill.run.ledger.ledger import Ledger
from fastdistill.run.ledger.spending import Spending, is_priced
from fastdistill.settings import Budget


@define(kw_only=True)
class RunProgress:
    """What has happened so far; a resumed run starts from what its ledger holds."""

    total: int | None = None
    """Tasks in the source, when known."""
    asked: int = 0
    """Calls made for tasks, those in flight included."""
    answered: int = 0
    cached: int = 0
    retries: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seen: int = 0
    bad: int = 0
    """Lines of the source that are no tasks; they count as failed."""
    left_out: int = 0
    """Tasks that were skipped for another reason than being a duplicate."""
    statuses: Counter[str] = field(factory=Counter)
    reasons: Counter[str] = field(factory=Counter)
    spending: Spending = field(factory=Spending)
    idle_cause: str = "source-slow"
    """Why no task is started just now: a slug for the timing report."""
    budget: Budget = field(factory=Budget)
    gate_seconds: dict[str, float] = field(factory=dict, init=False)
    """Seconds of work of each gate in this session."""
    gate_counts: Counter[str] = field(factory=Counter, init=False)
    _before: tuple[int, int, float] = field(default=(0, 0, 0.0), init=False)
    """Accepted, tokens and US dollars of earlier sessions."""
    _started: float = field(factory=time.monotonic, init=False)
    _decided_here: int = field(default=0, init=False)

    def resume(self, ledger: Ledger) -> None:
        """Start from the counts that a ledger holds."""
        ledger.measure(self.resume_from)

    def resume_from(self, ledger: sqlite3.Connection) -> None:
        """Start from the counts that are read from a ledger."""
        counts = metrics.counts(ledger)
        self.bad = counts["bad_tasks"]
        for status in (Status.ACCEPTED, Status.REJECTED, Status.FAILED, Status.SKIPPED):
            self.statuses[status] = counts[status]
        self.statuses[Status.FAILED] -= self.bad
        skipped = metrics.skip_reasons(ledger)
        self.left_out = sum(skipped.values()) - skipped.get(SkipReason.DUPLICATE, 0)
        self.reasons.update(metrics.reject_reasons(ledger))
        found = spending.lines(ledger)
        self.spending.resume(ledger, found)
        for line in found:
            if line.purpose in ATTEMPTS:
                self.answered += line.answers
                self.cached += line.from_cache
            self.prompt_tokens += line.prompt_tokens or 0
            self.completion_tokens += line.completion_tokens or 0
        self.asked = self.answered - self.cached
        self.seen = sum(self.statuses.values()) + self.bad
        self._before = self._spent()

    def admitted(self, *, seen: int, bad: int, duplicates: int) -> None:
        """Take over what admission has counted so far."""
        self.seen, self.bad, self.statuses[Status.SKIPPED] = seen, bad, duplicates + self.left_out

    def completed(self, teacher: str, call: Call, got: Completion) -> None:
        """Count an answer, wherever it came from."""
        self.answered += call.purpose in ATTEMPTS
        self.cached += got.cached
        if got.cached:
            return
        self.spending.pay(teacher, call.prompt, got)
        if got.usage:
            self.prompt_tokens += got.usage.prompt_tokens or 0
            self.completion_tokens += got.usage.completion_tokens or 0

    def idle_because(self, cause: str) -> None:
        """Take note of why no task is started just now."""
        self.idle_cause = cause

    def called(self, call: Call) -> None:
        """Count a request that has to be asked."""
        self.asked += call.purpose in ATTEMPTS

    def retried(self) -> None:
        """Count a call that failed and is made again."""
        self.retries += 1

    def judged(self, judgement: Judgement) -> None:
        """Count a candidate that went through the gates."""
        for verdict in judgement.verdicts:
            spent = self.gate_seconds.get(verdict.gate, 0.0)
            self.gate_seconds[verdict.gate] = spent + verdict.elapsed
            self.gate_counts[verdict.gate] += 1
        if judgement.outcome is Outcome.REJECT:
            self.reasons[judgement.last.reason or "unknown"] += 1

    def decided(self, status: Status) -> None:
        """Count a task."""
        self.statuses[status] += 1
        self.left_out += status is Status.SKIPPED
        self._decided_here += 1

    @property
    def failed(self) -> int:
        """Tasks that failed, lines that are no tasks included."""
        return self.statuses[Status.FAILED] + self.bad

    @property
    def elapsed(self) -> float:
        """Seconds since this session began."""
        return time.monotonic() - self._started

    def _spent(self) -> tuple[int, int, float]:
        spending = self.spending
        return self.statuses[Status.ACCEPTED], spending.tokens.total(), sum(spending.usd.values())

    def _left(self) -> tuple[float | None, str]:
        """Return the seconds left and what is reached then, at the pace of this session."""
        elapsed, found = self.elapsed, list[tuple[float, str]]()
        done = sum(self.statuses.values()) + self.bad
        if self.total is not None and self._decided_here and elapsed > 0:
            found.append((max(0, self.total - done) * elapsed / self._decided_here, "tasks"))
        wanted = (
            (self.budget.accept, "target"),
            (self.budget.tokens, "budget"),
            (self.budget.usd, "budget"),
        )
        for (most, what), now, before in zip(wanted, self._spent(), self._before, strict=True):
            if most is not None and now > before:
                found.append((max(0.0, most - now) * elapsed / (now - before), what))
        if self.budget.seconds is not None:
            found.append((max(0.0, self.budget.seconds - elapsed), "budget"))
        return min(found, default=(None, "tasks"), key=lambda one: one[0] or 0.0)

    def snapshot(self, *, in_flight: int = 0, limit: float | None = None) -> Progress:
        """Return the counts as reporters get them."""
        eta, eta_of = self._left()
        priced = self.spending.prices and all(map(is_priced, self.spending.prices.values()))
        return Progress(
            total=self.total,
            seen=self.seen,
            asked=self.asked,
            in_flight=in_flight,
            answered=self.answered,
            accepted=self.statuses[Status.ACCEPTED],
            rejected=self.statuses[Status.REJECTED],
            failed=self.failed,
            skipped=self.statuses[Status.SKIPPED],
            cached=self.cached,
            retries=self.retries,
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens,
            reasons=dict(self.reasons),
            elapsed=self.elapsed,
            eta=eta,
            eta_of=eta_of,
            usd=sum(self.spending.usd.values()) if priced else None,
            limit=limit,
            idle_cause=self.idle_cause,
            gate_seconds=dict(self.gate_seconds),
            gate_counts=dict(self.gate_counts),
        )
