"""The channel to a teacher whose answers come in offline batches: gather calls, submit, collect.

A batch's id is in the ledger before it is waited for, so that a resumed run goes on waiting for the same
batch and pays for nothing twice.
"""

import random
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import count
from typing import Any

import anyio
from anyio.abc import TaskGroup
from attrs import define, field

from fastdistill.errors import (
    FastDistillError,
    NotFound,
    ProviderError,
    RetryableError,
    RunHalted,
    ServerFailed,
    boundary,
)
from fastdistill.model.answer import Call, Completion
from fastdistill.protocols import Batch
from fastdistill.run.ledger.ledger import Ledger
from fastdistill.run.teachers.checked import checked
from fastdistill.run.teachers.pending import OpenBatch, PendingCall, fail, line_of
from fastdistill.run.teachers.retry import Retry, persist
from fastdistill.run.teachers.streak import Streak, stopping_batch, wait_after
from fastdistill.run.teachers.submission import UNCONFIRMED, Submission, identity_of

LINGER = 1.0
"""Seconds without a new call after which what has gathered is submitted."""
ROOM = 20_000


@define(kw_only=True)
class BatchChannel:
    """Like `Dispatcher`, with hours between a call and its answer."""

    providers: Sequence[Batch]
    owner: str
    """Who is to blame for what a provider raises."""
    group: TaskGroup
    ledger: Ledger
    retry: Retry
    rng: random.Random
    size: int
    """The most calls in one batch."""
    interval: float
    """Seconds between two looks at a batch."""
    most: int = ROOM
    on_fault: Callable[[Call, ProviderError], None] = lambda _call, _error: None
    submitted: list[dict[str, Any]] = field(factory=list, init=False)
    streak: Streak = field(factory=Streak, init=False)
    _outbox: list[PendingCall] = field(factory=list, init=False)
    _open: dict[str, OpenBatch] = field(factory=dict, init=False)
    _sought: dict[str, list[PendingCall]] = field(factory=dict, init=False)
    _news: anyio.Event = field(factory=anyio.Event, init=False)
    _halted: bool = field(default=False, init=False)
    _turn: Any = field(factory=count, init=False)

    @property
    def in_flight(self) -> int:
        """Return how many calls were submitted and have no answer yet."""
        return sum(len(batch.pending) for batch in self._open.values())

    def capacity(self) -> float:
        """Return how many requests may be under way."""
        return self.most

    def halt(self) -> None:
        """Submit nothing more. Open batches stay open: a resumed run collects them."""
        self._halted = True
        pending = [*self._outbox, *(one for batch in self._open.values() for one in batch.pending.values())]
        pending += [one for sought in self._sought.values() for one in sought]
        self._outbox.clear()
        for one in pending:
            one.deliver(None)

    def report(self) -> dict[str, Any]:
        """Return, for the timing report, every batch that was submitted or taken up again."""
        return {"batches": self.submitted}

    async def complete(self, call: Call) -> Completion:
        """Return the answer, hours later. Raises the error that stays after retries, or `RunHalted`."""
        asked = PendingCall(call)

        async def attempt(tries: int) -> Completion:
            asked.expect()
            if not self._halted:
                self._post(asked, known=tries == 1)
                await asked.event.wait()
            if asked.outcome is None:
                raise RunHalted("the run is stopped")
            if isinstance(asked.outcome, Completion):
                return asked.outcome
            raise asked.outcome

        return await persist(attempt, partial(self._after, asked), self._pause)

    def _after(self, asked: PendingCall, error: FastDistillError, tries: int) -> float:
        """Return the seconds to wait before a call goes into another batch; raise what is final."""
        if asked.final or not isinstance(error, ProviderError):
            raise error
        wait_after(error, tries, 0.0, streak=self.streak, retry=self.retry, rng=self.rng, counted=True)
        self.on_fault(asked.call, error)
        # without jitter: what failed together goes into one batch again
        return error.retry_after or min(self.retry.cap, self.retry.base * 2 ** (tries - 1))

    async def _pause(self, seconds: float) -> None:
        """Wait before a call goes into another batch, in steps short enough to notice a halt."""
        until = time.monotonic() + seconds
        while not self._halted and (left := until - time.monotonic()) > 0:  # noqa: ASYNC110
            await anyio.sleep(min(left, LINGER))

    def _post(self, one: PendingCall, *, known: bool) -> None:
        request_id = one.call.request_id
        found = self.ledger.read_batch(request_id) if known else None
        for provider in self.providers:
            if found is not None and identity_of(provider) == found[1]:
                self._take_up(found[0], provider, one)
                return
        self._gather([one])

    def _gather(self, pending: Iterable[PendingCall]) -> None:
        self._outbox.extend(pending)
        self._news.set()

    def _take_up(self, batch_id: str, provider: Batch, one: PendingCall) -> None:
        """Join a call to the batch that an earlier session submitted it in."""
        if not batch_id.startswith(UNCONFIRMED):
            self._join(batch_id, provider, [one])
        elif batch_id in self._sought:
            self._sought[batch_id].append(one)
        else:
            self._sought[batch_id] = [one]
            self.group.start_soon(self._seek, batch_id, provider)

    async def _seek(self, unconfirmed: str, provider: Batch) -> None:
        """Find a batch that may have been taken though we never heard, or submit its calls again."""
        try:
            batch_id = await self._submission(provider).found(unconfirmed)
        except FastDistillError as error:
            fail(self._sought.pop(unconfirmed), error)
            return
        pending = self._sought.pop(unconfirmed)
        if self._halted:
            return
        if batch_id is None:
            self._gather(pending)
        else:
            self._submission(provider).keep((one.call for one in pending), batch_id)
            self._join(batch_id, provider, pending)

    def _join(self, batch_id: str, provider: Batch, pending: Iterable[PendingCall]) -> None:
        if batch_id not in self._open:
            self._open[batch_id] = OpenBatch(batch_id, provider)
            self.group.start_soon(self._follow, self._open[batch_id])
        self._open[batch_id].pending |= {one.call.request_id: one for one in pending}

    async def serve(self) -> None:
        """Gather what is posted into batches, until cancelled."""
        while True:
            await self._news.wait()
            gathered = -1
            while gathered < len(self._outbox) < self.size:
                gathered = len(self._outbox)
                await anyio.sleep(min(LINGER, self.interval))
            pending, self._outbox = self._outbox[: self.size], self._outbox[self.size :]
            if not self._outbox:
                self._news = anyio.Event()
            if pending:
                self.group.start_soon(self._submit, pending)

    async def _submit(self, pending: list[PendingCall]) -> None:
        provider = self.providers[next(self._turn) % len(self.providers)]
        try:
            batch_id = await self._submission(provider).submitted([one.call for one in pending])
        except FastDistillError as error:
            fail(pending, self._refused([error] * len(pending)) or error)
            return
        if self._halted:
            for one in pending:
                one.deliver(None)
        else:
            self._join(batch_id, provider, pending)

    def _submission(self, provider: Batch) -> Submission:
        return Submission(
            provider=provider,
            owner=self.owner,
            ledger=self.ledger,
            retry=self.retry,
            rng=self.rng,
            halted=lambda: self._halted,
        )

    def _refused(self, outcomes: Sequence[Completion | FastDistillError]) -> FastDistillError | None:
        return stopping_batch(outcomes, streak=self.streak, deadline=self.retry.deadline)

    async def _follow(self, batch: OpenBatch) -> None:
        """Wait for the batch to end and give everybody what is theirs."""
        began, outcomes = time.time(), dict[str, Completion | ProviderError]()
        status, wait = "unknown", min(2 * LINGER, self.interval)
        try:
            while True:
                await anyio.sleep(wait)
                wait = self.interval
                try:
                    with boundary(self.owner, "poll"):
                        state = await batch.provider.poll(batch.batch_id)
                    status = state.status
                    if not state.ended:
                        continue
                    calls = [one.call for one in batch.pending.values()]
                    with boundary(self.owner, "collect"):
                        found = await batch.provider.collect(batch.batch_id, calls)
                    outcomes.update({key: _checked(outcome) for key, outcome in found.items()})
                    if len(batch.pending) == len(calls):
                        break
                    wait = 0.0  # calls joined meanwhile: their answers are here too, and paid for
                except RetryableError:
                    continue
                except NotFound as error:
                    status = "not found"
                    outcomes.update((key, ServerFailed(str(error))) for key in batch.pending)
                    break
            del self._open[batch.batch_id]
            if (stop := self._refused(list(outcomes.values()))) is not None:
                fail(batch.pending.values(), stop)
                return
            for key, one in batch.pending.items():
                one.deliver(outcomes.get(key) or ServerFailed(f"{batch.batch_id!r} has no answer"))
        except FastDistillError as error:
            del self._open[batch.batch_id]
            fail(batch.pending.values(), error)
        finally:
            self.submitted.append(line_of(batch, status, began, outcomes))


def _checked(outcome: Completion | ProviderError) -> Completion | ProviderError:
    try:
        return checked(outcome) if isinstance(outcome, Completion) else outcome
    except ProviderError as error:
        return error
