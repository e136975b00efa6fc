"""The way of one answer: read, then each gate in order, until one does not pass."""

import time
from collections.abc import Sequence
from typing import Any

from attrs import define, evolve, field, frozen

from fastdistill.clock import deadline
from fastdistill.errors import (
    AuthFailed,
    DeadlineExceeded,
    FastDistillError,
    NotFound,
    PluginFault,
    RunHalted,
    TaskError,
    boundary,
)
from fastdistill.model.answer import Candidate, Completion, Message, Prompt, Reading
from fastdistill.model.task import Task
from fastdistill.model.verdict import Finding, GateKind, Outcome, Verdict, rejected, undecided
from fastdistill.protocols import Gate, Prepared, Rule, Scenario
from fastdistill.run.gates.judgement import TEXT_GOLD, Judgement
from fastdistill.run.gates.returned import awaitable, checked, expect
from fastdistill.run.jsonl import dumps
from fastdistill.run.overlap.benchmarks import Benchmarks


@frozen(kw_only=True)
class GateStep:
    """One gate of a run, ready to work."""

    name: str
    kind: GateKind
    fingerprint: str
    owner: str
    """Who made it, for blame."""
    rule: Rule | None = None
    gate: Gate | None = None
    on_undecided: str = "error"
    """What a gold that the gate cannot read comes to: an error, or, with "judge", the judges' decision."""


