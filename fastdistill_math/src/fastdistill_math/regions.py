"""Sets of real numbers: intervals, unions, inequalities in one variable, the line without points."""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

from attrs import evolve, frozen

from fastdistill_math import shapes
from fastdistill_math.equal import Answer
from fastdistill_math.identity import free
from fastdistill_math.linear import linear
from fastdistill_math.quantity import real_value
from fastdistill_math.tree import Node, num

Equal = Callable[[Node, Node], bool | None]
_INF = Node("const", (), "inf")
_MINUS_INF = Node("neg", (_INF,))
_FLIPPED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "ne": "ne", "eq": "eq"}
_CLOSE = Fraction(1, 2**100)
MAX_INTEGERS = 200


@frozen
class Piece:
    """An interval by its ends and whether they belong to it; a point where the ends are one."""

    low: Node
    high: Node
    closed_low: bool
    closed_high: bool


@frozen
class Region:
    """Pieces on the line, the variable's name where one was written, and whether it holds only integers."""

    pieces: tuple[Piece, ...]
    name: str | None = None
    integers: bool = False


_LINE = Region((Piece(_MINUS_INF, _INF, False, False),))
_DOMAINS = {"R": _LINE, "Z": evolve(_LINE, integers=True),
            "N": Region((Piece(num(1), _INF, True, False),), None, True)}  # fmt: skip


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
        case "sym" if node.value in _DOMAINS:
            return _DOMAINS[node.value]
        case "rel":
            return _relation(node)
        case "union" | "or":
            return _joined([region(arg) for arg in node.args])
        case "list" if shapes.conditions(node) or any(a.value == ("in",) for a in node.args):
            parts = [region(arg) for arg in node.args]
            met = _meet(parts)
            return met if met is None or met.pieces else _joined(parts)
        case "minus":
            return _without(region(node.args[0]), region(node.args[1]))
        case "inter":
            return _meet([region(arg) for arg in node.args])
    return None


def is_point(node: Node) -> bool:
    """Whether a pair is a point of the plane alone: as an interval it would be empty."""
    if node.kind != "seq" or len(node.args) != 2 or "[" in node.value or "]" in node.value:
        return False
    low, high = _order(node.args[0]), _order(node.args[1])
    return low is not None and high is not None and low >= high


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
        return None if inner is None else evolve(inner, name=sides[0].value)
    if names == ("notin",) and sides[0].kind == "sym":
        return _without(_LINE, region(sides[1]))
    if len(sides) == 2:
        return _one_sided(sides[0], sides[1], names[0])
    if len(sides) == 3 and not (free(sides[0]) | free(sides[2])) and set(names) <= {"lt", "le", "gt", "ge"}:
        first, second = _one_sided(sides[0], sides[1], names[0]), _one_sided(sides[1], sides[2], names[1])
        return _meet([first, second])
    return None


def _one_sided(left: Node, right: Node, name: str) -> Region | None:
    """A relation between a linear term of one letter and a number."""
    letters = free(left) | free(right)
    if len(letters) != 1 or name not in _FLIPPED:
        return None
    letter = next(iter(letters))
    if left.kind == "sym" and not free(right):
        return _half(letter, name, right)
    if right.kind == "sym" and not free(left):
        return _half(letter, _FLIPPED[name], left)
    if left.has("pm") or right.has("pm"):
        return None
    line = linear(Node("add", (left, Node("neg", (right,)))), letter)
    if line is None:
        return None
    root = num(-line[1] / line[0])
    return _half(letter, name if line[0] > 0 else _FLIPPED[name], root)


def _half(name: str, relation: str, bound: Node) -> Region | None:
    if name == "":
        name = "?"
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


def _without(whole: Region | None, taken: Region | None) -> Region | None:
    if whole is None or taken is None:
        return None
    found = whole
    for piece in taken.pieces:
        below = Piece(_MINUS_INF, piece.low, False, not piece.closed_low)
        above = Piece(piece.high, _INF, not piece.closed_high, False)
        outside = [
            side for side, end in ((below, piece.low), (above, piece.high)) if not shapes.infinity(end)
        ]
        met = _meet([found, Region(tuple(outside))])
        if met is None:
            return None
        found = evolve(met, integers=whole.integers)
    return found


def _meet(parts: list[Region | None]) -> Region | None:
    """What lies in all of them, piece by piece; None where ends cannot be put in order."""
    total: Region | None = None
    for part in parts:
        if part is None:
            return None
        total = part if total is None else _both(total, part)
        if total is None:
            return None
    return total


