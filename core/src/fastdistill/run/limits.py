"""Where a run stops by itself: budgets, a target, and the signal that everybody hears."""

from collections.abc import Callable, Mapping

from attrs import define, field, frozen

from fastdistill.errors import UsageError
from fastdistill.model.answer import Call, Completion
from fastdistill.model.report import RunOutcome
from fastdistill.model.sample import Status
from fastdistill.run.ledger.spending import BYTES_PER_TOKEN, is_priced
from fastdistill.run.plan import Plan
from fastdistill.run.progress import RunProgress
from fastdistill.run.purse import Lease, Purse, Spent, WholePurse
from fastdistill.settings import Budget, RunConfig, TeacherConfig


@frozen(kw_only=True)
class Stop:
    """Why a run ends before its source does."""

    outcome: RunOutcome
    message: str


@define
class StopSignal:
    """Whether the run is to stop, and why: the first reason stays."""

    reason: Stop | None = field(default=None, init=False)
    _listeners: list[Callable[[], None]] = field(factory=list, init=False)

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` when the run is to stop; at once if that is already so."""
        self._listeners.append(listener)
        if self.reason is not None:
            listener()

    def stop(self, why: Stop | None) -> None:
        """Start no more tasks and attempts; what is in flight finishes. None changes nothing."""
        if why is not None and self.reason is None:
            self.reason = why
            for listener in self._listeners:
                listener()


@define(kw_only=True)
class Limits:
    """A run's budgets and its target, held against its progress."""

    budget: Budget
    teachers: Mapping[str, TeacherConfig]
    progress: RunProgress
    signal: StopSignal
    purse: Purse = field()
    """Whom the budget is leased from: others may share it."""
    _lease: Lease = field(init=False, factory=lambda: Lease(tokens=0, usd=0.0, accept=0))
    _none: bool = field(init=False)
    """Whether nothing is limited: looked at with every answer."""

    @purse.default
    def _whole(self) -> Purse:
        return WholePurse(self.budget)

    @_none.default
    def _find_none(self) -> bool:
        budgets = [self.budget.accept, self.budget.tokens, self.budget.usd, self.budget.seconds]
        for one in self.teachers.values():
            budgets += [one.budget_tokens, one.budget_usd]
        return all(budget is None for budget in budgets)

    @classmethod
    def of(
        cls, plan: Plan, progress: RunProgress, signal: StopSignal, purse: Purse | None = None
    ) -> "Limits":
        """Return the limits of a plan. Raises `UsageError` for a budget of money without prices."""
        teachers = {one.config.title: one.config for one in (*plan.teachers, *plan.helpers)}
        for title, one in teachers.items():
            asks = plan.config.budget.usd is not None or one.budget_usd is not None
            if asks and not is_priced(one.price):
                raise UsageError(
                    f"a budget in US dollars cannot be kept: {title!r} has no price. Give its table "
                    "price = { input = ..., output = ... }, in US dollars per million tokens"
                )
        budget = plan.config.budget
        return cls(
            budget=budget,
            teachers=teachers,
            progress=progress,
            signal=signal,
            purse=purse or WholePurse(budget),
        )

    @property
    def spent(self) -> Spent:
        """What the run has used of its budget."""
        spending = self.progress.spending
        return Spent(
            tokens=spending.tokens.total(),
            usd=sum(spending.usd.values()),
            accepted=self.progress.statuses[Status.ACCEPTED],
        )

    def settle(self) -> None:
        """Give back what was leased and not used."""
        self.purse.settle(self.spent)

    def look(self) -> None:
        """Stop the run if a limit is reached."""
        self.signal.stop(self.reached())

    def reached(self) -> Stop | None:
        """Return the first limit that is reached, if any."""
        if self._none:
            return None
        budget, spending, spent = self.budget, self.progress.spending, self.spent
        if not self._lease.holds(spent):
            self._lease = self.purse.lease(spent)
        lease = self._lease
        if lease.accept is not None and spent.accepted >= lease.accept:
            return Stop(
                outcome=RunOutcome.TARGET,
                message=f"{spent.accepted} samples are accepted, as many as asked for",
            )
        over = _over(spent.tokens, lease.tokens, spent.usd, lease.usd)
        over = over and over + _estimated(spending.estimated.total())
        for title, one in self.teachers.items():
            tokens, usd = spending.tokens[title], spending.usd.get(title, 0.0)
            found = _over(tokens, one.budget_tokens, usd, one.budget_usd)
            over = over or (found and f"{found} for {title!r}{_estimated(spending.estimated[title])}")
        if over is None and budget.seconds is not None and self.progress.elapsed >= budget.seconds:
            over = f"the run has had its {budget.seconds:.0f} s"
        return Stop(outcome=RunOutcome.BUDGET, message=over) if over else None


def _over(tokens: int, most: int | None, usd: float, dearest: float | None) -> str | None:
    """Return what is spent of which budget, where one is used up."""
    if most is not None and tokens >= most:
        return f"{tokens} tokens are spent of a budget of {most}"
    if dearest is not None and usd >= dearest:
        return f"${usd:.4f} is spent of a budget of ${dearest:.4f}"
    return None


def _estimated(tokens: int) -> str:
    """Return what to add where tokens had to be estimated."""
    if not tokens:
        return ""
    return (
        f"; {tokens} of these tokens are estimated, one for each {BYTES_PER_TOKEN} bytes of text, because "
        "the endpoint did not count them"
    )


@frozen(kw_only=True)
class Meter:
    """Counts what the teachers do, and looks at the limits with every answer that is paid for."""

    progress: RunProgress
    limits: Limits

    @property
    def idle_cause(self) -> str:
        """Why no task is started just now."""
        return self.progress.idle_cause

    def called(self, call: Call) -> None:
        """Count a request that has to be asked."""
        self.progress.called(call)

    def retried(self) -> None:
        """Count a call that failed and is made again."""
        self.progress.retried()

    def completed(self, teacher: str, call: Call, got: Completion) -> None:
        """Count an answer, and stop the run if it used up a budget."""
        self.progress.completed(teacher, call, got)
        self.limits.look()


def defers_retries(config: RunConfig) -> bool:
    """Return whether second attempts wait behind first ones: they solve less for the same money."""
    budget = config.budget
    return any(limit is not None for limit in (budget.tokens, budget.usd, budget.accept))
