"""Equations and inequalities: equal when one is the other times a nonzero (a positive) constant."""

from collections.abc import Callable
from fractions import Fraction

from fastdistill_math.exact import exact
from fastdistill_math.identity import Answer
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
        return _proportional(left, right) if gold.value == answer.value else Answer(False, "relation")
    if gold.value != answer.value:
        if _FLIPPED.get(gold.value[0]) != answer.value[0]:
            return Answer(False, "relation")
        left = Node("neg", (left,))
    ratios = {_ratio(left, right, point) for point in _POINTS}
    ratio = next(iter(ratios))
    return Answer(len(ratios) == 1 and ratio is not None and ratio > 0, "multiple")


def _proportional(a: Node, b: Node) -> Answer:
    """a(p) b(q) = a(q) b(p) at two random points holds only for multiples."""
    here, there = Residues(), Residues(salt=1)
    try:
        ap, bp, aq, bq = here.of(a), here.of(b), there.of(a), there.of(b)
    except NotMath:
        return Answer(None, "undecided")
    if 0 in (ap, bp):
        return Answer(ap == bp, "multiple")
    if (ap * bq - aq * bp) % PRIME == 0:
        return Answer(a.has("sym", "sub", "call") and b.has("sym", "sub", "call"), "multiple")
    return Answer(False if here.decisive else None, "multiple")


def _ratio(a: Node, b: Node, point: tuple[int, ...]) -> Fraction | None:
    names = sorted({n.value for n in (*a.walk(), *b.walk()) if n.kind == "sym"})
    if len(names) > len(point):
        return None
    values = dict(zip(names, point, strict=False))
    top, bottom = exact(_put(a, values)), exact(_put(b, values))
    return None if top is None or not bottom else top / bottom


def _put(node: Node, values: dict[str, int]) -> Node:
    if node.kind == "sym":
        return Node("num", (), Fraction(values[node.value]))
    return Node(node.kind, tuple(_put(arg, values) for arg in node.args), node.value)


def canonical_multiple(node: Node) -> str:
    """One string for an equation and its multiples: the ratio of its difference at two random points."""
    difference = _difference(node)
    here, there = Residues().of(difference), Residues(salt=1).of(difference)
    return f"{here * pow(there, -1, PRIME) % PRIME:x}" if there else "0"
