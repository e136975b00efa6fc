"""The line to one teacher: pacing, retries and its endpoints behind a single `complete`."""

from contextlib import AsyncExitStack

import anyio
from attrs import define, field

from fastdistill.errors import RetryableError
from fastdistill.model.answer import Call, Completion
from fastdistill.protocols import Provider
from fastdistill.run.ledger import Ledger
from fastdistill.run.plan import TeacherPlan
from fastdistill.run.tally import Tally
from fastdistill.run.teachers import fault_row


@define
class Line:
    """A plain line: a fixed number in flight, retries by kind with capped exponential waits."""

    provider: Provider
    plan: TeacherPlan
    ledger: Ledger
    tally: Tally
    capacity: int | None
    limiter: anyio.CapacityLimiter = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.limiter = anyio.CapacityLimiter(self.plan.config.max_in_flight or self.capacity or 64)

    def room(self) -> float:
        """How many tasks may wait or be in flight."""
        return 2 * self.limiter.total_tokens + 16

    async def complete(self, call: Call) -> Completion:
        """The answer, or the error that retrying did not mend."""
        for trial in range(self.plan.config.retries + 1):
            try:
                async with self.limiter:
                    return await self.provider.complete(call)
            except RetryableError as error:
                if trial == self.plan.config.retries:
                    raise
                self.tally.retries += 1
                self.ledger.note([fault_row(call, self.plan.config.title, error, final=False)])
                await anyio.sleep(error.retry_after or min(20.0, 0.5 * 2**trial))
        raise AssertionError("the loop returns or raises")


async def open_line(
    stack: AsyncExitStack,
    plan: TeacherPlan,
    providers: list[Provider],
    ledger: Ledger,
    tally: Tally,
    capacity: int | None,
) -> Line:
    """The line to `plan`'s model."""
    return Line(providers[0], plan, ledger, tally, capacity)
