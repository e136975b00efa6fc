"""Opens a gate as a run does, with services that notice work which a worker could not be given."""

import inspect
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import attrs
from attrs import frozen

from fastdistill.errors import TaskError
from fastdistill.model.answer import Call, Candidate, Completion
from fastdistill.model.task import Task
from fastdistill.model.verdict import Finding
from fastdistill.protocols import Gate, Provider
from fastdistill.run.jsonl import dumps
from fastdistill.run.services.opening import check_opened
from fastdistill.run.services.services import RunServices
from fastdistill.specs import ExecEvalSpec, JudgeSpec, RuleSpec, Workers
from fastdistill.testing.conformance.check import Nonconforming, Subject, cpu_limit, want
from fastdistill.testing.services import Reply, ScriptedTeacher, lend

EVIDENCE_LIMIT = 256 * 1024
"""Bytes of one finding's evidence: it stands in the ledger and in the reports for every answer."""
GateCall = Callable[[Task[Any], Candidate], Awaitable[Finding | None]]
"""A gate as the checks call it; None where it says that the task is broken."""


@frozen
class CheckedWorkers:
    """Lends workers, and refuses what a worker process could not import or be sent."""

    workers: Workers
    owner: str

    async def run(self, function: Callable[[Any], Any], payload: Any, /, **limits: Any) -> Any:
        """See `Workers.run`."""
        module, name = (
            getattr(function, "__module__", ""),
            getattr(function, "__qualname__", repr(function)),
        )
        found: Any = sys.modules.get(module)
        for part in name.split("."):
            found = getattr(found, part, None)
        want(
            found is function,
            f"services.workers was given {name!r}: only a function at the top level of a module can be "
            "imported by a worker",
        )
        try:
            same = json.loads(json.dumps(payload)) == _listed(payload)
        except (TypeError, ValueError) as error:
            raise Nonconforming(f"the payload of {name!r} is no JSON data: {error}") from None
        want(same, f"the payload of {name!r} changes on its way: only JSON data comes over as it is")
        return await self.workers.run(function, payload, **limits)


def _listed(value: Any) -> Any:
    """The value with tuples as lists, as JSON has them."""
    if isinstance(value, dict):
        return {key: _listed(item) for key, item in value.items()}
    return [_listed(item) for item in value] if isinstance(value, list | tuple) else value


def yes(call: Call) -> str | Completion:
    """What a model says that a judge can be tried with."""
    return "It is fine. YES"


@asynccontextmanager
async def services_for(
    subject: Subject, reply: Callable[[Call], Reply] = yes
) -> AsyncIterator[RunServices]:
    """Services as a run gives them; every teacher is one scripted model."""
    model = ScriptedTeacher(reply, identity="conformance")

    async def teacher(name: str) -> Provider:
        return model

    async with lend(workers=2) as services:
        watched: Any = CheckedWorkers(services.workers, subject.owner)
        yield attrs.evolve(services, workers=watched, teacher=teacher)


def _entered(opened: AbstractAsyncContextManager[Gate]) -> AbstractAsyncContextManager[Gate]:
    check_opened(opened)
    return opened


@asynccontextmanager
async def opened_gate(
    subject: Subject, reply: Callable[[Call], Reply] = yes
) -> AsyncIterator[tuple[GateCall, object]]:
    """The gate as the checks call it, and the object that the plugin made."""
    spec, options = subject.offer.spec, subject.built_options()
    if isinstance(spec, RuleSpec):
        rule = spec.build(options)
        want(callable(rule), f"build gave {rule!r:.80}, which cannot be called")

        async def call_rule(task: Task[Any], candidate: Candidate) -> Finding | None:
            try:
                with cpu_limit(f"on {candidate.answer!r:.60}"):
                    found: Any = rule(task, candidate)
            except TaskError:
                return None
            if inspect.isawaitable(found):
                getattr(found, "close", lambda: None)()
                raise Nonconforming("a rule is a plain function: write def, not async def")
            return checked(found)

        yield call_rule, rule
        return
    assert isinstance(spec, ExecEvalSpec | JudgeSpec)  # noqa: S101  the host has checked it
    async with services_for(subject, reply) as services, _entered(spec.open(options, services)) as gate:
        want(callable(gate), f"open gave {gate!r:.80}, which cannot be called")

        async def call_gate(task: Task[Any], candidate: Candidate) -> Finding | None:
            try:
                awaited: Any = gate(task, candidate)
                want(inspect.isawaitable(awaited), "a gate is async: write async def, not def")
                return checked(await awaited)
            except TaskError:
                return None

        yield call_gate, gate


def checked(found: object) -> Finding:
    """Return a finding that the core can keep. Raises `Nonconforming`."""
    if not isinstance(found, Finding):
        raise Nonconforming(
            f"it returned {found!r:.80} ({type(found).__name__}), not what passed(), rejected() or "
            "undecided() make"
        )
    want(found.outcome == "pass" or found.reason, f"a {found.outcome} has a reason, a slug")
    want(isinstance(found.detail, str), f"the detail is {found.detail!r:.60}, no text")
    score = found.score
    want(
        score is None or (isinstance(score, int | float) and score == score), f"the score is {score!r:.60}"
    )
    for name in ("exec_pass", "gold_match"):
        value = getattr(found, name)
        want(value is None or isinstance(value, bool), f"{name} is {value!r:.60}, not true, false or None")
    want(found.class_key is None or isinstance(found.class_key, str), "class_key is no text")
    try:
        size = len(dumps(dict(found.evidence)))
    except (TypeError, ValueError) as error:
        raise Nonconforming(f"the evidence is no JSON data: {error}") from None
    want(size <= EVIDENCE_LIMIT, f"the evidence has {size} bytes, at most {EVIDENCE_LIMIT} are kept")
    return found
