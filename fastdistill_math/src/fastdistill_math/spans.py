r"""Families of functions with constants: `C_1 e^x + C_2 e^{-x}` and `A \cosh x + B \sinh x` hold the same.

Both sides must be linear in their constants. One constant alone is one of integration: it is added, and
what it is added to may differ by a number. Several constants span a space; spaces are compared at points.
"""

import re
from collections.abc import Sequence
from fractions import Fraction

from attrs import frozen
from flint import acb, acb_mat

from fastdistill_math import ball
from fastdistill_math.families import constant
from fastdistill_math.identity import free, identical
from fastdistill_math.linear import put
from fastdistill_math.numeric import Point, value
from fastdistill_math.tree import Node, NotMath, num

MOST = 4
"""Constants of one family."""
_BITS, _SMALL = 256, 100
_POINTS = tuple(Fraction(n, 17) for n in (5, 23, 41, 11, 31, 53, 7, 61, 19))
_TRIED = (2, -3, 5, 7)
_SURE = re.compile(r"[CKD](?:_.*)?|[A-Za-z]_\d+")
"""Letters that nobody takes for a quantity of the problem."""


@frozen
class _Space:
    """What a family is made of: what it holds without its constants, and what each of them multiplies."""

    origin: Node
    basis: tuple[Node, ...]


def same_family(gold: Node, answer: Node, problem: str = "") -> bool | None:
    """Whether two families hold the same functions; None where they are no such families, or none can tell.

    A letter that stands alone in the `problem` is a quantity and no constant of a family.
    """
    ours, theirs = _constants(gold, problem), _constants(answer, problem)
    letters = free(gold) - set(ours)
    if not ours or len(ours) != len(theirs) or len(ours) > MOST or letters != free(answer) - set(theirs):
        return None
    if not letters or not any(map(_SURE.fullmatch, ours)):
        return None
    try:
        one, other = _space(gold, ours), _space(answer, theirs)
        if one is None or other is None:
            return None
        if len(ours) == 1:
            return _added(one, other, sorted(letters))
        with ball.precision(_BITS):
            return _spanned(one, other, sorted(letters))
    except NotMath:
        return None


def _constants(node: Node, problem: str) -> list[str]:
    found = sorted(letter for letter in free(node) if constant(letter) and letter != "c")
    return [
        name for name in found if not re.search(rf"(?<![A-Za-z\\]){re.escape(name)}(?![A-Za-z_])", problem)
    ]


def _space(node: Node, names: Sequence[str]) -> _Space | None:
    """The parts of a family; None where it is not linear in its constants."""
    origin = _put(node, dict.fromkeys(names, num(0)))
    basis = []
    for name in names:
        one = put(_put(node, {other: num(0) for other in names if other != name}), name, num(1))
        basis.append(_minus(one, origin))
    scaled = [Node("mul", (num(at), part)) for at, part in zip(_TRIED, basis, strict=False)]
    tried = _put(node, {name: num(at) for name, at in zip(names, _TRIED, strict=False)})
    linear = identical(tried, Node("add", (origin, *scaled))).equal
    return _Space(origin, tuple(basis)) if linear else None


def _put(node: Node, values: dict[str, Node]) -> Node:
    for name, at in values.items():
        node = put(node, name, at)
    return node


def _minus(a: Node, b: Node) -> Node:
    return Node("add", (a, Node("neg", (b,))))


def _added(ours: _Space, theirs: _Space, letters: Sequence[str]) -> bool | None:
    """One constant, which is added on both sides: whether the rest differs by a number."""
    units = num(1), num(-1)
    for space in (ours, theirs):
        if not any(identical(space.basis[0], unit).equal for unit in units):
            return None
    gap = _minus(ours.origin, theirs.origin)
    first, *others = (_put(gap, dict(zip(letters, at, strict=True))) for at in _places(len(letters), 4))
    found = [identical(first, other).equal for other in others]
    return False if False in found else None if None in found else True


def _places(letters: int, count: int) -> list[list[Node]]:
    """Points with one value for each letter, all positive."""
    turned = [_POINTS[at:] + _POINTS[:at] for at in range(count)]
    return [[num(part) for part in each[:letters]] for each in turned]


def _spanned(ours: _Space, theirs: _Space, letters: Sequence[str]) -> bool | None:
    """Whether each part of the answer is made of the gold's, and no part is lost."""
    size = len(ours.basis)
    at = [
        Point(values={name: part.value for name, part in zip(letters, place, strict=True)})
        for place in _places(len(letters), len(_POINTS))
    ]
    made = [*theirs.basis, _minus(theirs.origin, ours.origin)]
    left = [[value(part, point) for part in ours.basis] for point in at]
    right = [[value(part, point) for part in made] for point in at]
    try:
        parts = acb_mat(left[:size]).solve(acb_mat(right[:size]))
    except ZeroDivisionError:
        return None
    for row, wanted in zip(left[size:], right[size:], strict=True):
        shown = (acb_mat([row]) * parts).tolist()[0]
        for one, other in zip(shown, wanted, strict=True):
            if not ball.has_zero(one - other):
                return False
            if not ball.below(one - other, -_SMALL):
                return None
    square: list[list[acb]] = [row[:size] for row in parts.tolist()]
    return None if ball.has_zero(acb_mat(square).det()) else True
