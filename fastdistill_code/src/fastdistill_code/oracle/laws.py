"""What may hold of an argument, or between two: the visible part of a contract that is written in prose."""

import itertools
from collections.abc import Callable
from typing import Any

Law = Callable[[list[Any]], bool]


def holds(law: Law, row: list[Any]) -> bool:
    """Whether the law is true of this row; False where it makes no sense."""
    try:
        return law(row)
    except (TypeError, IndexError, KeyError, ValueError):
        return False


_BETWEEN: tuple[Callable[[Any, Any], bool], ...] = (
    lambda a, b: len(a) == len(b),
    lambda a, b: not isinstance(a, (list, str)) and bool(a <= b),
    lambda a, b: not isinstance(a, (list, str)) and bool(a < b),
    lambda a, b: bool(a != b),
    lambda a, b: bool(a <= len(b)),
    lambda a, b: bool(a < len(b)),
    lambda a, b: a in b,
    lambda a, b: len(a) <= len(b),
    lambda a, b: type(a) is type(b),
)


def between_arguments(width: int) -> list[Law]:
    """What may hold between two arguments."""

    def between(relation: Callable[[Any, Any], bool], i: int, j: int) -> Law:
        return lambda row: relation(row[i], row[j])

    return [between(r, i, j) for i, j in itertools.permutations(range(width), 2) for r in _BETWEEN]


_PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">"}


def _balanced(text: str) -> bool:
    stack = []
    for sign in text:
        if sign in _PAIRS:
            stack.append(_PAIRS[sign])
        elif sign in _PAIRS.values() and (not stack or stack.pop() != sign):
            return False
    return not stack


def _kind(value: Any) -> str:
    return "number" if type(value) in (int, float) else type(value).__name__


VALUE_LAWS: tuple[tuple[type | tuple[type, ...], Callable[[Any], bool]], ...] = (
    ((list, tuple), lambda v: all(a <= b for a, b in itertools.pairwise(v))),
    ((list, tuple), lambda v: all(a >= b for a, b in itertools.pairwise(v))),
    ((list, tuple), lambda v: len({repr(x) for x in v}) == len(v)),
    ((list, tuple), lambda v: len({len(x) for x in v}) <= 1),
    ((list, tuple), lambda v: len(v) == len(v[0])),
    ((list, tuple), lambda v: len({_kind(x) for x in v}) <= 1),
    ((list, tuple), lambda v: any(x != 0 for x in v)),
    ((list, tuple), lambda v: v[-1] != 0),
    ((list, tuple), lambda v: len(v) % 2 == 0),
    ((list, tuple), lambda v: len(v) % 2 == 1),
    (str, _balanced),
    (str, lambda v: v == v.strip()),
    (str, lambda v: "  " not in v),
    (str, lambda v: v == "" or v[0].isupper()),
    (str, lambda v: v == "" or v[0].isalpha()),
    (str, lambda v: v == "" or not v[-1].isalnum()),
    (str, lambda v: v == "" or v[-1].isalnum()),
    (str, lambda v: v.isdigit()),
    (str, lambda v: not (len(v) > 1 and v[0] == "0")),
    (str, lambda v: v == v[::-1]),
    ((int,), lambda v: v % 2 == 0),
    ((int,), lambda v: v % 2 == 1),
)
