"""The figures of a run that goes on, in words: what a terminal and a log both show."""

from collections.abc import Mapping

from attrs import define, field

from fastdistill.model.report import Progress, Settled
from fastdistill.model.sample import Status

STORM = 10
"""Retries between two looks that are worth a note."""
LOOK = 10.0
"""Seconds between two looks at what deserves a note."""
HELD = {
    "source-slow": "waits for the source",
    "source-ended": "the source has ended",
    "gates-preparing": "waits for gates that prepare their evidence",
    "gates-behind": "waits for the gates",
    "teacher-full": "the teachers have enough",
    "pilot": "waits for the pilot's end",
}
"""What holds up a run, by its slug; any other is shown as it is."""


def duration(seconds: float | None) -> str:
    """`1:02:03`, `2:03`, or a dash for unknown."""
    if seconds is None:
        return "-"
    whole = int(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def counted(reasons: Mapping[str, int], most: int = 3) -> str:
    """The commonest reasons with their counts."""
    ranked = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    more = f", {len(ranked) - most} more kinds" if len(ranked) > most else ""
    return ", ".join(f"{name} {count:,}" for name, count in ranked[:most]) + more


def dollars(value: float) -> str:
    """An amount, with as many digits as tell something."""
    return f"${value:,.2f}" if value >= 1 else f"${value:.4f}"


@define(kw_only=True)
class Figures:
    """What has changed since the session began, and why tasks failed."""

    before: Progress = field(factory=lambda: Progress(total=None))
    failures: dict[str, int] = field(factory=dict)
    _looked: Progress | None = field(default=None, init=False)
    _storm: bool = field(default=False, init=False)

    def settled(self, event: Settled) -> None:
        """Take note of why a task failed."""
        if event.sample.status is Status.FAILED:
            reason = event.sample.reason or "unknown"
            self.failures[reason] = self.failures.get(reason, 0) + 1

    def tasks(self, p: Progress) -> str:
        """How many tasks are settled, and how long the rest takes."""
        settled = p.accepted + p.rejected + p.failed + p.skipped
        of = f"/{p.total:,}" if p.total else ""
        left = "" if p.eta is None else f", {duration(p.eta)} left"
        until = f" to the {p.eta_of}" if left and p.eta_of != "tasks" else ""
        return f"{settled:,}{of} settled in {duration(p.elapsed)}{left}{until}"

    def accepted(self, p: Progress) -> str:
        """How many tasks are accepted, and how many an hour."""
        of = p.accepted + p.rejected + p.failed
        share = f" ({p.accepted / of:.0%})" if of else ""
        return f"{p.accepted:,}{share}{self._pace(p, 'accepted', 3600, '/h')}"

    def requests(self, p: Progress) -> str:
        """How many requests were made, how many are out, and what holds them."""
        limit = "" if p.limit is None else f" of {p.limit:,.0f}"
        extra = "".join(
            f", {count:,} {name}" for name, count in (("cached", p.cached), ("retries", p.retries)) if count
        )
        pace = self._pace(p, "answered", 60, "/min")
        return f"{p.asked:,}{pace}; {p.in_flight:,} in flight{limit}{self._held(p)}{extra}"

    def _held(self, p: Progress) -> str:
        if p.limit is not None and p.in_flight >= p.limit:
            return " (as many as the endpoints take)"
        return f" ({HELD.get(p.idle_cause, p.idle_cause)})" if p.idle_cause and p.limit else ""

    def spent(self, p: Progress) -> str:
        """Tokens and money."""
        pace = self._pace(p, "completion_tokens", 1, "/s written")
        cost = "" if p.usd is None else f"; {dollars(p.usd)}"
        each = f", {dollars(p.usd / p.accepted)} an accepted task" if p.usd and p.accepted else ""
        return f"{p.prompt_tokens + p.completion_tokens:,}{pace}{cost}{each}"

    def slowest(self, p: Progress) -> str:
        """The gate that takes the most work."""
        if not p.gate_seconds:
            return ""
        gate = max(p.gate_seconds, key=lambda name: p.gate_seconds[name])
        each = p.gate_seconds[gate] / max(1, p.gate_counts.get(gate, 1))
        return f"{gate}, {each * 1000:,.3g} ms an answer" if p.gate_seconds[gate] > 0 else ""

    def waiting(self, p: Progress) -> str:
        """What goes on while nothing is settled."""
        judged = p.answered
        if not p.asked and not judged:
            return "nothing asked yet: " + HELD.get(p.idle_cause, p.idle_cause or "the source is read")
        if not judged:
            return f"no answer yet: {p.in_flight:,} in flight for {duration(p.elapsed)}"
        return f"nothing settled yet: {judged:,} answers have come and are at the gates"

    def _pace(self, p: Progress, name: str, per: float, unit: str) -> str:
        done = getattr(p, name) - getattr(self.before, name)
        return f", {done * per / p.elapsed:,.0f}{unit}" if done > 0 and p.elapsed > 1 else ""

    def note(self, p: Progress) -> str | None:
        """What deserves a line of its own: a storm of retries, and its end."""
        last = self._looked
        if last is None:
            self._looked = p
            return None
        if p.elapsed - last.elapsed < LOOK:
            return None
        self._looked = p
        retries, answers = p.retries - last.retries, p.answered - last.answered
        if retries >= STORM and retries > answers and not self._storm:
            self._storm = True
            what = f"{retries:,} retries for {answers:,} answers in the last {LOOK:.0f} s"
            return f"{what}: an endpoint is overloaded or down"
        if self._storm and answers > retries:
            self._storm = False
            return f"answers come again: {answers:,} in the last {LOOK:.0f} s"
        return None
