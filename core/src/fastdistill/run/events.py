"""Tells a session's reporters what happens in it."""

from typing import Any

import anyio
import anyio.to_thread
from attrs import define, field

from fastdistill.model.report import Noticed, Settled, Ticked
from fastdistill.model.sample import Sample
from fastdistill.run.gates.opening import Audience
from fastdistill.run.limits import Watch
from fastdistill.run.progress import Tally
from fastdistill.run.teachers.cache import CompletionCache
from fastdistill.run.teachers.pool import Staff

TICK = 0.5
"""Seconds between two looks at the progress."""


@define
class Herald:
    """Samples are told of at the next tick, so that a slow reporter holds up nobody."""

    audience: Audience
    settled: list[Sample] = field(factory=list)

    async def tell(self, event: Any) -> None:
        """Give `event` to every reporter, and say which were dropped."""
        await self.audience.tell(event)
        while self.audience.dropped:
            await self.audience.tell(Noticed(message=self.audience.dropped.pop()))

    async def report(self, tally: Tally, staff: Staff) -> None:
        """Tell of what was settled since the last time, and of the counts."""
        tally.in_flight = staff.in_flight
        tally.asked = staff.asked_before + sum(one.asked for one in staff.teachers)
        settled, self.settled[:] = list(self.settled), []
        for sample in settled:
            await self.tell(Settled(sample=sample))
        await self.tell(Ticked(progress=tally.progress()))

    async def tick(self, tally: Tally, watch: Watch, cache: CompletionCache | None, staff: Staff) -> None:
        """Report again and again, until cancelled."""
        while True:
            await anyio.sleep(TICK)
            watch.look()
            await self.report(tally, staff)
            if cache:
                await anyio.to_thread.run_sync(cache.flush)
