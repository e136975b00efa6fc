"""The streaming flow: tasks go through teachers and gates side by side, each at its own pace."""

import math
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import anyio
import anyio.to_thread
from attrs import define, field

from fastdistill.errors import (
    AuthFailed,
    FastDistillError,
    NotFound,
    PluginFault,
    ProviderError,
    RunHalted,
    TaskError,
    boundary,
)
from fastdistill.model.sample import Sample, Status
from fastdistill.model.task import Task
from fastdistill.run.admission import Admission
from fastdistill.run.decision import Decision, accept, agreed, first_accepted, sample_of, unsolved
from fastdistill.run.gates.pipeline import GateLine, Judgement
from fastdistill.run.ledger.ledger import Ledger
from fastdistill.run.ledger.rows import ATTEMPT, DECISION, Statement, candidate_row, clean, verdict_row
from fastdistill.run.progress import Tally
from fastdistill.run.teachers.teacher import Asked, Teacher
from fastdistill.settings import RunConfig


@define(kw_only=True)
class Engine:
    """One session of one run."""

    config: RunConfig
    ledger: Ledger
    admission: Admission
    teachers: Sequence[Teacher]
    gates: GateLine
    tally: Tally
    on_settled: Callable[[Sample], None] | None = None
    room: Callable[[], float] = lambda: math.inf
    """How many tasks may be waiting for or with a teacher; grows with what the endpoints can take."""
    pilot_tasks: int = 0
    """How many tasks run alone first."""
    after_pilot: Callable[[], Awaitable[None]] | None = None
    """Called when they are settled; it may stop the run."""
    halt: Callable[[], None] = lambda: None
    """Called when the run is stopped: make no more calls."""
    on_change: Callable[[], None] = lambda: None
    """Called after each answer's judgement."""
    thrifty: bool = False
    """Whether second attempts wait until every task had its first."""
    asking: int = field(default=0, init=False)
    active: int = field(default=0, init=False)
    deferred: int = field(default=0, init=False)
    _source_ended: anyio.Event = field(factory=anyio.Event, init=False)
    judging: int = field(default=0, init=False)
    _stopping: list[str] = field(factory=list, init=False)
    fatal: FastDistillError | None = field(default=None, init=False)
    idle: dict[str, float] = field(factory=dict, init=False)
    """Seconds that starting tasks waited, by cause."""
    _changed: anyio.Event = field(factory=anyio.Event, init=False)

    @property
    def stopping(self) -> str | None:
        """Why no more tasks are started; None while they are."""
        return self._stopping[0] if self._stopping else None

    def stop(self, why: str) -> None:
        """Start no more tasks and no more attempts; what is in flight comes home."""
        self._stopping.append(why)
        self.halt()
        self._changed.set()
        self._source_ended.set()

    async def run(self) -> None:
        """Take the source to its end, or to where the run is stopped."""
        started = 0
        async with anyio.create_task_group() as group:
            while not self.stopping:
                batch = await anyio.to_thread.run_sync(self.admission.batch)
                self._admitted()
                if batch is None:
                    break
                for task in batch:
                    await self._wait_for_room()
                    if self._stopping:
                        break
                    self.asking += 1
                    self.active += 1
                    started += 1
                    group.start_soon(self._task, task)
                    if started == self.pilot_tasks and self.after_pilot:
                        await self._quiet()
                        await self.after_pilot()
            self._source_ended.set()
            self.tally.idle_cause = "source-ended"
        if self.fatal:
            raise self.fatal

    def _admitted(self) -> None:
        admission, tally = self.admission, self.tally
        tally.seen, tally.bad = admission.seen, admission.bad
        tally.statuses[Status.DUPLICATE] = admission.duplicates

    async def _wait_for_room(self) -> None:
        while not self.stopping:
            if self.judging >= self.config.backlog:
                cause = "gates-behind"
            elif self.asking >= self.room():
                cause = "teacher-full"
            else:
                return
            start, self.tally.idle_cause = time.monotonic(), cause
            self._changed = anyio.Event()
            await self._changed.wait()
            self.tally.idle_cause = "source-slow"
            self.idle[cause] = self.idle.get(cause, 0.0) + time.monotonic() - start

    async def _quiet(self) -> None:
        """Wait until every task that was started is settled, or has put off its next attempt."""
        self.tally.idle_cause = "pilot"
        while self.active > self.deferred and not self._stopping:
            self._changed = anyio.Event()
            await self._changed.wait()

    async def _patience(self) -> None:
        """Second attempts wait for the end of the source where a budget is to be made the most of."""
        if not self.thrifty or self.deferred >= self.config.backlog:
            return
        self.deferred += 1
        self._changed.set()
        try:
            await self._source_ended.wait()
        finally:
            self.deferred -= 1

    async def _task(self, task: Task[Any]) -> None:
        try:
            await self._through(task)
        finally:
            self.active -= 1
            self._changed.set()

    async def _through(self, task: Task[Any]) -> None:
        judgements = list[Judgement]()
        try:
            decision = await self._solve(task, judgements)
        except TaskError as error:
            decision = Decision(
                status=Status.FAILED, reason=error.reason, detail=error.detail, attempts=len(judgements)
            )
        except RunHalted:
            return
        except FastDistillError as error:
            self.fatal = self.fatal or error
            self.stop("fault")
            return
        if decision is not None:
            self._settle(task, decision, judgements)

    async def _solve(self, task: Task[Any], judgements: list[Judgement]) -> Decision | None:
        """Attempt after attempt; None when the run stops before the task is settled."""
        faults = list[tuple[str, str]]()
        attempt, held = 0, True
        consensus = self.config.consensus.enabled and not task.has_gold
        for teacher in self.teachers:
            for turn in range(1, teacher.plan.config.attempts + 1):
                attempt += 1
                if not held:
                    await self._patience()
                    if self.stopping:
                        return None
                    self.asking += 1
                held = False
                try:
                    asked = await self._ask(task, teacher, turn, attempt)
                except (RunHalted, AuthFailed, NotFound):
                    raise
                except ProviderError as error:
                    faults.append((error.kind, str(error)))
                    break
                except PluginFault as error:
                    faults.append(("plugin-fault", str(error)))
                    break
                finally:
                    self.asking -= 1
                    self._changed.set()
                self.on_change()
                fresh = await self._judge(task, asked, attempt)
                judgements += fresh
                if not consensus:
                    best = first_accepted(
                        fresh, has_gold=task.has_gold, accept_unmatched=self.config.accept_unmatched
                    )
                    if best is not None:
                        return accept(best, attempt)
        if consensus and judgements:
            return agreed(judgements, self.config.consensus, attempt)
        return unsolved(judgements, faults, attempt)

    async def _ask(self, task: Task[Any], teacher: Teacher, turn: int, attempt: int) -> Asked:
        gates = self.gates
        with boundary(gates.owner, "prompt"):
            prompt = gates.scenario.prompt(task, turn)
        call = teacher.call(task.sample_id, prompt, turn, teacher.sampling(task.sample_id, turn))
        row = (ATTEMPT, (task.sample_id, attempt, teacher.title, turn, call.request_id))
        return await teacher.ask(call, lambda: (row,))

    async def _judge(self, task: Task[Any], asked: Asked, attempt: int) -> list[Judgement]:
        found, rows = list[Judgement](), list[Statement]()
        self.judging += 1
        try:
            for choice in range(len(asked.completion.choices)):
                one = await self.gates.judge(task, asked.completion, choice, attempt)
                found.append(one)
                self.tally.judged(one)
                rows.append(candidate_row(task.sample_id, attempt, choice, one.reading))
                rows.extend(
                    verdict_row(task.sample_id, attempt, choice, ordinal, verdict)
                    for ordinal, verdict in enumerate(one.verdicts)
                )
        finally:
            self.judging -= 1
            self._changed.set()
            self.ledger.note(rows)
        return found

    def _settle(self, task: Task[Any], decision: Decision, judgements: Sequence[Judgement]) -> None:
        row = (
            task.sample_id,
            decision.status.value,
            decision.reason,
            clean(decision.detail),
            decision.attempts,
            decision.attempt,
            decision.choice,
            int(decision.labelled),
            time.time(),
        )
        self.ledger.note([(DECISION, row)])
        self.tally.settle(decision.status)
        self.on_change()
        if self.on_settled:
            self.on_settled(sample_of(task, decision, judgements, self.teachers))
