"""Conditions on one number that are no intervals as they stand: `x^2 <= 4`, `|x - 1| < 2`.

They are compared with a region by whether its ends, the numbers beside them and between them satisfy the
condition. Two
conditions without any region agree or differ at points only, which can prove difference and never equality.
"""

from fractions import Fraction

from fastdistill_math.equal import Answer
from fastdistill_math.exact import exact
from fastdistill_math.identity import free, identical
from fastdistill_math.linear import put
from fastdistill_math.quantity import real_value
from fastdistill_math.regions import Region, points
from fastdistill_math.tree import Node, NotMath, num

_GRID = [Fraction(n, 4) for n in range(-24, 25)] + [Fraction(n) for n in (-100, -17, 17, 100)]


def same_condition(gold: Node, answer: Node, left: Region | None, right: Region | None) -> Answer | None:
    """Compare two sets of which one at least is told by a condition in one letter; None for other
    shapes.
    """
    known = left if left is not None else right
    others = [node for node, found in ((gold, left), (answer, right)) if found is None]
    letters = [free(node) - {"R", "Z", "N", "Q", "C"} for node in others]
    if any(len(each) != 1 for each in letters) or len(set(letters)) > 1:
        return None
    letter = next(iter(letters[0]))
    if known is None:
        return _on_a_grid(gold, answer, letter)
    if known.integers or (known.name and known.name not in (letter, "?")):
        return None
    for at, inside in points(known):
        met = holds(others[0], letter, at)
        if met is None:
            return Answer(None, "condition")
        if met != inside:
            return Answer(False, "condition")
    return Answer(True, "condition")


def _on_a_grid(gold: Node, answer: Node, letter: str) -> Answer | None:
    for value in _GRID:
        ours, theirs = holds(gold, letter, num(value)), holds(answer, letter, num(value))
        if ours is not None and theirs is not None and ours != theirs:
            return Answer(False, "condition")
    return Answer(None, "condition")


def holds(node: Node, letter: str, at: Node) -> bool | None:
    """Whether a condition holds at a number; None where it cannot be told."""
    if node.kind == "list":
        found = [holds(arg, letter, at) for arg in node.args]
        return False if False in found else None if None in found else True
    if node.kind == "or":
        found = [holds(arg, letter, at) for arg in node.args]
        return True if True in found else None if None in found else False
    if node.kind != "rel":
        return None
    if node.value == ("in",):
        return True if node.args[1] == Node("sym", (), "R") else None
    sides = [put(arg, letter, at) for arg in node.args]
    total = True
    for relation, one, other in zip(node.value, sides, sides[1:], strict=False):
        order = _order(one, other)
        if order is None:
            return None
        meets = {
            "lt": order < 0,
            "le": order <= 0,
            "gt": order > 0,
            "ge": order >= 0,
            "eq": order == 0,
            "ne": order != 0,
        }
        if relation not in meets:
            return None
        total = total and meets[relation]
    return total


def _order(one: Node, other: Node) -> int | None:
    difference = Node("add", (one, Node("neg", (other,))))
    try:
        value = exact(difference)
        if value is None:
            if identical(one, other).equal:
                return 0
            value = real_value(difference)
    except NotMath:
        return None
    return None if value is None else (value > 0) - (value < 0)
