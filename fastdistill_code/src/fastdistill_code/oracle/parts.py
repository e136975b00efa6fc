"""Small questions about the values of one place."""

from collections.abc import Sequence
from typing import Any

from fastdistill_code.oracle.laws import NO_LEADING_ZERO
from fastdistill_code.oracle.wording import Wording


def are_digits(value: Any) -> bool:
    """Whether the list may be the digits of a number."""
    return all(type(x) is int and 0 <= x <= 9 for x in value) and NO_LEADING_ZERO.holds(value)


def sizes_of(seen: Sequence[Any], wording: Wording) -> tuple[int, int]:
    """The least and the most items: always the same number, or somewhat beyond what was seen."""
    sizes = [len(x) for x in seen]
    if not sizes:
        return 0, 0
    if len(set(sizes)) == 1 and len(seen) >= 4:
        return sizes[0], sizes[0]
    least = 0 if wording.empty and not wording.non_empty else 1
    return min(min(sizes), max(least, min(sizes) - 2)), max(sizes) + 4


def in_order(items: list[Any]) -> list[list[Any]]:
    """The items upwards and downwards; nothing where they have no order."""
    try:
        return [sorted(items), sorted(items, reverse=True)]
    except TypeError:
        return []


def hashable_for(kind: type, items: list[Any]) -> bool:
    """Whether a value of this kind can hold the items."""
    try:
        return kind in (list, tuple) or bool(frozenset(items)) or not items
    except TypeError:
        return False


def kind_of(value: Any) -> str:
    """Its type, whole and other numbers being one."""
    return "number" if type(value) in (int, float) else type(value).__name__
