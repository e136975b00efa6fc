"""Sets of real numbers: intervals, unions, inequalities in one variable, the line without points."""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

from attrs import frozen

from fastdistill_math import shapes
from fastdistill_math.identity import Answer
from fastdistill_math.quantity import real_value
from fastdistill_math.tree import Node

Equal = Callable[[Node, Node], bool | None]
_INF = Node("const", (), "inf")
_MINUS_INF = Node("neg", (_INF,))
_FLIPPED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "ne": "ne", "eq": "eq"}


@frozen
class Piece:
    """An interval by its ends and whether they belong to it; a point where the ends are one."""

    low: Node
    high: Node
    closed_low: bool
    closed_high: bool


@frozen
class Region:
    """Pieces on the line, and the variable's name where one was written."""

    pieces: tuple[Piece, ...]
    name: str | None = None


_LINE = Region((Piece(_MINUS_INF, _INF, False, False),))


def region(node: Node) -> Region | None:
    """The set of real numbers that `node` describes, or None."""
    match node.kind:
        case "seq" if len(node.args) == 2:
            low, high = node.args
            return Region((Piece(low, high, node.value[0] == "[", node.value[1] == "]"),))
        case "set":
            points = [value for value in shapes.values(node) if value.kind != "seq"]
            if len(points) != len(shapes.values(node)):
                return None
            return Region(tuple(Piece(p, p, True, True) for p in points))
        case "sym" if shapes.line(node):
            return _LINE
        case "rel":
            return _relation(node)
        case "union" | "or":
            return _joined([region(arg) for arg in node.args])
        case "list" if shapes.conditions(node):
            parts = [region(arg) for arg in node.args]
            return _meet(parts) or _joined(parts)
        case "minus":
            return _without(region(node.args[0]), region(node.args[1]))
        case "inter":
            return _meet([region(arg) for arg in node.args])
    return None


def _joined(parts: list[Region | None]) -> Region | None:
    known = [part for part in parts if part is not None]
    if len(known) != len(parts):
        return None
    names = {part.name for part in known if part.name}
    if len(names) > 1:
        return None
    return Region(tuple(p for part in known for p in part.pieces), next(iter(names), None))


def _relation(node: Node) -> Region | None:
    sides, names = node.args, node.value
    if names == ("in",) and sides[0].kind == "sym":
        inner = region(sides[1])
        return None if inner is None else Region(inner.pieces, sides[0].value)
    if len(sides) == 2:
        left, right, name = sides[0], sides[1], names[0]
        if left.kind != "sym" and right.kind == "sym":
            left, right, name = right, left, _FLIPPED.get(name, "")
        if left.kind != "sym" or right.has("sym"):
            return None
        return _half(left.value, name, right)
    if len(sides) == 3 and sides[1].kind == "sym" and not sides[0].has("sym") and not sides[2].has("sym"):
        first = _half(sides[1].value, _FLIPPED.get(names[0], ""), sides[0])
        second = _half(sides[1].value, names[1], sides[2])
        if first is None or second is None:
            return None
        lower, upper = (first, second) if names[0] in ("lt", "le") else (second, first)
        low, high = lower.pieces[0], upper.pieces[0]
        return Region((Piece(low.low, high.high, low.closed_low, high.closed_high),), sides[1].value)
    return None


def _half(name: str, relation: str, bound: Node) -> Region | None:
    below = Piece(_MINUS_INF, bound, False, relation == "le")
    above = Piece(bound, _INF, relation == "ge", False)
    match relation:
        case "lt" | "le":
            return Region((below,), name)
        case "gt" | "ge":
            return Region((above,), name)
        case "ne":
            return Region((below, above), name)
        case "eq":
            return Region(tuple(Piece(v, v, True, True) for v in shapes.both_signs(bound)), name)
    return None


def _order(node: Node) -> Fraction | float | None:
    if sign := shapes.infinity(node):
        return sign * float("inf")
    return real_value(node)


def _without(whole: Region | None, points: Region | None) -> Region | None:
    if whole != _LINE or points is None or any(p.low != p.high for p in points.pieces):
        return None
    ordered = [(_order(p.low), p.low) for p in points.pieces]
    if any(value is None for value, _ in ordered):
        return None
    ends = [_MINUS_INF, *(node for _, node in sorted(ordered, key=lambda pair: pair[0] or 0)), _INF]
    return Region(tuple(Piece(a, b, False, False) for a, b in pairwise(ends)))


def _meet(parts: list[Region | None]) -> Region | None:
    if len(parts) != 2 or parts[0] is None or parts[1] is None:
        return None
    if len(parts[0].pieces) != 1 or len(parts[1].pieces) != 1:
        return None
    a, b = parts[0].pieces[0], parts[1].pieces[0]
    ends = [_order(end) for end in (a.low, b.low, a.high, b.high)]
    known = [end for end in ends if end is not None]
    if len(known) != 4 or max(known[0], known[1]) >= min(known[2], known[3]):
        return None
    low = a if (known[0], not a.closed_low) >= (known[1], not b.closed_low) else b
    high = a if (known[2], a.closed_high) <= (known[3], b.closed_high) else b
    piece = Piece(low.low, high.high, low.closed_low, high.closed_high)
    return Region((piece,), parts[0].name or parts[1].name)


def same_region(a: Region, b: Region, equal: Equal) -> Answer:
    """Compare by pieces, in any order: ends by value, closure exactly."""
    if a.name and b.name and a.name != b.name:
        return Answer(False, "variable")
    if len(a.pieces) != len(b.pieces):
        return Answer(False, "pieces")
    left, unknown = list(b.pieces), False
    for piece in a.pieces:
        for index, other in enumerate(left):
            ends = _same_ends(piece, other, equal)
            if ends:
                del left[index]
                break
            unknown = unknown or ends is None
        else:
            return Answer(None if unknown else False, "pieces")
    return Answer(True, "pieces")


def _same_ends(a: Piece, b: Piece, equal: Equal) -> bool | None:
    if (a.closed_low, a.closed_high) != (b.closed_low, b.closed_high):
        return False
    low, high = equal(a.low, b.low), equal(a.high, b.high)
    if low is False or high is False:
        return False
    return None if low is None or high is None else True
