"""Which ways through a gold the seen inputs take: a made one that misses them is none of the contract's."""

from collections.abc import Iterable

from fastdistill_code.oracle.batch import Answer

_LEAST = 4
"""Seen inputs from which on their common ways say something."""


class Ways:
    """The ways that every seen input took (`usual`), and those that one of them took (`known`).

    Way `2 * n + 1` of a condition is the other side of way `2 * n`.
    """

    def __init__(self, seen: Iterable[Answer]) -> None:
        taken = [set(answer.ways) for answer in seen if answer.returned]
        self.usual = set.intersection(*taken) if len(taken) >= _LEAST else set[int]()
        self.known = set[int]().union(*taken)

    def admit(self, ways: set[int]) -> bool:
        """Whether an input that took these ways has to do with the others.

        It takes the usual ways. In place of one it may take the other side of a condition which no seen
        input took, as long as it does not leave all usual ways: that is a guard against such inputs.
        """
        missed = self.usual - ways
        if not missed:
            return True
        return bool(self.usual & ways) and all(
            way ^ 1 in ways and way ^ 1 not in self.known for way in missed
        )
