"""What an endpoint may be asked per minute, and when it wants to be left alone. Has no clock."""

import math

from attrs import define, field

from fastdistill.model.answer import RateHint

MINUTE = 60.0
BURST = 0.02
"""Of a minute's allowance that may be taken at once: no minute then holds more than is allowed."""
HINT_LIMIT = 60.0
"""Seconds that we wait at most on a header's word before one call asks again."""


@define
class Bucket:
    """`per_minute` of something, filled steadily. It may go into debt, which is paid before the next."""

    per_minute: float
    level: float = field(init=False)
    at: float = 0.0

    def __attrs_post_init__(self) -> None:
        self.level = self.capacity

    @property
    def capacity(self) -> float:
        """Return what may be taken at once."""
        return max(1.0, BURST * self.per_minute)

    @property
    def rate(self) -> float:
        """Return what is filled per second."""
        return (1 - BURST) * self.per_minute / MINUTE

    def wait(self, now: float) -> float:
        """Return the seconds until something may be taken."""
        self._fill(now)
        return max(0.0, (min(1.0, self.capacity) - self.level) / self.rate)

    def take(self, now: float, amount: float) -> None:
        """Take `amount`, or give back a negative one."""
        self._fill(now)
        self.level -= amount

    def _fill(self, now: float) -> None:
        self.level = min(self.capacity, self.level + (now - self.at) * self.rate)
        self.at = now


@define(kw_only=True)
class RateLimiter:
    """The allowances of one endpoint: stated by the run file, or told by its headers."""

    requests: Bucket | None = None
    tokens: Bucket | None = None
    not_before: float = -math.inf
    _left: int | None = None
    _left_until: float = -math.inf
    _usual: float = 0.0
    """Tokens of a call, on average."""

    def wait(self, now: float) -> float:
        """Return the seconds until a call may begin."""
        if self._left is None and self.requests is None and self.tokens is None:
            return max(0.0, self.not_before - now)
        waits = [self.not_before - now]
        waits += [bucket.wait(now) for bucket in (self.requests, self.tokens) if bucket]
        if self._left is not None and self._left <= 0:
            waits.append(self._left_until - now)
        return max(0.0, *waits)

    def begin(self, now: float) -> float:
        """Record a call that begins; return the tokens reserved for it."""
        if self.requests:
            self.requests.take(now, 1)
        if self.tokens:
            self.tokens.take(now, self._usual)
        if self._left is not None:
            self._left -= 1
        return self._usual

    def settle(self, now: float, reserved: float, tokens: float | None) -> None:
        """Record a call that took `tokens`; None when it failed or did not say."""
        if tokens is not None:
            self._usual += 0.1 * (tokens - self._usual) if self._usual else tokens
        if self.tokens:
            self.tokens.take(now, (tokens or 0.0) - reserved)

    def hold(self, until: float) -> None:
        """Leave the endpoint alone until then."""
        self.not_before = max(self.not_before, until)

    def hint(self, now: float, hint: RateHint) -> None:
        """Take in what a reply's headers said about what is left."""
        if hint.requests_left is not None and hint.requests_reset is not None:
            self._left = hint.requests_left
            self._left_until = now + min(HINT_LIMIT, hint.requests_reset)
        if hint.tokens_left is not None and hint.tokens_reset is not None and hint.tokens_left <= 0:
            self.hold(now + min(HINT_LIMIT, hint.tokens_reset))
