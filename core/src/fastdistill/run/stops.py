"""Where a run stops by itself: budgets, an accepted target, and a pilot that misses its floors."""

import time
from collections.abc import Callable, Mapping

from attrs import define, field, frozen

from fastdistill.config import Budget, Pilot, Price, RunConfig
from fastdistill.errors import UsageError
from fastdistill.model.answer import Completion
from fastdistill.model.sample import Status
from fastdistill.run.ledger import Ledger
from fastdistill.run.plan import Plan
from fastdistill.run.tally import Tally


@frozen(kw_only=True)
class Stop:
    """Why a run ends before its source does."""

    outcome: str
    """`budget`, `target` or `floor`."""
    message: str


@define(kw_only=True)
class Limits:
    """A run's budgets, watched as answers come in."""

    budget: Budget
    prices: Mapping[str, Price | None]
    usd: float = 0.0
    started: float = field(factory=time.monotonic)

    @classmethod
    def of(cls, plan: Plan) -> "Limits":
        """The limits of a plan. Raises `UsageError` for a budget of money without prices."""
        prices = {one.config.title: one.config.price for one in (*plan.teachers, *plan.helpers)}
        if plan.config.budget.usd is not None:
            for title, price in prices.items():
                if price is None or price.input is None or price.output is None:
                    raise UsageError(
                        f"budget.usd cannot be kept: {title!r} has no price. Give its table "
                        "price = { input = ..., output = ... }, in US dollars per million tokens"
                    )
        return cls(budget=plan.config.budget, prices=prices)

    def pay(self, teacher: str, got: Completion) -> None:
        """An answer was paid for."""
        price, usage = self.prices.get(teacher), got.usage
        if got.cached or usage is None or price is None or price.input is None or price.output is None:
            return
        cached = usage.cached_tokens or 0
        reread = price.input if price.cached_input is None else price.cached_input
        plain = (usage.prompt_tokens or 0) - cached
        written = usage.completion_tokens or 0
        self.usd += (plain * price.input + cached * reread + written * price.output) / 1e6

    def reached(self, tally: Tally) -> Stop | None:
        """The first limit that is reached, if any."""
        budget, tokens = self.budget, tally.prompt_tokens + tally.completion_tokens
        elapsed = time.monotonic() - self.started
        accepted = tally.statuses[Status.ACCEPTED]
        if budget.accept is not None and accepted >= budget.accept:
            return Stop(outcome="target", message=f"{accepted} samples are accepted, as many as asked for")
        if budget.tokens is not None and tokens >= budget.tokens:
            return Stop(
                outcome="budget", message=f"{tokens} tokens are spent of a budget of {budget.tokens}"
            )
        if budget.usd is not None and self.usd >= budget.usd:
            return Stop(
                outcome="budget", message=f"${self.usd:.4f} is spent of a budget of ${budget.usd:.4f}"
            )
        if budget.seconds is not None and elapsed >= budget.seconds:
            return Stop(outcome="budget", message=f"the run has had its {budget.seconds:.0f} s")
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
    why: Stop | None = field(default=None, init=False)

    def look(self) -> None:
        """See whether a limit is reached."""
        self._stop(self.limits.reached(self.tally))

    async def after_pilot(self) -> None:
        """See whether the pilot's figures hold."""
        await self.ledger.flush()
        self._stop(missed(self.pilot, self.ledger))

    def _stop(self, stop: Stop | None) -> None:
        if stop is not None and self.why is None:
            self.why = stop
            self.halt(stop.outcome)


def wanted(pilot: Pilot) -> bool:
    """Whether a pilot has anything to decide."""
    return pilot.enabled and any(getattr(pilot, name) is not None for name in _FLOORS)


def missed(pilot: Pilot, ledger: Ledger) -> Stop | None:
    """What a pilot found below its floors, with three examples; None when all hold.

    A figure over nothing misses no floor: there was nothing to measure.
    """
    lines = []
    for name, sql in _FLOORS.items():
        floor = getattr(pilot, name)
        value, count = ledger.query(sql)[0]
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