@define(kw_only=True)
class GatePipeline:
    """A scenario's reader and the run's gates, cheapest first."""

    scenario: Scenario[Any]
    owner: str
    """Who made the scenario, for blame."""
    fingerprint: str
    """The scenario's."""
    steps: Sequence[GateStep]
    shots: tuple[Message, ...] = ()
    """Examples that every prompt shows before its last message, in turns of user and assistant."""
    benchmarks: Benchmarks | None = None
    """What no reply may repeat, where the run file names any."""
    deadline: float = 60.0
    """Seconds of work for one gate on one candidate; waiting for a worker is not work."""
    _prepared: tuple[tuple[str, Prepared], ...] = field(init=False)

    @_prepared.default
    def _find_prepared(self) -> tuple[tuple[str, Prepared], ...]:
        gates: list[tuple[str, object]] = [(step.owner, step.gate) for step in self.steps]
        return tuple((owner, gate) for owner, gate in gates if isinstance(gate, Prepared))

    @property
    def prepares(self) -> bool:
        """Whether a gate wants to see a task before it is asked."""
        return bool(self._prepared)

    def describe(self) -> list[dict[str, Any]]:
        """Return how the manifest names each gate."""
        return [
            {
                "name": step.name,
                "kind": step.kind,
                "fingerprint": step.fingerprint,
                "depends_on": getattr(step.rule or step.gate, "depends_on", None),
            }
            for step in self.steps
        ]

    async def prepare(self, task: Task[Any]) -> None:
        """Let the gates build what is costly for `task`, before a teacher is paid.

        Raises `TaskError` for a broken task, `PluginFault` for a broken gate. Where our own clock or worker
        failed, the gate tries again when it judges.
        """
        for owner, gate in self._prepared:
            try:
                with deadline(self.deadline), boundary(owner, "prepare"):
                    await gate.prepare(task)
            except (TaskError, PluginFault, RunHalted):
                raise
            except (FastDistillError, TimeoutError):
                continue

    def prompt(self, task: Task[Any], attempt: int) -> Prompt:
        """Return what a teacher is shown at its `attempt`th attempt. Raises `TaskError`, `PluginFault`."""
        with boundary(self.owner, "prompt"):
            prompt = expect(self.scenario.prompt(task, attempt), Prompt, self.scenario.prompt)
        if not self.shots:
            return prompt
        return evolve(prompt, messages=(*prompt.messages[:-1], *self.shots, prompt.messages[-1]))

    def read(self, task: Task[Any], completion: Completion) -> Reading:
        """Return what the scenario reads out of one choice. Raises `TaskError`, `PluginFault`."""
        with boundary(self.owner, "read"):
            reading = expect(self.scenario.read(task, completion), Reading, self.scenario.read)
            dumps(dict(reading.evidence))
        return reading

    async def judge(
        self, task: Task[Any], completion: Completion, choice: int, attempt: int, teacher: str = ""
    ) -> Judgement:
        """Read one choice and take it through the gates. Raises `TaskError` when the task is broken."""
        only = completion.only(choice)
        start = time.perf_counter()
        reading, finding = self._read(task, only)
        elapsed = time.perf_counter() - start
        if finding is not None or reading.answer is None:
            reason = reading.reason or "unreadable"
            told = f"no answer could be read out of the reply ({reason})"
            finding = finding or rejected(reason, reading.detail, tell=told)
            verdict = Verdict(
                gate="read", kind="read", fingerprint=self.fingerprint, elapsed=elapsed, finding=finding
            )
            return Judgement(
                attempt=attempt,
                choice=choice,
                reading=reading,
                candidate=None,
                verdicts=(verdict,),
                teacher=teacher,
            )
        candidate = Candidate(
            answer=reading.answer,
            text=only.text,
            reasoning=only.reasoning,
            finish=only.finish,
            reading=reading,
            attempt=attempt,
        )
        verdicts = []
        for step in self.steps:
            verdicts.append(await self._take(step, task, candidate))
            if verdicts[-1].finding.outcome is not Outcome.PASS and not self._to_the_judge(
                step, verdicts[-1]
            ):
                break
        return Judgement(
            attempt=attempt,
            choice=choice,
            reading=reading,
            candidate=candidate,
            verdicts=tuple(verdicts),
            teacher=teacher,
        )

    def _to_the_judge(self, step: GateStep, verdict: Verdict) -> bool:
        """Whether the judges stand in for a gate: only where it cannot read the gold, never for a reply."""
        unread = verdict.finding.outcome is Outcome.ERROR and verdict.finding.reason == TEXT_GOLD
        return step.on_undecided == "judge" and unread and any(one.kind == "judge" for one in self.steps)

    def _read(self, task: Task[Any], completion: Completion) -> tuple[Reading, Finding | None]:
        try:
            return self.read(task, completion), None
        except TaskError:
            raise
        except FastDistillError as error:
            return Reading(answer=None, reason="plugin-fault"), undecided("plugin-fault", str(error))

    async def _take(self, step: GateStep, task: Task[Any], candidate: Candidate) -> Verdict:
        """Take a candidate through one gate; once more where our own clock ran out."""
        start = time.perf_counter()
        waited = 0.0
        if step.rule is not None:
            finding = self._rule(step, step.rule, task, candidate)
        else:
            finding, waited = await self._gate(step, task, candidate)
            if finding.reason == "deadline" and finding.outcome is Outcome.ERROR:
                finding, again = await self._gate(step, task, candidate)
                waited += again
        return Verdict(
            gate=step.name,
            kind=step.kind,
            fingerprint=step.fingerprint,
            elapsed=max(0.0, time.perf_counter() - start - waited),
            waited=waited,
            finding=finding,
        )

    def _rule(self, step: GateStep, rule: Rule, task: Task[Any], candidate: Candidate) -> Finding:
        try:
            with boundary(step.owner, step.name):
                return checked(rule(task, candidate), rule)
        except TaskError:
            raise
        except FastDistillError as error:
            return undecided("plugin-fault", str(error))

    async def _gate(self, step: GateStep, task: Task[Any], candidate: Candidate) -> tuple[Finding, float]:
        """Return what the gate found, and the seconds that it waited for a worker."""
        # A judge waits for its teacher, whose calls have a deadline of their own.
        limit = None if step.kind == "judge" else self.deadline
        try:
            with deadline(limit) as clock:
                finding = await self._call(step, task, candidate)
        except TimeoutError:
            finding = undecided("deadline", f"{step.name} did not end in {limit:g} s of work")
        return finding, clock.waited

    async def _call(self, step: GateStep, task: Task[Any], candidate: Candidate) -> Finding:
        assert step.gate is not None  # noqa: S101  a step has one of the two
        try:
            with boundary(step.owner, step.name):
                found = await awaitable(step.gate(task, candidate), step.gate)
                return checked(found, step.gate)
        except (RunHalted, AuthFailed, NotFound, TaskError):
            raise
        except DeadlineExceeded:
            return undecided("deadline", f"{step.name} did not end in time")
        except PluginFault as error:
            late = isinstance(error.__cause__, TimeoutError)
            return undecided("deadline" if late else "plugin-fault", str(error))
        except FastDistillError as error:
            return undecided("gate-error", f"{type(error).__name__}: {error}")
