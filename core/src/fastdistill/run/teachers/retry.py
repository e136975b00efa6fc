"""When to ask again: full jitter under a cap that doubles, a count, and a deadline over all of it."""

import random
from collections.abc import Awaitable, Callable
from itertools import count
from typing import TypeVar

from attrs import frozen

from fastdistill.errors import EmptyReply, FastDistillError, RetryableError

T = TypeVar("T")


@frozen(kw_only=True)
class Retry:
    """Seconds throughout. `retries` counts calls after the first."""

    retries: int = 6
    deadline: float = 900.0
    base: float = 0.5
    cap: float = 20.0

    def delay(self, error: Exception, tries: int, spent: float, rng: random.Random) -> float | None:
        """How long to wait after the `tries`th call failed `spent` seconds after the first began.

        None when not to ask again: the error is final, or the count or the deadline is used up.
        """
        most = min(self.retries, 1) if isinstance(error, EmptyReply) else self.retries
        if not isinstance(error, RetryableError) or tries > most:
            return None
        if error.retry_after is not None:
            wait = error.retry_after + rng.random() * min(1.0, 0.1 + error.retry_after / 4)
        else:
            wait = rng.random() * min(self.cap, self.base * 2 ** (tries - 1))
        return wait if spent + wait < self.deadline else None


async def persist(
    attempt: Callable[[int], Awaitable[T]],
    after: Callable[[FastDistillError, int], float],
    pause: Callable[[float], Awaitable[None]],
) -> T:
    """Try until it works: the one retry loop, for calls, batches and what submits batches.

    `attempt` gets its ordinal, from 1. `after` gets the error of an attempt and its ordinal, and returns
    the seconds to wait before the next, or raises what is to be raised. `pause` waits, or less in a halt.
    """
    for tries in count(1):
        try:
            return await attempt(tries)
        except FastDistillError as error:
            delay = after(error, tries)
        await pause(delay)
    raise AssertionError("the loop returns or raises")
