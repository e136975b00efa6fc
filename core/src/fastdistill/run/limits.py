"""Where a run stops by itself, and when a task may start or ask again."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Literal

import anyio
from attrs import define, field, frozen

from fastdistill.errors import UsageError
from fastdistill.model.answer import Call, Completion
from fastdistill.model.report import RunOutcome
from fastdistill.model.sample import Status
from fastdistill.run.ledger.spending import is_priced
from fastdistill.run.plan import Plan
from fastdistill.run.progress import RunProgress
from fastdistill.settings import Budget, RunConfig, TeacherConfig

PREPARING = 32
"""Tasks whose gates build what they need before a teacher is asked: enough to keep every worker busy."""


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
        """Start no more tasks and attempts; what is in flight comes home. None changes nothing."""
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
    _none: bool = field(init=False)
    """Whether nothing is limited: looked at with every answer."""

    @_none.default
    def _find_none(self) -> bool:
        budgets = [self.budget.accept, self.budget.tokens, self.budget.usd, self.budget.seconds]
        for one in self.teachers.values():
            budgets += [one.budget_tokens, one.budget_usd]
        return all(budget is None for budget in budgets)

    @classmethod
    def of(cls, plan: Plan, progress: RunProgress, signal: StopSignal) -> "Limits":
        """Return the limits of a plan. Raises `UsageError` for a budget of money without prices."""
        teachers = {one.config.title: one.config for one in (*plan.teachers, *plan.helpers)}
        for title, one in teachers.items():
            asks = plan.config.budget.usd is not None or one.budget_usd is not None
            if asks and not is_priced(one.price):
                raise UsageError(
                    f"a budget in US dollars cannot be kept: {title!r} has no price. Give its table "
                    "price = { input = ..., output = ... }, in US dollars per million tokens"
                )
        return cls(budget=plan.config.budget, teachers=teachers, progress=progress, signal=signal)

    def look(self) -> None:
        """Stop the run if a limit is reached."""
        self.signal.stop(self.reached())

    def reached(self) -> Stop | None:
        """Return the first limit that is reached, if any."""
        if self._none:
            return None
        budget, spending = self.budget, self.progress.spending
        accepted = self.progress.statuses[Status.ACCEPTED]
        if budget.accept is not None and accepted >= budget.accept:
            return Stop(
                outcome=RunOutcome.TARGET, message=f"{accepted} samples are accepted, as many as asked for"
            )
        over = _over(spending.tokens.total(), budget.tokens, sum(spending.usd.values()), budget.usd)
        for title, one in self.teachers.items():
            tokens, usd = spending.tokens[title], spending.usd.get(title, 0.0)
            found = _over(tokens, one.budget_tokens, usd, one.budget_usd)
            over = over or (found and f"{found} for {title!r}")
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


PhaseName = Literal["preparing", "asking", "judging", "deferred"]


@define
class Phase:
    """Where one task is on its way; it leaves each phase by entering the next."""

    _flow: "Backpressure"
    _name: PhaseName

    def enter(self, name: PhaseName) -> None:
        """Go on to a phase."""
        self._flow.count[self._name] -= 1
        self._flow.count[name] += 1
        self._name = name
        self._flow.change()

    def end(self) -> None:
        """Leave the last phase."""
        self._flow.count[self._name] -= 1
        self._flow.change()


@define(kw_only=True)
class Backpressure:
    """Counts the tasks in each phase, and makes new work wait for the teachers and the gates."""

    capacity: Callable[[], float]
    """How many tasks may be with the teachers or queue for them."""
    backlog: int
    """Answers at the gates at which no more tasks are started."""
    defer_retries: bool
    """Whether attempts after a task's first wait for the source's end."""
    progress: RunProgress
    signal: StopSignal
    count: Counter[PhaseName] = field(factory=Counter, init=False)
    idle: dict[str, float] = field(factory=dict, init=False)
    """Seconds that starting tasks waited, by cause."""
    _changed: anyio.Event = field(factory=anyio.Event, init=False)
    _source_ended: anyio.Event = field(factory=anyio.Event, init=False)

    def __attrs_post_init__(self) -> None:
        self.signal.subscribe(self._wake_all)

    @property
    def stopped(self) -> bool:
        """Whether nothing more is started."""
        return self.signal.reason is not None

    def start(self, name: PhaseName) -> Phase:
        """Begin with a task; it is in the phase `name`."""
        self.count[name] += 1
        return Phase(self, name)

    def change(self) -> None:
        """Let who waits look again."""
        self._changed.set()

    def source_ended(self) -> None:
        """Let deferred attempts go on: every task has had its first."""
        self.progress.idle_cause = "source-ended"
        self._source_ended.set()

    async def wait_to_start(self) -> bool:
        """Wait until another task may start; return False when the run is stopped."""
        while not self.stopped and (cause := self._full()) is not None:
            start, self.progress.idle_cause = time.monotonic(), cause
            await self._wait_for_change()
            self.progress.idle_cause = "source-slow"
            self.idle[cause] = self.idle.get(cause, 0.0) + time.monotonic() - start
        return not self.stopped

    def _full(self) -> str | None:
        if self.count["judging"] >= self.backlog:
            return "gates-behind"
        if self.count["preparing"] >= PREPARING:
            return "gates-preparing"
        return "teacher-full" if self.count["asking"] >= self.capacity() else None

    async def wait_for_turn(self, phase: Phase, *, first: bool) -> bool:
        """Wait with a task's next request; return False when the run is stopped.

        Where a budget is to be made the most of, attempts after the first wait for the source's end.
        """
        if not first and self.defer_retries and self.count["deferred"] < self.backlog:
            phase.enter("deferred")
            await self._source_ended.wait()
        phase.enter("asking")
        return first or not self.stopped

    async def wait_until_quiet(self) -> None:
        """Wait until every task that was started is decided, or has deferred its next attempt."""
        self.progress.idle_cause = "pilot"
        while self.count.total() > self.count["deferred"] and not self.stopped:
            await self._wait_for_change()

    def _wake_all(self) -> None:
        self._changed.set()
        self._source_ended.set()

    async def _wait_for_change(self) -> None:
        self._changed = anyio.Event()
        await self._changed.wait()
