"""Opens a plan's scenario and gates, each under its owner's name."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from hashlib import sha256
from typing import Any

import anyio.to_thread

from fastdistill.errors import PluginFault, SetupError, boundary
from fastdistill.model.verdict import GateKind
from fastdistill.protocols import Fingerprinted
from fastdistill.run.gates.pipeline import GatePipeline, GateStep
from fastdistill.run.gates.shots import read_shots
from fastdistill.run.overlap.benchmarks import Benchmarks, read_benchmarks
from fastdistill.run.overlap.rule import NAME, NoBenchmark
from fastdistill.run.plan import Chosen, Plan, digest
from fastdistill.run.services.opening import entered
from fastdistill.settings import Decontaminate
from fastdistill.specs import ExecEvalSpec, JudgeSpec, RuleSpec, Services

KIND_OF: dict[str, GateKind] = {"rules": "rule", "exec_evals": "exec", "judges": "judge"}


@asynccontextmanager
async def open_gates(plan: Plan, services: Services) -> AsyncIterator[GatePipeline]:
    """Open the scenario's reader and its gates. Raises `SetupError` for a gate that cannot open."""
    with boundary(str(plan.scenario.offer.origin), "build"):
        scenario = plan.spec.build(plan.scenario.options)
    settings, benchmarks, steps = plan.config.decontaminate, None, list[GateStep]()
    if settings.against:
        benchmarks = await anyio.to_thread.run_sync(read_benchmarks, plan)
        if settings.replies:
            steps.append(_no_benchmark(benchmarks, settings))
    async with AsyncExitStack() as stack:
        steps += [await _step(stack, chosen, services) for chosen in plan.gates]
        yield GatePipeline(
            scenario=scenario,
            owner=str(plan.scenario.offer.origin),
            fingerprint=fingerprint(plan.scenario, scenario),
            steps=steps,
            benchmarks=benchmarks,
            shots=read_shots(plan.config.shots) if plan.config.shots is not None else (),
            deadline=plan.config.gate_deadline,
        )


def _no_benchmark(benchmarks: Benchmarks, settings: Decontaminate) -> GateStep:
    """Return the core's own rule, first of all: a reply that repeats a benchmark is judged no further."""
    rule = NoBenchmark(benchmarks=benchmarks)
    parts = [NAME, digest(settings), rule.depends_on]
    mark = sha256("\n".join(parts).encode()).hexdigest()[:16]
    return GateStep(name=NAME, kind="rule", fingerprint=mark, owner="fastdistill", rule=rule)


async def _step(stack: AsyncExitStack, chosen: Chosen, services: Services) -> GateStep:
    spec, owner = chosen.offer.spec, str(chosen.offer.origin)
    if isinstance(spec, RuleSpec):
        try:
            with boundary(owner, f"build of {spec.name}"):
                rule = spec.build(chosen.options)
        except PluginFault as error:
            raise SetupError(str(error)) from error
        made: dict[str, Any] = {"rule": rule}
    else:
        assert isinstance(spec, ExecEvalSpec | JudgeSpec)  # noqa: S101  the plan has checked it
        gate = await entered(stack, chosen.offer, lambda: spec.open(chosen.options, services))
        made = {"gate": gate}
    return GateStep(
        name=spec.name,
        kind=KIND_OF[chosen.offer.kind],
        fingerprint=fingerprint(chosen, next(iter(made.values()))),
        owner=owner,
        on_undecided=getattr(chosen.options, "on_undecided", "error"),
        **made,
    )


def fingerprint(chosen: Chosen, made: object) -> str:
    """Return sixteen hex digits of what a gate's verdicts depend on."""
    origin = chosen.offer.origin
    parts = [
        chosen.name,
        origin.distribution,
        origin.version,
        digest(chosen.options),
        made.depends_on if isinstance(made, Fingerprinted) else "",
    ]
    return sha256("\n".join(parts).encode()).hexdigest()[:16]
