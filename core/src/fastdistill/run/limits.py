"""Where a run stops by itself: budgets, an accepted target, and a pilot that misses its floors."""

import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from attrs import define, field, frozen

from fastdistill.errors import UsageError
from fastdistill.model.answer import Completion, Usage
from fastdistill.model.sample import Status
from fastdistill.run.ledger.ledger import Ledger
from fastdistill.run.plan import Plan
from fastdistill.run.progress import Tally
from fastdistill.settings import Budget, Pilot, RunConfig, TeacherConfig


@frozen(kw_only=True)
class Stop:
    """Why a run ends before its source does."""

    outcome: str
    """`budget`, `target` or `floor`."""
    message: str


@define
class Spent:
    """What one teacher has cost, over all sessions."""

    tokens: int = 0
    usd: float = 0.0


_SPENT = """
SELECT teacher, SUM(prompt_tokens) AS prompt, SUM(completion_tokens) AS answer, SUM(cached_tokens) AS cached
FROM completions WHERE cached = 0 GROUP BY 1
"""


@define(kw_only=True)
class Limits:
    """A run's budgets, watched as answers come in."""

    budget: Budget
    teachers: Mapping[str, TeacherConfig]
    spent: dict[str, Spent] = field(factory=lambda: defaultdict(Spent))
    started: float = field(factory=time.monotonic)
    _none: bool = field(init=False)
    """Whether nothing is limited: looked at with every answer."""

    def __attrs_post_init__(self) -> None:
        budgets = [self.budget.accept, self.budget.tokens, self.budget.usd, self.budget.seconds]
        for one in self.teachers.values():
            budgets += [one.budget_tokens, one.budget_usd]
        self._none = all(budget is None for budget in budgets)

    @classmethod
    def of(cls, plan: Plan, ledger: Ledger) -> "Limits":
        """The limits of a plan, and what `ledger` says was spent before.

        Raises `UsageError` for a budget of money without prices.
        """
        teachers = {one.config.title: one.config for one in (*plan.teachers, *plan.helpers)}
        for title, one in teachers.items():
            price, asks = one.price, plan.config.budget.usd is not None or one.budget_usd is not None
            if asks and (price is None or price.input is None or price.output is None):
                raise UsageError(
                    f"a budget in US dollars cannot be kept: {title!r} has no price. Give its table "
                    "price = { input = ..., output = ... }, in US dollars per million tokens"
                )
        limits = cls(budget=plan.config.budget, teachers=teachers)
        for row in ledger.query(_SPENT):
            usage = Usage(
                prompt_tokens=row["prompt"], completion_tokens=row["answer"], cached_tokens=row["cached"]
            )
            limits._pay(row["teacher"], usage)
        return limits

    def pay(self, teacher: str, got: Completion) -> None:
        """An answer was paid for."""
        if got.usage is not None and not got.cached:
            self._pay(teacher, got.usage)

    def _pay(self, teacher: str, usage: Usage) -> None:
        asked, written, cached = (
            count or 0 for count in (usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens)
        )
        spent = self.spent[teacher]
        spent.tokens += asked + written
        price = self.teachers[teacher].price if teacher in self.teachers else None
        if price is not None and price.input is not None and price.output is not None:
            reread = price.input if price.cached_input is None else price.cached_input
            spent.usd += ((asked - cached) * price.input + cached * reread + written * price.output) / 1e6

    def reached(self, tally: Tally) -> Stop | None:
        """The first limit that is reached, if any."""
        if self._none:
            return None
        accepted, elapsed = tally.statuses[Status.ACCEPTED], time.monotonic() - self.started
        budget = self.budget
        if budget.accept is not None and accepted >= budget.accept:
            return Stop(outcome="target", message=f"{accepted} samples are accepted, as many as asked for")
        tokens, usd = (sum(getattr(one, name) for one in self.spent.values()) for name in ("tokens", "usd"))
        over = _over(tokens, budget.tokens, usd, budget.usd)
        for title, one in self.teachers.items():
            mine = self.spent[title]
            found = _over(mine.tokens, one.budget_tokens, mine.usd, one.budget_usd)
            over = over or (found and f"{found} for {title!r}")
        if over is None and budget.seconds is not None and elapsed >= budget.seconds:
            over = f"the run has had its {budget.seconds:.0f} s"
        return Stop(outcome="budget", message=over) if over else None


