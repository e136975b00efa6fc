"""Opens what a session needs, in order: each step needs the ones before it."""

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import attrs
from attrs import frozen

from fastdistill.caches import cache_folder
from fastdistill.protocols import Reporter
from fastdistill.run.events import EventBus, open_reporters
from fastdistill.run.folder import LEDGER
from fastdistill.run.gates.opening import open_gates
from fastdistill.run.gates.pipeline import GatePipeline
from fastdistill.run.ledger.completion_cache import CompletionCache
from fastdistill.run.ledger.ledger import Ledger
from fastdistill.run.ledger.spending import Spending
from fastdistill.run.limits import Limits, Meter, StopSignal
from fastdistill.run.plan import Plan
from fastdistill.run.progress import RunProgress
from fastdistill.run.purse import Purse
from fastdistill.run.services.services import RunServices
from fastdistill.run.services.worker_pool import WorkerPool
from fastdistill.run.teachers.pool import TeacherPool, open_pool, replay_pool


@frozen(kw_only=True)
class Opened:
    """Everything that one session has open."""

    ledger: Ledger
    """Not open for writing yet: until the session begins, not a byte of the folder changes."""
    cache: CompletionCache | None
    teachers: TeacherPool
    gates: GatePipeline
    events: EventBus
    progress: RunProgress
    limits: Limits
    signal: StopSignal


async def open_session(
    stack: AsyncExitStack,
    plan: Plan,
    folder: Path,
    *,
    total: int | None,
    resumed: bool,
    recorded: Mapping[str, str] | None,
    transport: Any,
    reporters: Sequence[tuple[str, Reporter]],
    purse: Purse | None = None,
) -> Opened:
    """Open a session of `plan` in `folder`; all of it is closed with `stack`.

    `recorded` gives each teacher's identity for a replay, in which nobody is asked. Raises `SetupError` for
    a plugin that cannot open, `UsageError` for what cannot be kept.
    """
    ledger = Ledger(folder / LEDGER)
    stack.callback(ledger.close)
    prices = {one.config.title: one.config.price for one in (*plan.teachers, *plan.helpers)}
    progress = RunProgress(total=total, spending=Spending(prices=prices), budget=plan.config.budget)
    signal = StopSignal()
    limits = Limits.of(plan, progress, signal, purse)
    services = await _open_services(stack, plan, transport)
    cache = _open_cache(stack, plan) if recorded is None else None
    meter = Meter(progress=progress, limits=limits)
    if recorded is not None:
        teachers = replay_pool(plan, ledger, recorded, meter)
    else:
        teachers = await open_pool(
            stack, plan, services, ledger=ledger, cache=cache, resumed=resumed, observer=meter
        )
    signal.subscribe(teachers.halt)
    with_teachers = attrs.evolve(services, teacher=teachers.provide)
    gates = await stack.enter_async_context(open_gates(plan, with_teachers))
    events = await open_reporters(stack, plan.reporters, with_teachers, reporters)
    return Opened(
        ledger=ledger,
        cache=cache,
        teachers=teachers,
        gates=gates,
        events=events,
        progress=progress,
        limits=limits,
        signal=signal,
    )


async def _open_services(stack: AsyncExitStack, plan: Plan, transport: Any) -> RunServices:
    tmp = stack.enter_context(tempfile.TemporaryDirectory(prefix="fastdistill-"))
    workers = await stack.enter_async_context(WorkerPool())
    return RunServices(workers=workers, tmp=Path(tmp), seed=plan.config.seed, transport=transport)


def _open_cache(stack: AsyncExitStack, plan: Plan) -> CompletionCache | None:
    if not plan.config.cache:
        return None
    cache = CompletionCache(cache_folder() / "completions.sqlite")
    stack.callback(cache.close)
    return cache
