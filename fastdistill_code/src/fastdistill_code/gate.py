"""The `python` gate: runs a candidate in the sandbox and compares what it returns, in our process."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import anyio
import anyio.to_thread
from attrs import define, evolve, field, frozen

from fastdistill import Candidate, Finding, Outcome, Provider, Services, Task, TaskError, deadline_paused
from fastdistill_code.checkers import judged_outputs
from fastdistill_code.jobs import CallInput, Job, Limits
from fastdistill_code.judging import find, find_checked, redrawn, with_generated
from fastdistill_code.kinds.suite import Suite
from fastdistill_code.options import PythonOptions
from fastdistill_code.oracle.against import Outcome as Generated
from fastdistill_code.oracle.against import against
from fastdistill_code.oracle.build import oracle_for
from fastdistill_code.oracle.directed import directed, own_constants
from fastdistill_code.oracle.record import Oracle
from fastdistill_code.oracle.reseeded import reseeded
from fastdistill_code.oracle.validator import REFUSES, UNREADABLE, ask
from fastdistill_code.payload import CodePayload
from fastdistill_code.runner import Runner, open_sandbox
from fastdistill_code.telling import Tell, telling

_KEPT = 512
"""Tasks whose preparation is remembered: attempts at one task come close together."""


@frozen(kw_only=True)
class Prepared:
    """What is kept of a task: its generated calls, and what is said of its tests."""

    oracle: Oracle
    evidence: dict[str, Any]
    redrawn: tuple[Suite, ...] = ()
    """Tests that draw inputs, with other seeds; the gold passes them."""


@define(kw_only=True)
class PythonGate:
    """Prepares each task once: checks its gold, makes inputs, looks for tests that always pass."""

    runner: Runner
    options: PythonOptions
    services: Services
    validator: Provider | None = None
    """Who is asked for a contract."""
    _prepared: dict[str, Prepared | TaskError] = field(factory=dict, init=False)
    _directed: dict[str, Oracle | None] = field(factory=dict, init=False)
    _locks: dict[str, anyio.Lock] = field(factory=dict, init=False)

    @property
    def depends_on(self) -> str:
        """Sandbox level and interpreter."""
        return json.dumps(self.runner.describe(), sort_keys=True)

    async def __call__(self, task: Task[CodePayload], candidate: Candidate, /) -> Finding:
        """What the candidate's results say. `TaskError` when the gold or the tests are broken."""
        ready, payload = await self._ready(task), task.payload
        limits = self.options.limits(payload.limits)
        given = len(payload.suite.calls) or len(payload.suite.stdin)
        tell = telling(task)
        found = await judge(self.runner, candidate.answer, payload, payload.suite, given, limits, tell)
        if found.outcome is Outcome.PASS and ready.oracle.known:
            seen = await self._against(task, candidate.answer, ready.oracle, limits, given)
            found = with_generated(found, seen, given, self.options.reject_on, tell)
        for suite in ready.redrawn:
            if found.outcome is Outcome.PASS and self.options.reject_on != "seen":
                again = await judge(self.runner, candidate.answer, payload, suite, given, limits)
                found = found if again.outcome is Outcome.PASS else redrawn(again)
        return evolve(found, evidence=ready.evidence | dict(found.evidence))

    async def _against(
        self, task: Task[CodePayload], source: str, oracle: Oracle, limits: Limits, given: int
    ) -> Generated:
        """The task's generated inputs, then some for this candidate alone."""
        payload = task.payload
        seen = await against(self.runner, source, payload, oracle, limits, given)
        if seen.first or seen.undecided or payload.entry_point is None or payload.gold is None:
            return seen
        own = own_constants(source, payload)
        if not seen.ways_left and not own:
            return seen
        more = await self._further(task, own, oracle, limits)
        if more is None:
            return seen
        further = await against(
            self.runner, source, payload, more, limits, given + len(oracle.known), may_decline=1.0
        )
        return evolve(
            further, inputs=seen.inputs + further.inputs, declined=seen.declined + further.declined
        )

    async def _further(
        self, task: Task[CodePayload], own: list[int | float | str], oracle: Oracle, limits: Limits
    ) -> Oracle | None:
        """Inputs around these constants, made once for all candidates that have them."""
        key = repr((task.sample_id, task.payload.digest, own))
        if key not in self._directed:
            prompt = str(task.input["prompt"])
            found = await directed(self.runner, own, task.payload, prompt, oracle, limits)
            while len(self._directed) >= _KEPT:
                del self._directed[next(iter(self._directed))]
            self._directed[key] = found
        return self._directed[key]

    async def prepare(self, task: Task[CodePayload], /) -> None:
        """Make the task's oracle before its teacher is paid. `TaskError` when gold or tests are broken."""
        await self._ready(task)

    async def _ready(self, task: Task[CodePayload]) -> Prepared:
        key = task.sample_id + task.payload.digest
        lock = self._locks.setdefault(key, anyio.Lock())
        with deadline_paused():  # another attempt at the task prepares it
            await lock.acquire()
        try:
            ready = self._prepared.get(key)
            if ready is None:
                try:
                    ready = await self._prepare(task)
                except TaskError as error:
                    ready = error
                while len(self._prepared) >= _KEPT:
                    oldest = next(iter(self._prepared))
                    del self._prepared[oldest]
                    self._locks.pop(oldest, None)
                self._prepared[key] = ready
        finally:
            lock.release()
        if isinstance(ready, TaskError):
            raise TaskError(ready.reason, ready.detail)
        return ready

    async def _contract(self, task: Task[CodePayload]) -> str | None:
        return None if self.validator is None else await ask(self.validator, task)

    async def _prepare(self, task: Task[CodePayload]) -> Prepared:
        payload, suite = task.payload, task.payload.suite
        limits = self.options.limits(payload.limits)
        given = len(suite.calls) or len(suite.stdin)
        evidence: dict[str, Any] = {"tests": "checker" if suite.source is not None else "lifted"}
        stub = await judge(self.runner, _stub(payload), payload, suite, given, limits)
        weak = stub.outcome is Outcome.PASS
        oracle, suites = Oracle(), list[Suite]()
        if payload.gold is not None:
            for gold in (payload.gold, *payload.golds):
                await _confirm_gold(self.runner, payload, gold, limits)
            if self.options.generated and suite.plain:
                said = await self._contract(task)
                oracle = await oracle_for(task, self.runner, self.options, self.services, said or "")
                if self.validator is not None:
                    evidence["contract"] = _told(said, oracle)
            if self.options.generated and suite.source is not None and payload.entry_point is not None:
                suites = [Suite(source=tests) for tests in reseeded(suite.source)]
                ends = [await judge(self.runner, payload.gold, payload, s, given, limits) for s in suites]
                suites = [s for s, f in zip(suites, ends, strict=True) if f.outcome is Outcome.PASS]
        told = oracle.answers
        if told.raised or told.late or told.doubtful:
            evidence["gold"] = {"asked": told.asked, "raised": told.raised, "late": told.late}
            evidence["gold"] |= {"doubtful": told.doubtful} if told.doubtful else {}
        if oracle.total:
            evidence["oracle_strength"] = {"killed": oracle.killed, "total": oracle.total}
            alive = oracle.total - oracle.killed
            weak = weak or (alive >= 3 and oracle.killed < self.options.weak_below * oracle.total)
        evidence["weak_oracle"] = weak
        return Prepared(oracle=oracle, evidence=evidence, redrawn=tuple(suites))


