"""The channel to one teacher, online or in batches, with every fault in the ledger."""

import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Protocol

import anyio
from attrs import define, field

from fastdistill.errors import FastDistillError, ProviderError, RunHalted, UsageError, boundary
from fastdistill.model.answer import Call, Completion
from fastdistill.protocols import Batch, Bounded, Provider
from fastdistill.run.ledger.ledger import Ledger
from fastdistill.run.plan import TeacherPlan
from fastdistill.run.teachers.batch import ROOM, BatchChannel
from fastdistill.run.teachers.checked import checked
from fastdistill.run.teachers.dispatcher import dispatcher_of
from fastdistill.run.teachers.observer import Observer
from fastdistill.run.teachers.retry import Retry


def cap_of(plan: TeacherPlan, provider: Provider, share: int) -> int | None:
    """The most calls one of `share` endpoints may have at once: the run file's, the provider's, or None."""
    known = [provider.max_in_flight] if isinstance(provider, Bounded) else []
    if plan.config.max_in_flight is not None:
        known.append(-(-plan.config.max_in_flight // share))
    return min(known, default=None)


@define(kw_only=True)
class Shelf:
    """The channel to replies that exist already: no pacing, no retries, no circuit to break."""

    provider: Provider
    owner: str
    """Whose plugin it is."""
    in_flight: int = 0
    answered: int = field(default=0, init=False)
    _halted: bool = field(default=False, init=False)

    def capacity(self) -> float:
        """Return how many tasks are enough to keep the gates busy."""
        return 256.0

    def halt(self) -> None:
        """See `Channel.halt`."""
        self._halted = True

    def report(self) -> dict[str, Any]:
        """Return how many replies were taken."""
        return {"recorded": self.answered}

    async def complete(self, call: Call) -> Completion:
        """Return the recorded answer. Raises `NoMoreReplies`."""
        if self._halted:
            raise RunHalted("the run was stopped before this reply was taken")
        with boundary(self.owner, "complete"):
            got = await self.provider.complete(call)
        self.answered += 1
        return checked(got)


class Channel(Protocol):
    """What a teacher asks through."""

    @property
    def in_flight(self) -> int:
        """Calls under way."""

    def capacity(self) -> float:
        """How many requests should be at hand."""

    def halt(self) -> None:
        """Make no more calls: who waits is told `RunHalted`."""

    def report(self) -> dict[str, Any]:
        """Plain data for the timing report."""

    async def complete(self, call: Call) -> Completion:
        """The answer, or the error that asking again did not help with."""


async def open_channel(
    stack: AsyncExitStack,
    plan: TeacherPlan,
    providers: Sequence[Provider],
    ledger: Ledger,
    observer: Observer,
) -> Channel:
    """The line to `plan`'s model, over all its endpoints.

    Raises `UsageError` for batch mode with a provider that has none.
    """
    config, owner = plan.config, str(plan.offer.origin)

    def on_fault(call: Call, error: ProviderError) -> None:
        observer.retried()
        ledger.record_failed_call(call, config.title, error, final=False)

    if getattr(plan.offer.spec, "recorded", False):
        return Shelf(provider=providers[0], owner=owner)
    retry = Retry(retries=config.retries, deadline=config.deadline)
    rng = random.Random()  # noqa: S311  jitter, and nothing that a run's outcome hangs on
    if config.mode == "online":
        return dispatcher_of(
            providers,
            owner=owner,
            retry=retry,
            clock=time.monotonic,
            rng=rng,
            caps=[cap_of(plan, provider, len(providers)) for provider in providers],
            requests_per_minute=config.requests_per_minute,
            tokens_per_minute=config.tokens_per_minute,
            on_fault=on_fault,
            why_idle=lambda: observer.idle_cause,
        )
    batching = [provider for provider in providers if isinstance(provider, Batch)]
    if len(batching) < len(providers):
        raise UsageError(
            f"teacher {config.title!r}: provider {config.provider!r} has no offline batches; "
            'set mode = "online", or choose a provider that has them, such as openai'
        )
    return await stack.enter_async_context(
        open_batches(
            providers=batching,
            owner=owner,
            ledger=ledger,
            retry=retry,
            rng=rng,
            size=config.batch_size,
            interval=config.batch_interval,
            most=config.max_in_flight or ROOM,
            on_fault=on_fault,
        )
    )


@asynccontextmanager
async def open_batches(**settings: Any) -> AsyncIterator[BatchChannel]:
    """A `BatchChannel` at work; what is under way when it closes is left to a resumed run."""
    failure: FastDistillError | None = None
    async with anyio.create_task_group() as group:
        line = BatchChannel(group=group, **settings)
        group.start_soon(line.serve)
        try:
            yield line
        except FastDistillError as error:  # as it is, not in the group's wrapping
            failure = error
        group.cancel_scope.cancel()
    if failure is not None:
        raise failure
