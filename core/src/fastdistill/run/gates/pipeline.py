"""The way of one answer: read, then each gate in order, until one does not pass."""

import time
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from attrs import define, field, frozen

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
from fastdistill.model.answer import Candidate, Completion, Reading
from fastdistill.model.task import Task
from fastdistill.model.verdict import Finding, GateKind, Outcome, Verdict, rejected, undecided
from fastdistill.patience import deadline as gate_clock
from fastdistill.protocols import Fingerprinted, Gate, Rule, Scenario
from fastdistill.run.ledger.rows import dumps
from fastdistill.run.plan import Chosen, digest

KIND_OF: dict[str, GateKind] = {"rules": "rule", "exec_evals": "exec", "judges": "judge"}


@frozen(kw_only=True)
class Station:
    """One gate of a run, ready to work."""

    name: str
    kind: GateKind
    fingerprint: str
    owner: str
    rule: Rule | None = None
    gate: Gate | None = None


def fingerprint(chosen: Chosen, made: object) -> str:
    """Sixteen hex digits of what a gate's verdicts depend on."""
    origin = chosen.offer.origin
    parts = [
        chosen.name,
        origin.distribution,
        origin.version,
        digest(chosen.options),
        made.depends_on if isinstance(made, Fingerprinted) else "",
    ]
    return sha256("\n".join(parts).encode()).hexdigest()[:16]


@frozen(kw_only=True)
class Judgement:
    """What became of one choice: its reading, and the verdicts up to the first that does not pass."""

    attempt: int
    choice: int
    reading: Reading
    candidate: Candidate | None
    verdicts: tuple[Verdict, ...]

    @property
    def outcome(self) -> Outcome:
        """Pass if every gate passed."""
        return self.verdicts[-1].finding.outcome if self.verdicts else Outcome.PASS

    @property
    def last(self) -> Finding:
        """The finding that decided."""
        return self.verdicts[-1].finding

    @property
    def gold_match(self) -> bool:
        """Whether a gate confirmed the answer against gold."""
        return any(v.finding.gold_match is True for v in self.verdicts)

    @property
    def class_key(self) -> str | None:
        """The class of answers that this one belongs to, if a gate named it."""
        keys = [v.finding.class_key for v in self.verdicts if v.finding.class_key]
        return keys[-1] if keys else None


@define(kw_only=True)
class GateLine:
    """A scenario's reader and the run's gates."""

    scenario: Scenario[Any]
    owner: str
    """Who made the scenario, for blame."""
    fingerprint: str
    stations: Sequence[Station]
    deadline: float = 60.0
    busy: int = field(default=0, init=False)
    """Candidates at an exec-eval or judge now."""

    async def judge(self, task: Task[Any], completion: Completion, choice: int, attempt: int) -> Judgement:
        """Read one choice and take it through the gates. Raises `TaskError` when the task is broken."""
        only = completion.only(choice)
        start = time.perf_counter()
        reading, finding = self._read(task, only)
        elapsed = time.perf_counter() - start
        if finding is not None or reading.answer is None:
            finding = finding or rejected(reading.reason or "unreadable", reading.detail)
            verdict = Verdict(
                gate="read", kind="read", fingerprint=self.fingerprint, elapsed=elapsed, finding=finding
            )
            return Judgement(
                attempt=attempt, choice=choice, reading=reading, candidate=None, verdicts=(verdict,)
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
        for station in self.stations:
            verdict = await self._pass(station, task, candidate)
            verdicts.append(verdict)
            if verdict.finding.outcome is not Outcome.PASS:
                break
        return Judgement(
            attempt=attempt,
            choice=choice,
            reading=reading,
            candidate=candidate,
            verdicts=tuple(verdicts),
        )

    def _read(self, task: Task[Any], completion: Completion) -> tuple[Reading, Finding | None]:
        try:
            with boundary(self.owner, "read"):
                reading = self.scenario.read(task, completion)
                dumps(dict(reading.evidence))
        except TaskError:
            raise
        except FastDistillError as error:
            return Reading(answer=None, reason="plugin-fault"), undecided("plugin-fault", str(error))
        return reading, None

    async def _pass(self, station: Station, task: Task[Any], candidate: Candidate) -> Verdict:
        start = time.perf_counter()
        if station.rule is not None:
            finding = self._rule(station, station.rule, task, candidate)
        else:
            self.busy += 1
            try:
                finding = await self._gate(station, task, candidate)
                if finding.reason == "deadline" and finding.outcome is Outcome.ERROR:
                    finding = await self._gate(station, task, candidate)
            finally:
                self.busy -= 1
        return Verdict(
            gate=station.name,
            kind=station.kind,
            fingerprint=station.fingerprint,
            elapsed=time.perf_counter() - start,
            finding=finding,
        )

    def _rule(self, station: Station, rule: Rule, task: Task[Any], candidate: Candidate) -> Finding:
        try:
            with boundary(station.owner, station.name):
                return _checked(rule(task, candidate))
        except TaskError:
            raise
        except FastDistillError as error:
            return undecided("plugin-fault", str(error))

    async def _gate(self, station: Station, task: Task[Any], candidate: Candidate) -> Finding:
        assert station.gate is not None  # noqa: S101  a station has one of the two
        # A judge waits for its teacher, whose line has a deadline of its own.
        deadline = None if station.kind == "judge" else self.deadline
        try:
            with gate_clock(deadline), boundary(station.owner, station.name):
                return _checked(await station.gate(task, candidate))
        except (RunHalted, AuthFailed, NotFound, TaskError):
            raise
        except (DeadlineExceeded, TimeoutError):
            return undecided("deadline", f"{station.name} did not end in time")
        except PluginFault as error:
            late = isinstance(error.__cause__, TimeoutError)
            return undecided("deadline" if late else "plugin-fault", str(error))
        except FastDistillError as error:
            return undecided("gate-error", f"{type(error).__name__}: {error}")


def _checked(finding: object) -> Finding:
    if not isinstance(finding, Finding):
        raise TypeError(f"a gate returns a Finding, not {finding!r:.80}")
    if finding.evidence:
        dumps(dict(finding.evidence))
    return finding
