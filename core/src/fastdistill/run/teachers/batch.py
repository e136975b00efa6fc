"""The line to a teacher whose answers come in offline batches: gathers calls, hands them in, collects.

A batch's id is in the ledger before it is waited for, so that a resumed run goes on waiting for the same
batch and pays for nothing twice.
"""

import random
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
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
from fastdistill.run.teachers.pending import Letter, OpenBatch, fail, line_of
from fastdistill.run.teachers.retry import Retry
from fastdistill.run.teachers.submission import UNHEARD, HandingIn, identity_of

LINGER = 1.0
"""Seconds without a new call after which what has gathered is handed in."""
ROOM = 20_000


@define(kw_only=True)
class BatchLine:
    """Like `Endpoints`, with hours between a call and its answer."""

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
    handed_in: list[dict[str, Any]] = field(factory=list, init=False)
    _outbox: list[Letter] = field(factory=list, init=False)
    _open: dict[str, OpenBatch] = field(factory=dict, init=False)
    _sought: dict[str, list[Letter]] = field(factory=dict, init=False)
    _news: anyio.Event = field(factory=anyio.Event, init=False)
    _halted: bool = field(default=False, init=False)
    _turn: Any = field(factory=count, init=False)

    @property
    def in_flight(self) -> int:
        """Calls that were handed in and have no answer yet."""
        return sum(len(batch.letters) for batch in self._open.values())

    def room(self) -> float:
        """How many requests may be under way."""
        return self.most

    def halt(self) -> None:
        """Hand in nothing more. Open batches stay open: a resumed run collects them."""
        self._halted = True
        letters = [*self._outbox, *(one for batch in self._open.values() for one in batch.letters.values())]
        letters += [one for sought in self._sought.values() for one in sought]
        self._outbox.clear()
        for letter in letters:
            letter.deliver(None)

    def report(self) -> dict[str, Any]:
        """For the timing report: every batch that was handed in or taken up again."""
        return {"batches": self.handed_in}

    async def complete(self, call: Call) -> Completion:
        """The answer, hours later. Raises the error that retrying could not mend, and `RunHalted`."""
        for tries in count(1):
            letter = Letter(call)
            if not self._halted:
                self._post(letter, known=tries == 1)
                await letter.event.wait()
            if letter.outcome is None:
                raise RunHalted("the run is stopped")
            if isinstance(letter.outcome, Completion):
                return letter.outcome
            error = letter.outcome
            if letter.final or self.retry.delay(error, tries, 0.0, self.rng) is None:
                raise error
            assert isinstance(error, ProviderError)  # noqa: S101  no other is asked again
            self.on_fault(call, error)
            # without jitter: what failed together goes into one batch again
            await self._pause(error.retry_after or min(self.retry.cap, self.retry.base * 2 ** (tries - 1)))
        raise AssertionError("the loop returns or raises")

    async def _pause(self, seconds: float) -> None:
        """Wait before a call goes into another batch, in steps short enough to notice a halt."""
        until = time.monotonic() + seconds
        while not self._halted and (left := until - time.monotonic()) > 0:  # noqa: ASYNC110
            await anyio.sleep(min(left, LINGER))

    def _post(self, letter: Letter, *, known: bool) -> None:
        request_id = letter.call.request_id
        found = self.ledger.read_batch(request_id) if known else None
        for provider in self.providers:
            if found is not None and identity_of(provider) == found[1]:
                self._take_up(found[0], provider, letter)
                return
        self._gather([letter])

    def _gather(self, letters: Iterable[Letter]) -> None:
        self._outbox.extend(letters)
        self._news.set()

    def _take_up(self, batch_id: str, provider: Batch, letter: Letter) -> None:
        """A letter of an earlier session's batch."""
        if not batch_id.startswith(UNHEARD):
            self._join(batch_id, provider, [letter])
        elif batch_id in self._sought:
            self._sought[batch_id].append(letter)
        else:
            self._sought[batch_id] = [letter]
            self.group.start_soon(self._seek, batch_id, provider)

    async def _seek(self, unheard: str, provider: Batch) -> None:
        """Find a batch that may have been taken though we never heard, or hand its letters in anew."""
        try:
            batch_id = await self._handing(provider).found(unheard)
        except FastDistillError as error:
            fail(self._sought.pop(unheard), error)
            return
        letters = self._sought.pop(unheard)
        if self._halted:
            return
        if batch_id is None:
            self._gather(letters)
        else:
            self._handing(provider).keep((letter.call for letter in letters), batch_id)
            self._join(batch_id, provider, letters)

    def _join(self, batch_id: str, provider: Batch, letters: Iterable[Letter]) -> None:
        if batch_id not in self._open:
            self._open[batch_id] = OpenBatch(batch_id, provider)
            self.group.start_soon(self._follow, self._open[batch_id])
        self._open[batch_id].letters |= {letter.call.request_id: letter for letter in letters}

    async def serve(self) -> None:
        """Gather what is posted into batches, until cancelled."""
        while True:
            await self._news.wait()
            gathered = -1
            while gathered < len(self._outbox) < self.size:
                gathered = len(self._outbox)
                await anyio.sleep(min(LINGER, self.interval))
            letters, self._outbox = self._outbox[: self.size], self._outbox[self.size :]
            if not self._outbox:
                self._news = anyio.Event()
            if letters:
                self.group.start_soon(self._hand_in, letters)

    async def _hand_in(self, letters: list[Letter]) -> None:
        provider = self.providers[next(self._turn) % len(self.providers)]
        try:
            batch_id = await self._handing(provider).handed_in([letter.call for letter in letters])
        except FastDistillError as error:
            fail(letters, error)
            return
        if self._halted:
            for letter in letters:
                letter.deliver(None)
        else:
            self._join(batch_id, provider, letters)

    def _handing(self, provider: Batch) -> HandingIn:
        return HandingIn(
            provider=provider,
            owner=self.owner,
            ledger=self.ledger,
            retry=self.retry,
            rng=self.rng,
            halted=lambda: self._halted,
        )

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
                    calls = [letter.call for letter in batch.letters.values()]
                    with boundary(self.owner, "collect"):
                        found = await batch.provider.collect(batch.batch_id, calls)
                    outcomes.update({key: _checked(outcome) for key, outcome in found.items()})
                    break
                except RetryableError:
                    continue
                except NotFound as error:
                    status = "not found"
                    outcomes.update((key, ServerFailed(str(error))) for key in batch.letters)
                    break
            del self._open[batch.batch_id]
            for key, letter in batch.letters.items():
                letter.deliver(outcomes.get(key) or ServerFailed(f"{batch.batch_id!r} has no answer"))
        except FastDistillError as error:
            del self._open[batch.batch_id]
            fail(batch.letters.values(), error)
        finally:
            self.handed_in.append(line_of(batch, status, began, outcomes))


def _checked(outcome: Completion | ProviderError) -> Completion | ProviderError:
    try:
        return checked(outcome) if isinstance(outcome, Completion) else outcome
    except ProviderError as error:
        return error


@asynccontextmanager
async def open_batches(**settings: Any) -> AsyncIterator[BatchLine]:
    """A `BatchLine` at work; what is under way when it closes is left to a resumed run."""
    failure: FastDistillError | None = None
    async with anyio.create_task_group() as group:
        line = BatchLine(group=group, **settings)
        group.start_soon(line.serve)
        try:
            yield line
        except FastDistillError as error:  # as it is, not in the group's wrapping
            failure = error
        group.cancel_scope.cancel()
    if failure is not None:
        raise failure
