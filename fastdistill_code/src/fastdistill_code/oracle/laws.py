"""What may hold of an argument, or between two: the visible part of a contract that is written in prose.

A law that holds of all seen inputs may hold by chance: three short lists that happen to be in order say
little, five long ones a lot. So every law names the chance that it holds of a value at random, and counts
only when all of the seen together are unlikely without it.
"""

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from attrs import frozen

_UNLIKELY = 0.02
_SURE = 0.0


@frozen
class Law:
    """A predicate over a value, for values of these types, and the chance of it at random."""

    kinds: tuple[type, ...]
    test: Callable[[Any], bool]
    chance: Callable[[Any], float]

    def holds(self, value: Any) -> bool:
        """Whether the law is true of this value; False where it makes no sense."""
        try:
            return isinstance(value, self.kinds) and bool(self.test(value))
        except (TypeError, IndexError, KeyError, ValueError, ArithmeticError):
            return False


def shared(values: Sequence[Any], laws: Iterable[Law]) -> list[Law]:
    """The laws that hold of all these values, and not by chance."""
    distinct = list({repr(value): value for value in values}.values())
    found = []
    for law in laws:
        if distinct and all(law.holds(value) for value in distinct):
            by_chance = math.prod(law.chance(value) for value in distinct)
            if by_chance <= _UNLIKELY:
                found.append(law)
    return found


def _always(chance: float) -> Callable[[Any], float]:
    return lambda value: chance


def _long(chance: float) -> Callable[[Any], float]:
    """Of what says nothing about values of fewer than two items."""
    return lambda value: chance if len(value) > 1 else 1.0


def _order(value: Any) -> float:
    return 1 / math.factorial(min(len(value), 20))


def _pairs(chance: float) -> Callable[[Any], float]:
    return lambda value: float(chance ** (len(value) * (len(value) - 1) / 2))


BRACKETS = {"(": ")", "[": "]", "{": "}", "<": ">"}
_SIGNS = {*BRACKETS, *BRACKETS.values()}


def _balanced(text: str) -> bool:
    stack = []
    for sign in text:
        if sign in BRACKETS:
            stack.append(BRACKETS[sign])
        elif sign in _SIGNS and (not stack or stack.pop() != sign):
            return False
    return not stack


def _kind(value: Any) -> str:
    return "number" if type(value) in (int, float) else type(value).__name__


_LISTS = (list, tuple)
ASCENDING = Law(_LISTS, lambda v: all(a <= b for a, b in itertools.pairwise(v)), _order)
DISTINCT = Law(_LISTS, lambda v: len({repr(x) for x in v}) == len(v), _pairs(0.9))
NO_LEADING_ZERO = Law(_LISTS, lambda v: len(v) < 2 or v[0] != 0, _always(1.0))
VALUE_LAWS: tuple[Law, ...] = (
    ASCENDING,
    DISTINCT,
    Law(_LISTS, lambda v: all(a >= b for a, b in itertools.pairwise(v)), _order),
    Law(_LISTS, lambda v: sorted(v) == list(range(min(v), min(v) + len(v))), _long(0.4)),
    Law(_LISTS, lambda v: len({len(x) for x in v}) <= 1, _long(0.2)),
    Law(_LISTS, lambda v: len(v) == len(v[0]), _always(0.2)),
    Law(_LISTS, lambda v: len({_kind(x) for x in v}) <= 1, _always(_SURE)),
    Law(_LISTS, lambda v: any(x != 0 for x in v), _long(0.8)),
    Law(_LISTS, lambda v: v[-1] != 0, _always(0.8)),
    Law(_LISTS, lambda v: len(v) % 2 == 0, _always(0.5)),
    Law(_LISTS, lambda v: len(v) % 2 == 1, _always(0.5)),
    Law((str,), _balanced, lambda v: _SURE if _SIGNS & set(v) else 1.0),
    Law((str,), lambda v: v == v.strip(), _long(0.1)),
    Law((str,), lambda v: "  " not in v, lambda v: 0.1 if " " in v else 1.0),
    Law((str,), lambda v: v == "" or v[0].isupper(), _always(0.3)),
    Law((str,), lambda v: v == "" or v[0].isalpha(), lambda v: 1.0 if v.isalpha() else 0.5),
    Law((str,), lambda v: v == "" or not v[-1].isalnum(), _always(0.2)),
    Law((str,), lambda v: v == "" or v[-1].isalnum(), lambda v: 1.0 if v.isalnum() else 0.4),
    Law((str,), lambda v: v.isdigit(), _always(_SURE)),
    Law((str,), lambda v: not (len(v) > 1 and v[0] == "0"), lambda v: 0.1 if v[:1].isdigit() else 1.0),
    Law((str,), lambda v: v == v[::-1], lambda v: float(0.3 ** (len(v) // 2))),
    Law((int,), lambda v: v % 2 == 0, _always(0.4)),
    Law((int,), lambda v: v % 2 == 1, _always(0.4)),
)

_RELATIONS: tuple[tuple[Callable[[Any, Any], bool], float], ...] = (
    (lambda a, b: len(a) == len(b), 0.25),
    (lambda a, b: a == len(b), 0.1),
    (lambda a, b: len(a) == len(b) + 1, 0.1),
    (lambda a, b: not isinstance(a, (list, str)) and bool(a <= b), 0.25),
    (lambda a, b: not isinstance(a, (list, str)) and bool(a < b), 0.25),
    (lambda a, b: bool(a <= len(b)), 0.3),
    (lambda a, b: bool(a < len(b)), 0.25),
    (lambda a, b: a in b, 0.25),
    (lambda a, b: len(a) <= len(b), 0.25),
    (lambda a, b: len(a) < len(b), 0.25),
    (lambda a, b: type(a) is type(b), 0.0),
)


def between_arguments(rows: Sequence[Sequence[Any]]) -> list[Law]:
    """What holds between two arguments in all rows, and not by chance. The laws are over rows."""

    def between(relation: Callable[[Any, Any], bool], i: int, j: int, chance: float) -> Law:
        return Law((list,), lambda row: relation(row[i], row[j]), _always(chance))

    width = len(rows[0])
    laws = [
        between(relation, i, j, chance)
        for i, j in itertools.permutations(range(width), 2)
        for relation, chance in _RELATIONS
    ]
    return shared([list(row) for row in rows], laws)
