"""The line to one teacher: its endpoints, paced and retried, with every fault in the ledger."""

import random
import time
from collections.abc import Sequence

from attrs import frozen

from fastdistill.errors import ProviderError, boundary
from fastdistill.model.answer import Call, Completion
from fastdistill.protocols import Bounded, Provider
from fastdistill.run.endpoints import Endpoints, endpoints_of
from fastdistill.run.ledger import Ledger
from fastdistill.run.plan import TeacherPlan
from fastdistill.run.retry import Retry
from fastdistill.run.tally import Tally
from fastdistill.run.teachers import fault_row


@frozen(kw_only=True)
class Blamed:
    """A provider whose programming errors are told under its owner's name."""

    provider: Provider
    owner: str

    @property
    def identity(self) -> str:
        """The endpoint's."""
        return self.provider.identity

    async def complete(self, call: Call, /) -> Completion:
        """The provider's answer."""
        with boundary(self.owner, "complete"):
            return await self.provider.complete(call)


def cap_of(plan: TeacherPlan, provider: Provider, share: int) -> int | None:
    """The most calls one of `share` endpoints may have at once: the run file's, the provider's, or None."""
    known = [provider.max_in_flight] if isinstance(provider, Bounded) else []
    if plan.config.max_in_flight is not None:
        known.append(-(-plan.config.max_in_flight // share))
    return min(known, default=None)


def open_line(plan: TeacherPlan, providers: Sequence[Provider], ledger: Ledger, tally: Tally) -> Endpoints:
    """The line to `plan`'s model, over all its endpoints."""
    config, owner = plan.config, str(plan.offer.origin)

    def on_fault(call: Call, error: ProviderError) -> None:
        tally.retries += 1
        ledger.note([fault_row(call, config.title, error, final=False)])

    return endpoints_of(
        [Blamed(provider=provider, owner=owner) for provider in providers],
        retry=Retry(retries=config.retries, deadline=config.deadline),
        clock=time.monotonic,
        rng=random.Random(),  # noqa: S311  jitter, and nothing that a run's outcome hangs on
        caps=[cap_of(plan, provider, len(providers)) for provider in providers],
        requests_per_minute=config.requests_per_minute,
        tokens_per_minute=config.tokens_per_minute,
        on_fault=on_fault,
    )
