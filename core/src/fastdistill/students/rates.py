"""Pass rates of a model over tasks: pass@1, unbiased pass@k, maj@k, by tag and by reason.

Undecided answers, which no gate could judge, are counted apart and never as wrong.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import comb, sqrt
from typing import Any

from fastdistill.run.audit.confusion import Z95
from fastdistill.run.ledger.tries import TriedTask, Try


def pass_at(solved: int, decided: int, k: int) -> float:
    """Return the chance that one of `k` answers is right, from `solved` right ones of `decided`.

    The unbiased estimate 1 - C(n - c, k) / C(n, k) of Chen et al. 2021, "Evaluating Large Language Models
    Trained on Code". Raises ValueError for fewer answers than `k`.
    """
    if not 1 <= k <= decided:
        raise ValueError(f"pass@{k} cannot be told from {decided} answers")
    return 1.0 - comb(decided - solved, k) / comb(decided, k)


def majority(tries: Sequence[Try]) -> float | None:
    """Return whether the most frequent answer is right: 1, 0, or the share of right ones among equals.

    Answers without a class stand alone; those that could not be read or judged have no vote. None where
    nobody votes.
    """
    votes = [one for one in tries if one.said != "undecided" and not one.unread]
    classes = defaultdict[str, list[Try]](list)
    for place, one in enumerate(votes):
        classes[one.key or f"alone {place}"].append(one)
    if not classes:
        return None if not any(one.said != "undecided" for one in tries) else 0.0
    most = max(map(len, classes.values()))
    largest = [found for found in classes.values() if len(found) == most]
    return sum(found[0].said == "solved" for found in largest) / len(largest)


def interval(share: float, of: int) -> list[float] | None:
    """Return the 95 % interval of a mean share over `of` tasks (Wilson 1927, score interval).

    Several answers to one task go together, so the tasks are what is counted: for a mean of shares between
    0 and 1 this is never too narrow. None over nothing.
    """
    if not of:
        return None
    z2 = Z95 * Z95
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z95 * sqrt(max(0.0, share * (1 - share)) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    low = 0.0 if share <= 0 else max(0.0, middle - half)
    high = 1.0 if share >= 1 else min(1.0, middle + half)
    return [low, high]


def mean_rate(shares: Iterable[float]) -> dict[str, Any]:
    """Return a mean over tasks with their number and its interval; None over nothing."""
    found = list(shares)
    mean = sum(found) / len(found) if found else None
    return {
        "rate": mean,
        "of": len(found),
        "interval": None if mean is None else interval(mean, len(found)),
    }


def shares_of(tasks: Iterable[TriedTask]) -> list[float]:
    """Return each task's share of right answers, of the tasks that have a decided one."""
    return [one.solved / one.decided for one in tasks if one.decided]


def summary(tasks: Sequence[TriedTask], k: int) -> dict[str, Any]:
    """Return the figures of one model over `tasks`, each asked `k` times, as plain data."""
    tries = [one for task in tasks for one in task.tries]
    said = Counter(one.said for one in tries)
    reasons = Counter(one.reason or "unknown" for one in tries if one.said == "wrong")
    return {
        "tasks": len(tasks),
        "without_gold": sum(not task.has_gold for task in tasks),
        "answers": {"asked": len(tries), **{name: said[name] for name in ("solved", "wrong", "undecided")}},
        "undecided_tasks": sum(not task.decided for task in tasks),
        "unread": sum(one.unread for one in tries if one.said == "wrong"),
        **_rates(tasks, k),
        "by_tag": _by_tag(tasks),
        "by_reason": dict(sorted(reasons.items(), key=lambda one: (-one[1], one[0]))),
        "undecided_reasons": dict(
            Counter(one.reason or "unknown" for one in tries if one.said == "undecided").most_common()
        ),
        "tokens": _tokens(tasks, said["solved"]),
    }


def _rates(tasks: Sequence[TriedTask], k: int) -> dict[str, Any]:
    """Return pass@1, pass@2, pass@4, ... up to pass@k, and maj@k."""
    sizes = sorted({1, k, *(2**i for i in range(1, k.bit_length()) if 2**i < k)})
    found: dict[str, Any] = {
        f"pass@{size}": mean_rate(
            pass_at(task.solved, task.decided, size) for task in tasks if task.decided >= size
        )
        for size in sizes
    }
    if k > 1:
        voted = [majority(task.tries) for task in tasks]
        found[f"maj@{k}"] = mean_rate(one for one in voted if one is not None)
    return found


def _by_tag(tasks: Sequence[TriedTask]) -> Mapping[str, Any]:
    found = defaultdict[str, list[TriedTask]](list)
    for task in tasks:
        for tag in task.tags:
            found[tag].append(task)
    return {tag: mean_rate(shares_of(found[tag])) for tag in sorted(found)}


def _tokens(tasks: Sequence[TriedTask], solved: int) -> dict[str, Any]:
    """Return tokens of all requests; None where a server did not count them."""
    prompt, completion = (
        _sum(getattr(task, f"{side}_tokens") for task in asked)
        for asked in [[task for task in tasks if task.tries]]
        for side in ("prompt", "completion")
    )
    known = prompt is not None and completion is not None
    total = (prompt or 0) + (completion or 0) if known else None
    return {
        "prompt": prompt,
        "completion": completion,
        "per_task": total / len(tasks) if total is not None and tasks else None,
        "per_solved": total / solved if total is not None and solved else None,
    }


def _sum(counts: Iterable[int | None]) -> int | None:
    found = list(counts)
    known = [one for one in found if one is not None]
    return sum(known) if len(known) == len(found) else None