def _both(a: Region, b: Region) -> Region | None:
    if a.name and b.name and a.name != b.name:
        return None
    found = []
    for left in a.pieces:
        for right in b.pieces:
            ends = [_order(end) for end in (left.low, right.low, left.high, right.high)]
            known = [end for end in ends if end is not None]
            if len(known) != 4:
                return None
            low = left if (known[0], not left.closed_low) >= (known[1], not right.closed_low) else right
            high = left if (known[2], left.closed_high) <= (known[3], right.closed_high) else right
            bottom, top = max(known[0], known[1]), min(known[2], known[3])
            if bottom < top or (bottom == top and low.closed_low and high.closed_high):
                found.append(Piece(low.low, high.high, low.closed_low, high.closed_high))
    return Region(tuple(found), a.name or b.name, a.integers or b.integers)


def merged(found: Region) -> Region:
    """The same set with touching pieces joined and in order, where their ends are numbers."""
    if found.integers:
        return _listed(found)
    ends = [(_order(p.low), _order(p.high), p) for p in found.pieces]
    if any(low is None or high is None for low, high, _ in ends):
        return found
    kept: list[Piece] = []
    last: Fraction | float = 0
    for low, high, piece in sorted(ends, key=lambda end: (end[0], not end[2].closed_low)):
        assert low is not None and high is not None  # noqa: S101, PT018  checked above
        if low > high or (low == high and not (piece.closed_low and piece.closed_high)):
            continue
        if kept and (low < last or (_near(low, last) and (kept[-1].closed_high or piece.closed_low))):
            before = kept[-1]
            if high > last:
                kept[-1] = Piece(before.low, piece.high, before.closed_low, piece.closed_high)
                last = high
            elif _near(high, last):
                kept[-1] = evolve(before, closed_high=before.closed_high or piece.closed_high)
            continue
        kept.append(piece)
        last = high
    return evolve(found, pieces=tuple(kept))


def _near(a: Fraction | float, b: Fraction | float) -> bool:
    if isinstance(a, float) or isinstance(b, float):
        return a == b
    return abs(a - b) <= _CLOSE * max(Fraction(1), abs(a))


def _listed(found: Region) -> Region:
    points: dict[int, None] = {}
    for piece in found.pieces:
        low, high = _order(piece.low), _order(piece.high)
        if not isinstance(low, Fraction) or not isinstance(high, Fraction) or high - low > MAX_INTEGERS:
            return found
        for value in range(int(low) - 1, int(high) + 2):
            inside = (
                low < value < high
                or (value == low and piece.closed_low)
                or (value == high and piece.closed_high)
            )
            if inside:
                points[value] = None
    return Region(tuple(Piece(num(v), num(v), True, True) for v in sorted(points)), found.name)


def same_region(a: Region, b: Region, equal: Equal) -> Answer:
    """Compare by pieces, in any order: ends by value, closure exactly."""
    if a.name and b.name and a.name != b.name and "?" not in (a.name, b.name):
        return Answer(False, "variable")
    a, b = merged(a), merged(b)
    if a.integers != b.integers or len(a.pieces) != len(b.pieces):
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


def points(found: Region) -> list[tuple[Node, bool]]:
    """Numbers that tell `found` from others, each with whether it lies in it: ends, between them,
    beyond.
    """
    found = merged(found)
    ends = [end for piece in found.pieces for end in (piece.low, piece.high) if not shapes.infinity(end)]
    known = sorted({value for end in ends if (value := real_value(end)) is not None})
    inner = [(low + high) / 2 for low, high in pairwise(known)]
    step = Fraction(1, 10**6)
    near = [value + sign * step * max(Fraction(1), abs(value)) for value in known for sign in (-1, 1)]
    outer = (
        [known[0] - 1, known[-1] + 1, known[0] - 10**3, known[-1] + 10**3]
        if known
        else [Fraction(-5), Fraction(7)]
    )
    plain = [Fraction(0), Fraction(1, 3), Fraction(-7, 5), Fraction(22, 7), Fraction(-50), Fraction(50)]
    exact_ends = [(end, _lies(found, value)) for end in ends if (value := real_value(end)) is not None]
    return exact_ends + [(num(value), _lies(found, value)) for value in (*inner, *near, *outer, *plain)]


def _lies(found: Region, value: Fraction) -> bool:
    for piece in found.pieces:
        low, high = _order(piece.low), _order(piece.high)
        if low is None or high is None:
            continue
        if low < value < high and not _near(value, low) and not _near(value, high):
            return True
        if (piece.closed_low and _near(value, low)) or (piece.closed_high and _near(value, high)):
            return True
    return False
