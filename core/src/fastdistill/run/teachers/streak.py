"""Tell one odd answer from an endpoint that refuses every call: final errors in a row without an answer."""

import random
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from attrs import define

from fastdistill.errors import (
    AuthFailed,
    BadRequest,
    BudgetSpent,
    FastDistillError,
    FinalError,
    NotFound,
    Overloaded,
    ProviderError,
    RateLimited,
    ServerFailed,
    TeacherUnavailable,
    TeacherUnusable,
)
from fastdistill.model.answer import Completion
from fastdistill.run.teachers.retry import Retry

HANDFUL = 5
"""Identical final errors in a row, with no success between, that stop a run."""
ODD_TRIES = 3
"""Calls of one task that an endpoint which has answered may refuse as if it did not know us."""
SETUP = (AuthFailed, NotFound)
"""Errors about the endpoint, not about a prompt: before any answer, one stops the run."""
LASTING = (*SETUP, BadRequest, BudgetSpent)
"""Final errors that may be about every call. A prompt that is too long or filtered is about itself."""
WAITING = (RateLimited, Overloaded)
LONGEST = 10 * 365 * 86400.0
"""Seconds; no date of a server is told beyond."""
_VARYING = re.compile(r"[0-9a-fA-F-]{8,}|\d+")


@define
class Streak:
    """The last final errors of one endpoint."""

    answered: bool = False
    """Whether the endpoint ever answered a question."""
    _same: tuple[str, str] | None = None
    _count: int = 0

    def succeed(self) -> None:
        """Take note of an answer."""
        self.answered, self._same, self._count = True, None, 0

    def fail(self, error: ProviderError) -> bool:
        """Take note of a failed call; return whether it is one of a handful of identical ones in a row."""
        key = (error.kind, _VARYING.sub("#", str(error))[:200])
        self._count = self._count + 1 if key == self._same else 1
        self._same = key
        return self._count >= HANDFUL

    def of_one_task(self, error: ProviderError, tries: int) -> ProviderError | None:
        """Return what to make of an error about the endpoint while other calls succeed.

        None: ask again. A task that goes on meeting it fails alone, for a gateway may dislike its text.
        """
        if not isinstance(error, SETUP) or not self.answered:
            return error
        return BadRequest(str(error), status=error.status) if tries >= ODD_TRIES else None


def wait_after(
    error: ProviderError,
    tries: int,
    spent: float,
    *,
    streak: Streak,
    retry: Retry,
    rng: random.Random,
    counted: bool = False,
) -> float:
    """Return the seconds after which to ask again what failed at its `tries`th call, `spent` seconds in.

    Raises `error` where asking again cannot help, and what stops the run where every call meets it.
    `counted` says that the streak knows of the error already.
    """
    too_long = isinstance(error, WAITING) and (error.retry_after or 0.0) >= retry.deadline - spent
    if (too_long or isinstance(error, LASTING)) and not counted and streak.fail(error):
        raise stopping(error, deadline=retry.deadline) from None
    if too_long:
        # others are served meanwhile, so this call is asked again as if no time had been named
        error = type(error)(str(error), status=error.status)
    final = streak.of_one_task(error, tries) if isinstance(error, FinalError) else None
    if final is not None:
        raise final
    again = ServerFailed(str(error)) if isinstance(error, FinalError) else error
    delay = retry.delay(again, tries, spent, rng)
    if delay is None:
        raise error
    return delay


def stopping(error: ProviderError, *, deadline: float) -> FastDistillError:
    """Return the error that stops a run whose every call meets `error`; `deadline` is in seconds."""
    if isinstance(error, SETUP):
        return error
    again = "run the same command again to go on from here"
    if isinstance(error, BudgetSpent):
        return TeacherUnavailable(
            f"{HANDFUL} calls in a row met a spent rate_limit: {error}. Refill it, then {again}"
        )
    if isinstance(error, WAITING) and error.retry_after is not None:
        until = datetime.now().astimezone() + timedelta(seconds=min(error.retry_after, LONGEST))
        wait, limit = _spoken(error.retry_after), _spoken(deadline)
        return TeacherUnavailable(
            f"the teacher asks to be left alone until {until:%Y-%m-%d %H:%M %Z} ({wait}), longer than its "
            f"deadline of {limit}: {error}. Raise `deadline`, or after that time {again}"
        )
    return TeacherUnusable(
        f"{HANDFUL} calls in a row were refused alike, with no answer between: {error}. "
        f"Change what it names in the run file, then {again}"
    )


def stopping_batch(
    outcomes: Sequence[Completion | FastDistillError], *, streak: Streak, deadline: float
) -> FastDistillError | None:
    """Take note of what a batch came to; return what stops the run if all of it was refused alike.

    Its calls were submitted together, so one answer among them is an answer between.
    """
    if any(isinstance(one, Completion) for one in outcomes):
        streak.succeed()
        return None
    for one in outcomes:
        if isinstance(one, LASTING) and streak.fail(one):
            return stopping(one, deadline=deadline)
    return None


def _spoken(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
