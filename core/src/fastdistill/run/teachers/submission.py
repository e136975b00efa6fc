"""Submits batches so that none is paid for twice, whenever we are cut off.

A batch has a key of ours in the ledger before it is submitted under that key. Should its acceptance not be
heard, whether the connection or we ourselves broke off, it is looked for before it is submitted again.
"""

import random
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

import anyio
from attrs import frozen

from fastdistill.errors import FastDistillError, boundary
from fastdistill.model.answer import Call
from fastdistill.protocols import Batch
from fastdistill.run.ledger.ledger import Ledger
from fastdistill.run.teachers.retry import Retry, persist

T = TypeVar("T")
UNCONFIRMED = "?"
"""Before the key of a batch, in place of an id that is not known yet."""


def identity_of(provider: Batch) -> str:
    """The endpoint's identity."""
    return str(getattr(provider, "identity", ""))


@frozen(kw_only=True)
class Submission:
    """Submits to one endpoint, again and again where that may help."""

    provider: Batch
    owner: str
    """Who is to blame for what the provider raises."""
    ledger: Ledger
    retry: Retry
    rng: random.Random
    halted: Callable[[], bool]

    async def submitted(self, calls: Sequence[Call]) -> str:
        """The id of a new batch of `calls`, which the ledger has by then.

        Raises the error that asking again did not help with.
        """
        key = uuid.uuid4().hex
        self.keep(calls, UNCONFIRMED + key)

        async def attempt(tries: int) -> str:
            if tries > 1 and (found := await self._find(key)) is not None:
                return found
            with boundary(self.owner, "submit"):
                return await self.provider.submit(calls, key)

        batch_id = await self._persist(attempt)
        self.keep(calls, batch_id)
        return batch_id

    async def found(self, unconfirmed: str) -> str | None:
        """The id of the batch that the ledger has as `unconfirmed`; None if it was never taken."""
        key = unconfirmed.removeprefix(UNCONFIRMED)
        return await self._persist(lambda _: self._find(key))

    def keep(self, calls: Iterable[Call], batch_id: str) -> None:
        """Note in the ledger which batch the calls are in."""
        self.ledger.record_batch(calls, batch_id, identity_of(self.provider))

    async def _find(self, key: str) -> str | None:
        with boundary(self.owner, "find"):
            return await self.provider.find(key)

    async def _persist(self, attempt: Callable[[int], Awaitable[T]]) -> T:
        began = time.monotonic()

        def after(error: FastDistillError, tries: int) -> float:
            delay = self.retry.delay(error, tries, time.monotonic() - began, self.rng)
            if delay is None or self.halted():
                raise error
            return delay

        return await persist(attempt, after, anyio.sleep)
