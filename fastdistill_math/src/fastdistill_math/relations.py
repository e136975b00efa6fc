"""Equations and inequalities: equal when one is the other times a nonzero (a positive) constant."""

from collections.abc import Callable
from fractions import Fraction

from fastdistill_math.equal import Answer
from fastdistill_math.linear import put
from fastdistill_math.quantity import real_value
from fastdistill_math.residue import PRIME, Residues
from fastdistill_math.tree import Node, NotMath

Equal = Callable[[Node, Node], bool | None]
_FLIPPED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}
_POINTS = ((3, 7, 11, 2), (5, -2, 4, 13), (-8, 9, -3, 6))


def same_relation(gold: Node, answer: Node, equal: Equal) -> Answer:
    """Compare two chains of relations, also read from right to left."""
    if len(gold.args) != len(answer.args):
        return Answer(False, "relation")
    straight = _sidewise(gold, answer, equal)
    if straight.equal:
        return straight
    flipped = Node("rel", gold.args[::-1], tuple(_FLIPPED.get(name, name) for name in gold.value[::-1]))
    reverse = _sidewise(flipped, answer, equal)
    if reverse.equal:
        return reverse
    if len(gold.args) == 2:
        return _multiples(gold, answer)
    return Answer(None if None in (straight.equal, reverse.equal) else False, "relation")


def _sidewise(gold: Node, answer: Node, equal: Equal) -> Answer:
    if gold.value != answer.value:
        return Answer(False, "relation")
    found = [equal(a, b) for a, b in zip(gold.args, answer.args, strict=True)]
    if False in found:
        return Answer(False, "relation")
    return Answer(None if None in found else True, "relation")


def _difference(node: Node) -> Node:
    return Node("add", (node.args[0], Node("neg", (node.args[1],))))


def _multiples(gold: Node, answer: Node) -> Answer:
    left, right = _difference(gold), _difference(answer)
    if gold.value[0] in ("eq", "ne"):
        if gold.value != answer.value:
            return Answer(False, "relation")
        return _proportional(numerator(left), numerator(right))
    if gold.value != answer.value:
        if _FLIPPED.get(gold.value[0]) != answer.value[0]:
            return Answer(False, "relation")
        left = Node("neg", (left,))
    found = _proportional(left, right)
    if not found.equal:
        return found
    signs = {_sign(left, right, point) for point in _POINTS} - {None}
    return Answer(signs == {1} if signs else None, "multiple")


def numerator(node: Node) -> Node:
    """What must vanish for `node` to vanish: `y/x - 2` as `y - 2x`."""
    return _fraction(node)[0]


def _fraction(node: Node) -> tuple[Node, Node]:
    one = Node("num", (), Fraction(1))
    match node.kind:
        case "neg":
            top, bottom = _fraction(node.args[0])
            return Node("neg", (top,)), bottom
        case "div":
            (a, b), (c, d) = map(_fraction, node.args)
            return Node("mul", (a, d)), Node("mul", (b, c))
        case "mul":
            parts = [_fraction(arg) for arg in node.args]
            return Node("mul", tuple(top for top, _ in parts)), Node(
                "mul", tuple(bottom for _, bottom in parts)
            )
        case "add" if node.has("div"):
            parts = [_fraction(arg) for arg in node.args[:8]]
            if len(parts) < len(node.args):
                return node, one
            terms = [Node("mul", (top, *(other for k, (_, other) in enumerate(parts) if k != at)))
                     for at, (top, _) in enumerate(parts)]  # fmt: skip
            return Node("add", tuple(terms)), Node("mul", tuple(bottom for _, bottom in parts))
    return node, one


def _proportional(a: Node, b: Node) -> Answer:
    """Test a(p) b(q)^k = a(q) b(p)^k at two random points, which holds only for multiples and powers."""
    here, there = Residues(), Residues(salt=1)
    try:
        ap, bp, aq, bq = here.of(a), here.of(b), there.of(a), there.of(b)
    except NotMath:
        return Answer(None, "undecided")
    if 0 in (ap, bp):
        return Answer(ap == bp, "multiple")
    letters = a.has("sym", "sub", "call") and b.has("sym", "sub", "call")
    for times, to in ((1, 1), (2, 1), (1, 2), (3, 1), (1, 3)):
        if (
            pow(ap, to, PRIME) * pow(bq, times, PRIME) - pow(aq, to, PRIME) * pow(bp, times, PRIME)
        ) % PRIME == 0:
            return Answer(letters, "multiple")
    return Answer(False if here.decisive else None, "multiple")


def _sign(a: Node, b: Node, point: tuple[int, ...]) -> int | None:
    """The sign of a / b at a point; None where either vanishes or cannot be told."""
    names = sorted({n.value for n in (*a.walk(), *b.walk()) if n.kind == "sym"})
    found = 1
    for node in (a, b):
        for at, name in enumerate(names):
            node = put(
                node, name, Node("num", (), Fraction(point[at % len(point)] + 17 * (at // len(point))))
            )
        value = real_value(node)
        if not value:
            return None
        found *= 1 if value > 0 else -1
    return found


def canonical_multiple(node: Node) -> str:
    """One string for an equation and its multiples: the ratio of its difference at two random points."""
    difference = _difference(node)
    here, there = Residues().of(difference), Residues(salt=1).of(difference)
    return f"{here * pow(there, -1, PRIME) % PRIME:x}" if there else "0"
