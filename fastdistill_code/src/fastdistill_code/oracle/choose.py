"""Choices that repeat: which faults stand for all."""

from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256

from fastdistill_code.oracle.operators import Broken


def spread(broken: Sequence[Broken], most: int, seed: str) -> list[Broken]:
    """At most `most` of them, the kinds in turn, each kind in an order that only `seed` decides."""
    groups: dict[str, list[Broken]] = defaultdict(list)
    for one in broken:
        groups[one.kind].append(one)
    for group in groups.values():
        group.sort(key=lambda b: sha256(f"{seed}{b.source}".encode()).digest())
    found: list[Broken] = []
    while len(found) < most and any(groups.values()):
        for kind in sorted(groups):
            if groups[kind] and len(found) < most:
                found.append(groups[kind].pop())
    return found