def _over(tokens: int, most: int | None, usd: float, dearest: float | None) -> str | None:
    """What is spent of which budget, where one is used up."""
    if most is not None and tokens >= most:
        return f"{tokens} tokens are spent of a budget of {most}"
    if dearest is not None and usd >= dearest:
        return f"${usd:.4f} is spent of a budget of ${dearest:.4f}"
    return None


def thrifty(config: RunConfig) -> bool:
    """Whether second attempts wait behind first ones: they solve less for the same money."""
    budget = config.budget
    return any(limit is not None for limit in (budget.tokens, budget.usd, budget.accept))


_FLAGGED = """
SELECT AVG(EXISTS (SELECT 1 FROM verdicts v WHERE v.sample_id = k.sample_id AND v.attempt = k.attempt
                   AND v.choice = k.choice AND v.{flag} = 1)), COUNT(*)
FROM candidates k JOIN tasks t USING (sample_id) WHERE {where}
"""
_FLOORS = {
    "min_exec_pass": _FLAGGED.format(flag="exec_pass", where="1"),
    "min_gold_match": _FLAGGED.format(flag="gold_match", where="t.has_gold = 1"),
    "min_judge_score": "SELECT AVG(score), COUNT(score) FROM verdicts WHERE kind = 'judge'",
}
_EXAMPLES = """
SELECT t.task_id, v.gate, v.reason, v.detail, k.answer FROM verdicts v JOIN tasks t USING (sample_id)
JOIN candidates k USING (sample_id, attempt, choice)
WHERE v.outcome = 'reject' ORDER BY t.position, v.attempt LIMIT 3
"""


@define(kw_only=True)
class Watch:
    """Stops an engine when a limit is reached or the pilot misses a floor; the first reason stays."""

    limits: Limits
    pilot: Pilot
    tally: Tally
    ledger: Ledger
    halt: Callable[[str], None]
    """Given the outcome: start nothing more."""
    calibration: Callable[[], Awaitable[Mapping[str, Any] | None]]
    """The judges held against known answers."""
    why: Stop | None = field(default=None, init=False)

    def paid(self, teacher: str, got: Completion) -> None:
        """An answer was paid for."""
        self.limits.pay(teacher, got)
        self.look()

    def look(self) -> None:
        """See whether a limit is reached."""
        self._stop(self.limits.reached(self.tally))

    async def after_pilot(self) -> None:
        """See whether the pilot's figures hold."""
        await self.ledger.flush()
        wants_judge = self.pilot.min_judge_kappa is not None
        judge = await self.calibration() if wants_judge and self.why is None else None
        self._stop(missed(self.pilot, self.ledger, judge))

    def _stop(self, stop: Stop | None) -> None:
        if stop is not None and self.why is None:
            self.why = stop
            self.halt(stop.outcome)


def wanted(pilot: Pilot) -> bool:
    """Whether a pilot has anything to decide."""
    floors = (*_FLOORS, "min_judge_kappa")
    return pilot.enabled and any(getattr(pilot, name) is not None for name in floors)


def missed(pilot: Pilot, ledger: Ledger, judge: Mapping[str, Any] | None = None) -> Stop | None:
    """What a pilot found below its floors, with three examples; None when all hold.

    A figure over nothing misses no floor: there was nothing to measure. `judge` is the judges' calibration.
    """
    figures = {name: tuple(ledger.query(sql)[0]) for name, sql in _FLOORS.items()}
    figures["min_judge_kappa"] = (judge["kappa"], judge["total"]) if judge else (None, 0)
    lines = []
    for name, (value, count) in figures.items():
        floor = getattr(pilot, name)
        if floor is not None and value is not None and value < floor:
            lines.append(
                f"{name.removeprefix('min_')} is {value:.3f} over {count}, the floor is {floor:.3f}"
            )
    if not lines:
        return None
    examples = [
        f"  {row['task_id']}: {row['gate']}: {row['reason']}: {(row['detail'] or row['answer'])[:200]}"
        for row in ledger.query(_EXAMPLES)
    ]
    message = "the pilot stopped the run: " + "; ".join(lines)
    return Stop(outcome="floor", message="\n".join([message, *examples, "--no-pilot goes on regardless"]))