def _told(validator: str | None, oracle: Oracle) -> dict[str, Any]:
    """What became of the contract that was asked for."""
    if validator is None:
        return {"used": False, "why": UNREADABLE}
    if not oracle.validator:
        return {"used": False, "why": REFUSES}
    return {"used": True, "refused": oracle.refused}


def _stub(payload: CodePayload) -> str:
    """A candidate that does nothing: tests that it passes are no tests."""
    return (
        f"def {payload.entry_point}(*args, **kwargs):\n    return None\n"
        if payload.entry_point
        else "pass\n"
    )


async def judge(
    runner: Runner,
    source: str,
    payload: CodePayload,
    suite: Suite,
    given: int,
    limits: Limits,
    tell: Tell | None = None,
) -> Finding:
    """Run `source` against a suite, or in the checker when the suite could not be lifted."""
    if suite.source is not None and payload.entry_point is None:
        return await judged_outputs(runner, source, suite, limits, tell)
    if suite.source is not None and payload.entry_point is not None:
        tests = f"{payload.preamble}\n{suite.source}"
        return find_checked(await runner.check(source, payload.entry_point, tests, limits), {})
    report = await runner.run(_job(source, payload, suite.calls, limits))
    # Comparing and describing take time that grows with the candidate's values: never in the loop.
    judged = partial(find, report, suite.checks, given, {}, tell)
    return await anyio.to_thread.run_sync(judged, abandon_on_cancel=True)


def _job(source: str, payload: CodePayload, calls: tuple[CallInput, ...], limits: Limits) -> Job:
    if payload.entry_point is None:
        return Job(source=source, stdin=payload.suite.stdin, limits=limits)
    return Job(source=source, entry_point=payload.entry_point, calls=calls, limits=limits)


async def _confirm_gold(runner: Runner, payload: CodePayload, gold: str, limits: Limits) -> None:
    """Raise `TaskError` unless the gold passes its own tests, twice, with the same results."""
    suite = payload.suite
    given = len(suite.calls) or len(suite.stdin)
    keys = set()
    for _ in range(2):
        found = await judge(runner, gold, payload, suite, given, limits)
        if found.outcome is Outcome.ERROR:
            raise TaskError("gold-undecided", f"the gold did not end in time: {found.detail}")
        if found.outcome is Outcome.REJECT:
            raise TaskError("gold-failed", f"the gold fails its own tests ({found.reason}): {found.detail}")
        keys.add(found.class_key)
    if len(keys) > 1:
        raise TaskError("nondeterministic-gold", "the gold returned other values when it ran again")


@asynccontextmanager
async def open_gate(options: PythonOptions, services: Services) -> AsyncIterator[PythonGate]:
    """The gate with a sandbox of its own. `SetupError` when the sandbox is too weak without consent.

    `UsageError` when the run has no teacher of the name in `contract`.
    """
    validator = None if options.contract is None else await services.teacher(options.contract)
    async with open_sandbox(
        level=options.sandbox,
        allow_weak=options.allow_weak_sandbox,
        slots=options.parallel,
        packages=options.packages,
    ) as runner:
        yield PythonGate(runner=runner, options=options, services=services, validator=validator)
