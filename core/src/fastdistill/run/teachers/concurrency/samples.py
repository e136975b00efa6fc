"""Goodput over a window at one limit, and how much two windows may differ by chance."""

import math
from collections.abc import Sequence

from attrs import define


@define
class Window:
    """Goodput over some time at one limit."""

    since: float
    work_units: float = 0.0
    ended: int = 0
    busy: float = 0.0
    """Calls in flight, integrated over time."""

    def rate(self, now: float) -> float:
        """Return work_units per second."""
        return self.work_units / max(now - self.since, 1e-9)

    def depth(self, now: float) -> float:
        """Return the mean number in flight."""
        return self.busy / max(now - self.since, 1e-9)


def ended_needed(ratio: float, variation: float, bounds: Sequence[int] = (40, 800)) -> int:
    """Return how many calls must end in a window to tell growth by `ratio` from none (two standard errors).

    Counts of a renewal process vary by `variation` over the root of the count; two windows are compared.
    """
    needed = 2 * (2 * variation / (0.4 * math.log(ratio))) ** 2
    return int(min(bounds[1], max(bounds[0], needed)))


def standard_error(ended: int, slots: int, variation: float) -> float:
    """Return the relative standard error of a rate from `ended` calls through `slots`.

    Many slots together look like a Poisson process at first, and like renewals once each has turned over.
    """
    early = min(1.0, slots / (2 * ended))
    return math.sqrt((variation**2 * (1 - early) + max(1.0, variation**2) * early) / ended)
