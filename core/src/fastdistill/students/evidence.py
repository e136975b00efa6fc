"""The arms of a diagnosis and what they say of each other: rates and differences with their intervals."""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen

from fastdistill.students.paired import FEW_GROUPS, Scored, bootstrap, pair_up
from fastdistill.students.rates import interval, mean_rate

FEWEST = 20
"""Tasks of an arm below which nothing is said."""


@frozen(kw_only=True)
class Arm:
    """One model on one set of tasks."""

    scores: tuple[Scored, ...]
    wrong: int = 0
    """Wrong answers."""
    unread: int = 0
    """Those of them that no answer could be read out of."""

    @property
    def shares(self) -> list[float]:
        """Each decided task's share."""
        return [one.share for one in self.scores if one.share is not None]

    @property
    def rate(self) -> dict[str, Any]:
        """The mean with its number of tasks and its interval."""
        return mean_rate(self.shares)


@frozen(kw_only=True)
class Evidence:
    """The arms of a diagnosis, by the letters that the report uses."""

    teacher: Arm
    """A: the teacher on the test tasks: what its run accepted."""
    train: Arm
    """B: the student on the tasks that it was trained on."""
    test: Arm
    """C: the student on the test tasks."""
    base: Arm | None = None
    """D: the model that the student was made of, on the test tasks."""
    shown: Arm | None = None
    """E: the same with accepted rows in its prompt."""
    curve: Mapping[int, Arm] = field(factory=dict)
    """Students of a part of the data on the test tasks, by per cent of the data."""
    leaky: frozenset[str] = frozenset()
    """Sample ids of test tasks of the classes in which the audit let wrong answers through."""


def paired(old: Arm, new: Arm) -> tuple[float, float] | None:
    """Return the interval of how much better `new` is on the tasks of both; None for too few."""
    pairs, _ = pair_up(old.scores, new.scores)
    if len(pairs) < FEWEST:
        return None
    groups = len({pair.group for pair in pairs})
    low, high = bootstrap(pairs, by_group=groups >= FEW_GROUPS)
    return low, high


def apart(old: Sequence[float], new: Sequence[float]) -> tuple[float, float] | None:
    """Return the interval of how much larger the mean of `new` is, over other tasks than `old`'s.

    Newcombe's method 10 (1998): the two Wilson intervals as the sides of a right angle.
    """
    if len(old) < FEWEST or len(new) < FEWEST:
        return None
    a, b = sum(old) / len(old), sum(new) / len(new)
    (a_low, a_high), (b_low, b_high) = interval(a, len(old)) or (0, 0), interval(b, len(new)) or (0, 0)
    gap = b - a
    low = gap - ((b - b_low) ** 2 + (a_high - a) ** 2) ** 0.5
    high = gap + ((b_high - b) ** 2 + (a - a_low) ** 2) ** 0.5
    return low, high


def figures_of(found: Evidence) -> dict[str, Any]:
    """Return every figure that the rules look at, as plain data."""
    arms = {"A": found.teacher, "B": found.train, "C": found.test, "D": found.base, "E": found.shown}
    shown: dict[str, Any] = {name: None if arm is None else arm.rate for name, arm in arms.items()}
    wrong = found.train.wrong
    return {
        "arms": shown,
        "below_teacher": paired(found.test, found.teacher),
        "test_below_train": apart(found.test.shares, found.train.shares),
        "over_base": None if found.base is None else paired(found.base, found.test),
        "over_shown": None if found.shown is None else paired(found.shown, found.test),
        "unread_of_wrong": {"count": found.train.unread, "of": wrong, "rate": found.train.unread / wrong}
        if wrong
        else {"count": 0, "of": 0, "rate": None},
        "curve": {str(part): arm.rate for part, arm in sorted(found.curve.items())},
        "leaky": _leaky(found),
    }


def _leaky(found: Evidence) -> dict[str, Any] | None:
    """Return how much worse the student is where the gate lets wrong answers through, less the teacher."""
    if not found.leaky:
        return None
    sides: dict[str, list[float]] = {"inside": [], "outside": []}
    for one in found.test.scores:
        if one.share is not None:
            sides["inside" if one.sample_id in found.leaky else "outside"].append(one.share)
    return {
        "inside": mean_rate(sides["inside"]),
        "outside": mean_rate(sides["outside"]),
        "worse_inside": apart(sides["inside"], sides["outside"]),
    }
