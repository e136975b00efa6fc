"""Error rates with their counts and Wilson intervals."""

import math
from typing import Any, Literal

from attrs import define

Expect = Literal["accept", "reject"]
Said = Literal["accepted", "rejected", "undecided"]
Z95 = 1.959963984540054
"""The normal distribution's 97.5 % point."""


def wilson(count: int, of: int) -> tuple[float, float] | None:
    """The 95 % interval of a rate (Wilson 1927, score interval); None over nothing."""
    if not of:
        return None
    share, z2 = count / of, Z95 * Z95
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z95 * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    # At the ends the formula's own rounding must not leave the interval without its rate.
    low = 0.0 if count == 0 else max(0.0, middle - half)
    high = 1.0 if count == of else min(1.0, middle + half)
    return low, high


@define
class Confusion:
    """What gates said of cases whose verdict is known; the second word is what was expected."""

    accepted_right: int = 0
    accepted_wrong: int = 0
    rejected_right: int = 0
    rejected_wrong: int = 0
    undecided_accept: int = 0
    undecided_reject: int = 0

    def add(self, said: Said, expect: Expect) -> None:
        """Count one case."""
        if said == "undecided":
            name = f"undecided_{expect}"
        else:
            right = (said == "accepted") == (expect == "accept")
            name = f"{said}_{'right' if right else 'wrong'}"
        setattr(self, name, getattr(self, name) + 1)

    @property
    def counts(self) -> dict[str, int]:
        """The table's six cells."""
        return {
            "accepted_right": self.accepted_right,
            "accepted_wrong": self.accepted_wrong,
            "rejected_right": self.rejected_right,
            "rejected_wrong": self.rejected_wrong,
            "undecided_accept": self.undecided_accept,
            "undecided_reject": self.undecided_reject,
        }

    @property
    def total(self) -> int:
        """All cases."""
        return sum(self.counts.values())

    @property
    def expect_accept(self) -> int:
        """All cases that expect an accept."""
        return self.accepted_right + self.rejected_wrong + self.undecided_accept

    @property
    def expect_reject(self) -> int:
        """All cases that expect a reject."""
        return self.accepted_wrong + self.rejected_right + self.undecided_reject

    def summary(self) -> dict[str, Any]:
        """Counts, rates and their intervals; a rate over nothing is None."""
        undecided = self.undecided_accept + self.undecided_reject
        found: dict[str, Any] = {"total": self.total, "counts": self.counts}
        for name, count, of in (
            ("false_accept", self.accepted_wrong, self.expect_reject),
            ("false_reject", self.rejected_wrong, self.expect_accept),
            ("undecided", undecided, self.total),
        ):
            interval = wilson(count, of)
            found[f"{name}_rate"] = count / of if of else None
            found[f"{name}_interval"] = list(interval) if interval else None
        return found
