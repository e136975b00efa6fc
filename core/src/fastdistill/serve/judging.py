"""Judges what requests hold: a bounded number of items at once, cancelled when their client is gone."""

from collections.abc import Mapping, Sequence
from typing import Any

import anyio
from attrs import define, field
from starlette.requests import Request

from fastdistill.api.verified import Verified
from fastdistill.api.verifier import AsyncVerifier
from fastdistill.serve.guard import Refused
from fastdistill.serve.metrics import Metrics
from fastdistill.serve.settings import ServeSettings

Item = tuple[Mapping[str, Any], str]


@define
class Judging:
    """The verifier behind a bound."""

    verifier: AsyncVerifier
    settings: ServeSettings
    metrics: Metrics
    queued: int = field(default=0, init=False)

    async def judge(self, request: Request, items: Sequence[Item]) -> list[Verified]:
        """Judge the items of one request, in order. Raises `Refused` where there is no room or no time."""
        if len(items) > self.settings.max_batch:
            raise Refused(413, "too-many", f"a request holds at most {self.settings.max_batch} items")
        if self.queued and self.queued + len(items) > self.settings.max_queued:
            raise Refused(503, "busy", f"{self.queued} items are waiting", retry_after=1)
        self.queued += len(items)
        self.metrics.queued.set(self.queued)
        try:
            with anyio.fail_after(self.settings.deadline):
                found = await self._while_connected(request, items)
        except TimeoutError:
            detail = f"not judged within {self.settings.deadline:g} s: send fewer items"
            raise Refused(503, "deadline", detail, retry_after=5) from None
        finally:
            self.queued -= len(items)
            self.metrics.queued.set(self.queued)
        for one in found:
            self.metrics.items.labels(one.outcome.value).inc()
            if one.reward is None:
                self.metrics.undecided.labels(one.reason or "unknown").inc()
        return found

    async def _while_connected(self, request: Request, items: Sequence[Item]) -> list[Verified]:
        found = list[Verified]()
        async with anyio.create_task_group() as group:

            async def watch() -> None:
                while (await request.receive())["type"] != "http.disconnect":
                    pass
                group.cancel_scope.cancel()

            group.start_soon(watch)
            async for one in self.verifier.verify_many(items):
                found.append(one)
            group.cancel_scope.cancel()
        if len(found) < len(items):
            raise Refused(400, "gone", "the client hung up")
        return found
