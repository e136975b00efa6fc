"""Calls on their way through offline batches, and what is said of a batch in the end."""

import time
from collections.abc import Iterable, Mapping
from typing import Any

import anyio
from attrs import define, field

from fastdistill.errors import FastDistillError
from fastdistill.model.answer import Call, Completion
from fastdistill.protocols import Batch
from fastdistill.run.teachers.submission import identity_of


@define(eq=False)
class PendingCall:
    """One call that waits for its batch."""

    call: Call
    event: anyio.Event = field(factory=anyio.Event)
    outcome: Completion | FastDistillError | None = None
    final: bool = False
    """Whether asking again was tried already, for the batch as a whole."""

    def expect(self) -> None:
        """Wait for an outcome, whatever came of an earlier batch."""
        self.event, self.outcome, self.final = anyio.Event(), None, False

    def deliver(self, outcome: Completion | FastDistillError | None, *, final: bool = False) -> None:
        """Wake who waits, with the outcome; None is a halt."""
        self.outcome, self.final = outcome, final
        self.event.set()


@define(eq=False)
class OpenBatch:
    """A batch under way."""

    batch_id: str
    provider: Batch
    pending: dict[str, PendingCall] = field(factory=dict)


def fail(pending: Iterable[PendingCall], error: FastDistillError) -> None:
    """Tell them all of an error that asking again does not help with."""
    for one in pending:
        one.deliver(error, final=True)


def line_of(batch: OpenBatch, status: str, began: float, outcomes: Mapping[str, Any]) -> dict[str, Any]:
    """A batch for the timing report; `began` is in Unix seconds."""
    return {
        "batch_id": batch.batch_id,
        "endpoint": identity_of(batch.provider),
        "status": status,
        "calls": len(batch.pending),
        "answered": sum(isinstance(one, Completion) for one in outcomes.values()),
        "seconds": time.time() - began,
    }
