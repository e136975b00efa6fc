"""The line to a teacher whose answers come in offline batches: gathers calls, hands them in, collects.

A batch's id is in the ledger before it is waited for, so that a resumed run goes on waiting for the same
batch and pays for nothing twice.
"""

import random
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
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
from fastdistill.run.ledger import Ledger
from fastdistill.run.retry import Retry

LINGER = 1.0
"""Seconds without a new call after which what has gathered is handed in."""
ROOM = 20_000
KEEP = "INSERT OR REPLACE INTO batches VALUES (?, ?, ?, ?)"


@define(eq=False)
class _Letter:
    call: Call
    event: anyio.Event = field(factory=anyio.Event)
    outcome: Completion | FastDistillError | None = None
    final: bool = False
    """Whether asking again was tried already, for the batch as a whole."""

    def deliver(self, outcome: Completion | FastDistillError | None, *, final: bool = False) -> None:
        self.outcome, self.final = outcome, final
        self.event.set()


@define(eq=False)
class _Open:
    """A batch under way."""

    batch_id: str
    provider: Batch
    letters: dict[str, _Letter] = field(factory=dict)


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
    _outbox: list[_Letter] = field(factory=list, init=False)
    _open: dict[str, _Open] = field(factory=dict, init=False)
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
        self._outbox.clear()
        for letter in letters:
            letter.deliver(None)

    def report(self) -> dict[str, Any]:
        """For the timing report: every batch that was handed in or taken up again."""
        return {"batches": self.handed_in}

    async def complete(self, call: Call) -> Completion:
        """The answer, hours later. Raises the error that retrying could not mend, and `RunHalted`."""
        for tries in count(1):
            letter = _Letter(call)
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
        raise AssertionError("the loop returns or raises")

    def _post(self, letter: _Letter, *, known: bool) -> None:
        request_id = letter.call.request_id
        rows = known and self.ledger.query("SELECT * FROM batches WHERE request_id = ?", (request_id,))
        for row in rows or ():
            for provider in self.providers:
                if _identity(provider) == row["endpoint"]:
                    self._join(row["batch_id"], provider, [letter])
                    return
        self._outbox.append(letter)
        self._news.set()

    def _join(self, batch_id: str, provider: Batch, letters: Iterable[_Letter]) -> None:
        if batch_id not in self._open:
            self._open[batch_id] = _Open(batch_id, provider)
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

    async def _hand_in(self, letters: list[_Letter]) -> None:
        provider = self.providers[next(self._turn) % len(self.providers)]
        calls = [letter.call for letter in letters]
        began = time.monotonic()
        for tries in count(1):
            try:
                with boundary(self.owner, "submit"):
                    batch_id = await provider.submit(calls)
                rows = [(call.request_id, batch_id, _identity(provider), time.time()) for call in calls]
                self.ledger.write([(KEEP, row) for row in rows])
            except FastDistillError as error:
                delay = self.retry.delay(error, tries, time.monotonic() - began, self.rng)
                if delay is None or self._halted:
                    _fail(letters, error)
                    return
                await anyio.sleep(delay)
                continue
            if self._halted:
                for letter in letters:
                    letter.deliver(None)
            else:
                self._join(batch_id, provider, letters)
            return

    async def _follow(self, batch: _Open) -> None:
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
                        outcomes.update(await batch.provider.collect(batch.batch_id, calls))
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
            _fail(batch.letters.values(), error)
        finally:
            self.handed_in.append(_line(batch, status, began, outcomes))


def _fail(letters: Iterable[_Letter], error: FastDistillError) -> None:
    for letter in letters:
        letter.deliver(error, final=True)


def _identity(provider: Batch) -> str:
    return str(getattr(provider, "identity", ""))


def _line(batch: _Open, status: str, began: float, outcomes: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "batch_id": batch.batch_id,
        "endpoint": _identity(batch.provider),
        "status": status,
        "calls": len(batch.letters),
        "answered": sum(isinstance(one, Completion) for one in outcomes.values()),
        "seconds": time.time() - began,
    }


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
