"""The main loop: tasks go through teachers and gates side by side, each at its own pace."""

from collections.abc import Callable
from typing import Any, Protocol

import anyio
import anyio.to_thread
from attrs import define, evolve, field

from fastdistill.errors import (
    AuthFailed,
    FastDistillError,
    NoMoreReplies,
    NotFound,
    PluginFault,
    ProviderError,
    RunHalted,
    TaskError,
)
from fastdistill.model.answer import Completion, Prompt, Purpose
from fastdistill.model.report import RunOutcome
from fastdistill.model.sample import Decision, Judged, Sample, Status
from fastdistill.model.task import Task
from fastdistill.run.admission import Admission
from fastdistill.run.backpressure import Backpressure, Phase
from fastdistill.run.contested import acquitted
from fastdistill.run.decision import Failure, Rules, decide, failed, give_up
from fastdistill.run.gates.faults import FaultStreaks
from fastdistill.run.gates.judgement import Judgement
from fastdistill.run.gates.pipeline import GatePipeline
from fastdistill.run.gates.tryout import try_gates
from fastdistill.run.hopeless import is_hopeless
from fastdistill.run.ledger.ledger import Ledger
from fastdistill.run.limits import Limits, Stop, StopSignal
from fastdistill.run.progress import RunProgress
from fastdistill.run.repairs import is_control, refusal, repair_prompt
from fastdistill.run.selection import Selection
from fastdistill.run.teachers.pool import Attempt, Schedule, TeacherPool
from fastdistill.settings import GiveUp, Repair


class Pilot(Protocol):
    """Says after the first tasks whether the run is worth its money."""

    @property
    def tasks(self) -> int:
        """How many tasks run alone."""

    async def missed(self) -> Stop | None:
        """Return why the run should stop, if it should."""


