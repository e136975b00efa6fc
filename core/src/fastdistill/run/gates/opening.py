"""Opens what a plan names: providers, gates and reporters, each under its owner's name."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

from attrs import define, field

from fastdistill.errors import PluginFault, SetupError, boundary
from fastdistill.host import Offer
from fastdistill.protocols import Provider, Reporter
from fastdistill.run.gates.pipeline import KIND_OF, GateLine, Station, fingerprint
from fastdistill.run.plan import Chosen, Plan, TeacherPlan
from fastdistill.specs import ExecEvalSpec, JudgeSpec, ProviderSpec, ReporterSpec, RuleSpec, Services


async def _entered(
    stack: AsyncExitStack, offer: Offer, made: Callable[[], AbstractAsyncContextManager[Any]]
) -> Any:
    owner = str(offer.origin)
    try:
        with boundary(owner, f"open of {offer.spec.name}"):
            return await stack.enter_async_context(made())
    except PluginFault as error:
        raise SetupError(str(error)) from error


async def open_providers(stack: AsyncExitStack, plan: TeacherPlan, services: Services) -> list[Provider]:
    """One provider for each endpoint of a teacher."""
    spec = plan.offer.spec
    assert isinstance(spec, ProviderSpec)  # noqa: S101  the host has checked it
    return [
        await _entered(stack, plan.offer, partial(spec.open, options, services))
        for options in plan.endpoints
    ]


def build_scenario(plan: Plan) -> Any:
    """The scenario."""
    with boundary(str(plan.scenario.offer.origin), "build"):
        return plan.spec.build(plan.scenario.options)


async def _station(stack: AsyncExitStack, chosen: Chosen, services: Services) -> Station:
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
        gate = await _entered(stack, chosen.offer, lambda: spec.open(chosen.options, services))
        made = {"gate": gate}
    return Station(
        name=spec.name,
        kind=KIND_OF[chosen.offer.kind],
        fingerprint=fingerprint(chosen, next(iter(made.values()))),
        owner=owner,
        **made,
    )


@asynccontextmanager
async def gate_line(plan: Plan, services: Services) -> AsyncIterator[GateLine]:
    """The scenario's reader and its gates, open."""
    scenario = build_scenario(plan)
    async with AsyncExitStack() as stack:
        stations = [await _station(stack, chosen, services) for chosen in plan.gates]
        yield GateLine(
            scenario=scenario,
            owner=str(plan.scenario.offer.origin),
            fingerprint=fingerprint(plan.scenario, scenario),
            stations=stations,
            deadline=plan.config.gate_deadline,
        )


@define
class Audience:
    """The reporters of a run. One that fails is dropped with a notice and costs nothing else."""

    members: list[tuple[str, Reporter]] = field(factory=list)
    dropped: list[str] = field(factory=list)

    async def tell(self, event: Any) -> None:
        """Give `event` to every reporter."""
        for owner, reporter in list(self.members):
            try:
                with boundary(owner, "reporter"):
                    await reporter(event)
            except Exception as error:  # noqa: BLE001  a reporter must not end a run
                self.members.remove((owner, reporter))
                self.dropped.append(f"dropped a reporter: {error}")


async def open_reporters(stack: AsyncExitStack, chosen: Sequence[Chosen], services: Services) -> Audience:
    """The reporters that the run file names."""
    audience = Audience()
    for one in chosen:
        spec = one.offer.spec
        assert isinstance(spec, ReporterSpec)  # noqa: S101  the plan has checked it
        try:
            reporter = await _entered(stack, one.offer, partial(spec.open, one.options, services))
        except SetupError as error:
            audience.dropped.append(f"dropped a reporter: {error}")
        else:
            audience.members.append((str(one.offer.origin), reporter))
    return audience
