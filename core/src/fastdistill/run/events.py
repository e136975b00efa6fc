"""The event bus: tells a session's reporters what happens in it."""

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial

import anyio
from attrs import define, field

from fastdistill.errors import SetupError, boundary
from fastdistill.model.report import Event, Noticed, Progress, Settled, Ticked
from fastdistill.model.sample import Sample
from fastdistill.protocols import Reporter
from fastdistill.run.plan import Chosen
from fastdistill.run.services.opening import entered
from fastdistill.specs import ReporterSpec, Services

EVENT_DEADLINE = 60.0
"""Seconds that a reporter may take for one event: none keeps a run from its end."""


@define(kw_only=True)
class EventBus:
    """The reporters of a run. One that fails is dropped with a notice and costs nothing else.

    Decided tasks are told of at the next tick, so that a slow reporter holds up nobody.
    """

    reporters: list[tuple[str, Reporter]]
    """Each with who is to blame for it."""
    _dropped: list[str] = field(factory=list)
    _decided: list[Sample] = field(factory=list, init=False)

    @property
    def on_decided(self) -> Callable[[Sample], None] | None:
        """What the engine calls with a decided task; None while nobody listens."""
        return self._decided.append if self.reporters else None

    async def emit(self, event: Event) -> None:
        """Give `event` to every reporter, and say which were dropped."""
        await self._give(event)
        while self._dropped:
            await self._give(Noticed(message=self._dropped.pop()))

    async def emit_progress(self, progress: Progress) -> None:
        """Tell of the tasks that were decided since the last time, and of the counts."""
        decided, self._decided[:] = list(self._decided), []
        for sample in decided:
            await self.emit(Settled(sample=sample))
        await self.emit(Ticked(progress=progress))

    async def _give(self, event: Event) -> None:
        for owner, reporter in list(self.reporters):
            try:
                with boundary(owner, "reporter"), anyio.fail_after(EVENT_DEADLINE):
                    await reporter(event)
            except Exception as error:  # noqa: BLE001  a reporter must not end a run
                self.reporters.remove((owner, reporter))
                self._dropped.append(f"dropped a reporter: {error}")


async def open_reporters(
    stack: AsyncExitStack,
    chosen: Sequence[Chosen],
    services: Services,
    others: Sequence[tuple[str, Reporter]],
) -> EventBus:
    """Open the reporters that the run file names; `others` come before them."""
    reporters, dropped = list(others), list[str]()
    for one in chosen:
        spec = one.offer.spec
        assert isinstance(spec, ReporterSpec)  # noqa: S101  the plan has checked it
        try:
            reporter = await entered(stack, one.offer, partial(spec.open, one.options, services))
        except SetupError as error:
            dropped.append(f"dropped a reporter: {error}")
        else:
            reporters.append((str(one.offer.origin), reporter))
    return EventBus(reporters=reporters, dropped=dropped)
