"""Two models on the same tasks: exact McNemar, a paired bootstrap by group, and what may be claimed.

A model's share on a task is the share of its decided answers that are right. A task that has no decided
answer of one of the two says nothing about either, and is counted apart.
"""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import comb
from typing import Any

from attrs import frozen

RESAMPLES = 10_000
FEW_GROUPS = 10
"""With fewer groups a bootstrap over groups is too sure of itself."""
LEVEL = 0.05


@frozen(kw_only=True)
class Scored:
    """One model's share on one task; None where none of its answers could be judged."""

    sample_id: str
    task_id: str
    group: str
    share: float | None


@frozen(kw_only=True)
class Pair:
    """Two models' shares on one task."""

    task_id: str
    group: str
    old: float
    new: float


def sign_test(better: int, worse: int) -> float:
    """Return the two-sided p-value of `better` against `worse` at even odds, exactly.

    With one answer a task this is McNemar's exact test on the tasks that flipped (McNemar 1947).
    """
    flips = better + worse
    tail = sum(comb(flips, i) for i in range(min(better, worse) + 1))
    return float(min(1.0, 2 * tail / 2**flips))


def bootstrap(pairs: Sequence[Pair], *, by_group: bool, seed: int = 0) -> list[float]:
    """Return the 95 % interval of the mean difference: percentiles over resamples of groups or of tasks."""
    parts = defaultdict[str, list[float]](list)
    for place, pair in enumerate(pairs):
        parts[pair.group if by_group else str(place)].append(pair.new - pair.old)
    sums = [(sum(found), len(found)) for found in parts.values()]
    rng, means = random.Random(seed), list[float]()  # noqa: S311  repeatable draws, no secret
    for _ in range(RESAMPLES):
        drawn = rng.choices(sums, k=len(sums))
        means.append(sum(total for total, _ in drawn) / sum(count for _, count in drawn))
    means.sort()
    cut = round(RESAMPLES * LEVEL / 2)
    return [means[cut], means[-cut - 1]]


def pair_up(old: Sequence[Scored], new: Sequence[Scored]) -> tuple[list[Pair], dict[str, int]]:
    """Return the tasks that both decided, and how many were left out and why."""
    ours, theirs = ({one.sample_id: one for one in side} for side in (old, new))
    pairs, undecided = list[Pair](), 0
    for key, one in ours.items():
        other = theirs.get(key)
        if other is None:
            continue
        if one.share is None or other.share is None:
            undecided += 1
            continue
        pairs.append(Pair(task_id=one.task_id, group=one.group, old=one.share, new=other.share))
    both = len(ours.keys() & theirs.keys())
    return pairs, {
        "only_old": len(ours) - both,
        "only_new": len(theirs) - both,
        "undecided": undecided,
    }


def compared(old: Sequence[Scored], new: Sequence[Scored], names: Mapping[str, str]) -> dict[str, Any]:
    """Return everything that two models' shares say of each other, as plain data.

    `names` says how the sentence calls `old` and `new`.
    """
    pairs, left_out = pair_up(old, new)
    better = [pair for pair in pairs if pair.new > pair.old]
    worse = [pair for pair in pairs if pair.new < pair.old]
    groups = len({pair.group for pair in pairs})
    by_group = groups >= FEW_GROUPS
    found: dict[str, Any] = {
        "tasks": len(pairs),
        "groups": groups,
        "left_out": left_out,
        "old": _mean([pair.old for pair in pairs]),
        "new": _mean([pair.new for pair in pairs]),
        "difference": _mean([pair.new - pair.old for pair in pairs]),
        "interval": bootstrap(pairs, by_group=by_group) if pairs else None,
        "resampled": "groups" if by_group else "tasks",
        "better": len(better),
        "worse": len(worse),
        "p": sign_test(len(better), len(worse)) if pairs else None,
        "flips": [
            {"task_id": pair.task_id, "group": pair.group, "old": pair.old, "new": pair.new}
            for pair in (*worse, *better)
        ],
    }
    return {**found, "claim": claim(found, names)}


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def claim(found: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Return the one sentence that the figures allow."""
    old, new = names["old"], names["new"]
    if not found["tasks"]:
        return f"{old} and {new} have no decided task in common: nothing may be claimed."
    low, high = found["interval"]
    said = (
        f"{100 * found['difference']:+.1f} points over {found['tasks']} tasks "
        f"(95 %: {100 * low:+.1f} to {100 * high:+.1f}; p = {found['p']:.3g})"
    )
    apart = low > 0 or high < 0
    if apart and found["p"] < LEVEL:
        word = "better" if found["difference"] > 0 else "worse"
        return f"{new} is {word} than {old} on tasks like these: {said}.{_caveat(found)}"
    if apart or found["p"] < LEVEL:
        return f"The two tests disagree, so no difference between {old} and {new} may be claimed: {said}."
    return (
        f"No difference between {old} and {new} may be claimed: {said}; "
        f"{found['tasks']} tasks cannot show one below about {50 * (high - low):.0f} points."
    )


def _caveat(found: Mapping[str, Any]) -> str:
    if found["groups"] >= FEW_GROUPS:
        return ""
    many = "one group" if found["groups"] == 1 else f"{found['groups']} groups"
    return f" The tasks are of {many}: nothing is said of others."