@define(kw_only=True)
class Engine:
    """Takes the tasks of one session from the source to their decisions, many at a time."""

    admission: Admission
    teachers: TeacherPool
    gates: GatePipeline
    rules: Rules
    ledger: Ledger
    limits: Limits
    signal: StopSignal
    backpressure: Backpressure
    progress: RunProgress
    pilot: Pilot | None = None
    selection: Selection | None = None
    repair: Repair = field(factory=Repair)
    give_up: GiveUp = field(factory=GiveUp)
    faults: FaultStreaks = field(factory=FaultStreaks)
    on_decided: Callable[[Sample], None] | None = None
    """Called with every decided task, where somebody listens."""
    error: FastDistillError | None = field(default=None, init=False)
    """What went wrong for the run as a whole."""

    async def _process(self, work: "Work") -> Decision | None:
        """Ask teachers in order until an answer is accepted or every attempt is used.

        Return None when the run is stopped before that.
        """
        for attempt in work.schedule:
            if attempt.number > 1 and not await self.backpressure.wait_to_retry(work.phase):
                return None
            work.phase.enter("asking")
            try:
                completion = await self._ask(work, attempt)  # durable before it returns
            except (RunHalted, AuthFailed, NotFound):
                raise
            except (ProviderError, PluginFault) as error:
                if not (isinstance(error, NoMoreReplies) and attempt.teacher_attempt > 1):
                    work.failures.append(Failure.of(error))
                work.schedule.leave_teacher()
                continue
            work.phase.enter("judging")
            work.judged += await self._judge(work.task, completion, attempt)
            decision = decide(work.task, work.judged, self.rules)
            if decision is not None and not self.rules.every_attempt:
                accepted = decision.status is Status.ACCEPTED
                if not (accepted and work.schedule.only_more(self.rules.extra_attempts)):
                    return decision
            if is_hopeless(work.judged, attempt.teacher.title, self.give_up):
                work.schedule.leave_teacher()
        self._acquit(work)
        decision = decide(work.task, work.judged, self.rules)
        return decision or give_up(work.task, work.judged, work.failures, self.rules)

    def _acquit(self, work: "Work") -> None:
        """Overrule the gate where different teachers agree against the gold; record each new verdict."""
        for place, one in acquitted(work.judged, gates=len(self.gates.steps)).items():
            work.judged[place] = one
            self.ledger.record_judgement(
                work.task.sample_id, one.attempt, one.choice, one.reading, one.verdicts
            )

    async def _ask(self, work: "Work", attempt: Attempt) -> Completion:
        """Return a teacher's answer to the task's prompt, or to its own refused reply."""
        sample_id, repair = work.task.sample_id, self._repair(work, attempt)
        prompt = repair or self.gates.prompt(work.task, attempt.teacher_attempt)
        purpose: Purpose | None = "repair" if repair is not None else None
        own = attempt.teacher_attempt
        call = attempt.teacher.call_for(sample_id, prompt, attempt.number, own, purpose)
        call = evolve(call, task_id=work.task.task_id, input=work.task.input)
        work.completion = await attempt.teacher.ask(call, as_attempt=True)
        work.repaired = repair is not None
        return work.completion

    def _repair(self, work: "Work", attempt: Attempt) -> Prompt | None:
        """Return the prompt that asks the same teacher to repair its reply; None to ask from the start."""
        first = attempt.teacher_attempt == 1
        if not self.repair.rounds or first or work.repaired or is_control(work.task.sample_id, self.repair):
            return None
        refused, completion = refusal(work.judged, self.repair), work.completion
        if refused is None or completion is None:
            return None
        return repair_prompt(self.gates.prompt(work.task, attempt.teacher_attempt - 1), refused, completion)

    async def _judge(self, task: Task[Any], completion: Completion, attempt: Attempt) -> list[Judgement]:
        """Take each choice of an answer through the gates, and record what they say."""
        found = list[Judgement]()
        for choice in range(len(completion.choices)):
            one = await self.gates.judge(task, completion, choice, attempt.number, attempt.teacher.title)
            found.append(one)
            self.progress.judged(one)
            self.ledger.record_judgement(task.sample_id, attempt.number, choice, one.reading, one.verdicts)
            self.faults.see(one.verdicts)
        return found

    async def run(self) -> None:
        """Start task after task until the source ends or the run is stopped, and see them all through.

        Raises the error that stopped the run, if one did.
        """
        started, flow = 0, self.backpressure
        async with anyio.create_task_group() as group:
            while (batch := await self._admit()) is not None:
                if batch and not started:
                    await try_gates(self.gates, batch[0])
                for task in batch:
                    if not await flow.wait_to_start():
                        break
                    started += 1
                    phase = flow.start("preparing" if self.gates.prepares else "asking")
                    work = Work(task=task, schedule=self.teachers.schedule(), phase=phase)
                    group.start_soon(self._see_through, work)
                    if self.pilot is not None and started == self.pilot.tasks:
                        await flow.wait_until_quiet()
                        if not flow.stopped:
                            self.signal.stop(await self.pilot.missed())
            flow.source_ended()
        if self.error is not None:
            raise self.error

    async def _admit(self) -> list[Task[Any]] | None:
        """Return the next tasks; None at the source's end or when the run is stopped."""
        if self.backpressure.stopped:
            return None
        admission = self.admission
        batch = await anyio.to_thread.run_sync(admission.read_batch)
        self.progress.left_out += admission.left_out
        admission.left_out = 0
        self.progress.admitted(seen=admission.seen, bad=admission.bad, duplicates=admission.duplicates)
        return batch

    async def _see_through(self, work: "Work") -> None:
        """Bring one task to its decision. What goes wrong here costs this task alone, or stops the run."""
        decision = None
        try:
            await self.gates.prepare(work.task)
            left_out = None if self.selection is None else await self.selection.skip(work.task)
            decision = left_out or await self._process(work)
        except (TaskError, PluginFault) as error:
            decision = failed(Failure.of(error))
        except RunHalted:
            pass
        except FastDistillError as error:
            self.fail(error)
        finally:
            work.phase.end()
        if decision is not None:
            self._settle(work, evolve(decision, attempts=work.schedule.number))

    def _settle(self, work: "Work", decision: Decision) -> None:
        self.ledger.record_decision(work.task.sample_id, decision)
        self.progress.decided(decision.status)
        self.limits.look()
        if self.on_decided is not None:
            self.on_decided(_sample(work.task, decision, work.judged))

    def fail(self, error: FastDistillError) -> None:
        """Stop the run for an error that concerns it as a whole; the first is kept."""
        self.error = self.error or error
        self.signal.stop(Stop(outcome=RunOutcome.STOPPED, message=str(error)))


@define(kw_only=True)
class Work:
    """One task on its way to its decision."""

    task: Task[Any]
    schedule: Schedule
    phase: Phase
    judged: list[Judgement] = field(factory=list)
    completion: Completion | None = None
    """The last that came."""
    repaired: bool = False
    """Whether that was a repair."""
    failures: list[Failure] = field(factory=list)


def _sample(task: Task[Any], decision: Decision, judged: list[Judgement]) -> Sample:
    """Return what reporters receive for a decided task."""
    place = (decision.attempt, decision.choice)
    accepted = next((one for one in judged if (one.attempt, one.choice) == place and one.candidate), None)
    return Sample(
        sample_id=task.sample_id,
        task_id=task.task_id,
        status=decision.status,
        reason=decision.reason,
        detail=decision.detail,
        attempts=decision.attempts,
        labelled=decision.labelled,
        accepted=Judged(candidate=accepted.candidate, teacher=accepted.teacher, verdicts=accepted.verdicts)
        if accepted is not None and accepted.candidate is not None
        else None,
    )
