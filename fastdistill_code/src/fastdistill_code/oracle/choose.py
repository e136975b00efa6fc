"""Choices that repeat: which faults stand for all, and which inputs are enough to kill them."""

from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256

from fastdistill_code.oracle.operators import Broken

_TIMES = 3
"""Inputs that every killable fault is covered by: faults of real programs lie beside ours."""


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


def cover(kills: Sequence[set[int]], by_given: set[int], inputs: int, most: int) -> list[int]:
    """At most `most` inputs, greedily: first those that kill what the given tests let live, until each is
    killed three times over; then the same for all. `kills[m]` holds the inputs that kill fault `m`.
    """
    chosen: list[int] = []
    for wanted in ([m for m in range(len(kills)) if m not in by_given], list(range(len(kills)))):
        need = {m: _TIMES for m in wanted if kills[m]}
        for m in need:
            need[m] -= len(kills[m] & set(chosen))
        while len(chosen) < most:
            gains = {
                i: sum(1 for m, left in need.items() if left > 0 and i in kills[m])
                for i in range(inputs)
                if i not in chosen
            }
            best = max(gains, key=lambda i: (gains[i], -i), default=None)
            if best is None or not gains[best]:
                break
            chosen.append(best)
            for m in need:
                need[m] -= best in kills[m]
    return sorted(chosen)
