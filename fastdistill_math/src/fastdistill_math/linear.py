"""Linear expressions in one letter, and letters replaced by values."""

from fractions import Fraction

from fastdistill_math.exact import exact
from fastdistill_math.identity import free
from fastdistill_math.tree import Node, num


def put(node: Node, name: str, value: Node) -> Node:
    """`node` with a letter replaced by a value."""
    if node.kind == "sym" and node.value == name:
        return value
    return Node(node.kind, tuple(put(arg, name, value) for arg in node.args), node.value)


def linear(node: Node, letter: str) -> tuple[Fraction, Fraction] | None:
    """`a` and `b` of a rational `a x + b` with a not zero; None for anything else."""
    if any(
        part.kind in _CURVED and letter in free(part) and not _scales(part, letter) for part in node.walk()
    ):
        return None
    values = [exact(put(node, letter, num(at))) for at in (0, 1, 2, 7)]
    known = [value for value in values if value is not None]
    if len(known) != len(values):
        return None
    slope = known[1] - known[0]
    straight = known[2] - known[1] == slope and known[3] == known[0] + 7 * slope
    return (slope, known[0]) if slope and straight else None


_CURVED = ("root", "call", "pow", "div")


def _scales(part: Node, letter: str) -> bool:
    return part.kind == "div" and letter not in free(part.args[1])
