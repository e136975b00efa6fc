"""Takes an endpoint out after failures in a row, lets one call at a time try it, and brings it back."""

import random
from typing import Literal

from attrs import define

FAILURES = 8
"""In a row; random faults rarely make so many."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0

State = Literal["closed", "open", "trying"]


@define
class CircuitBreaker:
    """The health of one endpoint; times are seconds of any one clock."""

    rng: random.Random
    state: State = "closed"
    opened: int = 0
    """How often it was taken out."""
    limit: int = 0
    """The limiter's limit before the failures began."""
    _row: int = 0
    _pause: float = FIRST_PAUSE
    _until: float = 0.0

    def ready_in(self, now: float) -> float:
        """Return the seconds until it may be asked; infinite while one call tries it."""
        if self.state == "closed":
            return 0.0
        return max(0.0, self._until - now) if self.state == "open" else float("inf")

    def begin(self) -> None:
        """Record that a call goes out."""
        if self.state == "open":
            self.state = "trying"

    def succeed(self) -> bool:
        """Record an answer; return whether that brings the endpoint back."""
        back = self.state != "closed"
        self.state, self._row, self._pause = "closed", 0, FIRST_PAUSE
        return back

    def fail(self, now: float, limit: int) -> bool:
        """Record an endpoint failure; return True if it opens the circuit. `limit` is its limiter's."""
        if not self._row:
            self.limit = limit
        self._row += 1
        if self.state == "open" or (self.state == "closed" and self._row < FAILURES):
            return False
        first = self.state == "closed"
        self.opened += first
        self._pause = FIRST_PAUSE if first else min(LONGEST_PAUSE, 2 * self._pause)
        self.state, self._until = "open", now + self._pause * (0.75 + 0.5 * self.rng.random())
        return first

    def give_up(self) -> None:
        """Record a call that was cancelled: it told nothing."""
        if self.state == "trying":
            self.state = "open"
