"""Which split a task is for: a pure function of its group, the split's seed and the shares."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from fastdistill.model.settled import SPLITS, Split
from fastdistill.model.task import Task
from fastdistill.settings import NEAR_DUPLICATES, SplitShares


def group_of(
    task: Task[Any], row: Mapping[str, Any], shares: SplitShares, clusters: Mapping[str, str]
) -> str:
    """Return what may not be parted: the chosen column's value, the scenario's group, or the task.

    By near duplicates it is the first of the task's cluster; `clusters` names that of all but the first.
    """
    if shares.by == NEAR_DUPLICATES:
        return clusters.get(task.sample_id, task.sample_id)
    if shares.by and row.get(shares.by) is not None:
        return str(row[shares.by])
    return task.group or task.sample_id


def split_of(group: str, shares: SplitShares) -> Split:
    """Return the split of a group: the hash's place on the line from 0 to 1, cut by the shares in order."""
    digest = sha256(f"{shares.seed}:{group}".encode()).digest()
    place, bound = int.from_bytes(digest[:8], "big") / 2**64, 0.0
    for split in SPLITS:
        bound += getattr(shares, split)
        if place < bound:
            return split
    return next(split for split in reversed(SPLITS) if getattr(shares, split) > 0)
