r"""Sums that dots leave out: `1+3+\cdots+(2n-1)` as the sum over k of 1 + 2k.

The terms that are written must say one rule: the same shape, whose numbers grow by equal steps up to the
last term, or one ratio. Where they do not, nothing is guessed.
"""

from collections.abc import Sequence
from itertools import pairwise

from fastdistill_math.exact import exact
from fastdistill_math.identity import identical
from fastdistill_math.tree import Node, NotMath, num

_INDEX = Node("sym", (), "index")
_NUMBERS = ("num", "neg")
_MOST = 1_000
"""Terms of a sum between numbers."""


def dotted(terms: Sequence[Node], last: Node) -> Node:
    r"""The sum of `terms`, what dots stand for, and `last`. Raises `NotMath` where they say no rule."""
    found = _stepwise(terms, last) or _by_ratio(terms, last)
    if found is None:
        raise NotMath("the terms before the dots say no rule")
    rule, top = found
    known = exact(top)
    if known is None:
        return Node("call", (rule, Node("rel", (_INDEX, num(0)), ("eq",)), top), "sum")
    if known.denominator != 1 or not len(terms) <= known < _MOST:
        raise NotMath("the last term is none of the sum's")
    return Node("add", tuple(_at(rule, num(step)) for step in range(int(known) + 1)))


def _at(rule: Node, value: Node) -> Node:
    if rule == _INDEX:
        return value
    return Node(rule.kind, tuple(_at(arg, value) for arg in rule.args), rule.value)


def _stepwise(terms: Sequence[Node], last: Node) -> tuple[Node, Node] | None:
    """The term of a place counted from 0, and the last place; None where no steps are equal."""
    if len(terms) < 2 or (len(terms) == 2 and last.has("pow") and not terms[1].has("pow")):
        return None
    tops: list[Node] = []
    rule = _rule(terms[0], terms[1], last, tops)
    if rule is None or not tops or any(not identical(tops[0], top).equal for top in tops[1:]):
        return None
    fits = all(identical(_at(rule, num(at)), term).equal for at, term in enumerate(terms))
    return (rule, tops[0]) if fits else None


def _rule(first: Node, second: Node, last: Node, tops: list[Node]) -> Node | None:
    """One shape for all; numbers that differ become `u + d k`, and `tops` gets each one's last place."""
    low, high = exact(first), exact(second)
    if first.kind in _NUMBERS and second.kind in _NUMBERS and low is not None and high is not None:
        if low == high:
            return first if first == last else None
        step = num(high - low)
        tops.append(Node("div", (Node("add", (last, Node("neg", (first,)))), step)))
        return Node("add", (first, Node("mul", (step, _INDEX))))
    alike = first.kind == second.kind == last.kind and first.value == second.value == last.value
    if not alike or not len(first.args) == len(second.args) == len(last.args):
        return None
    if not first.args:
        return first
    args = [_rule(*each, tops) for each in zip(first.args, second.args, last.args, strict=True)]
    known = [arg for arg in args if arg is not None]
    return Node(first.kind, tuple(known), first.value) if len(known) == len(args) else None


def _by_ratio(terms: Sequence[Node], last: Node) -> tuple[Node, Node] | None:
    """The same for terms with one ratio, of which three at least are written."""
    if len(terms) < 3:
        return None
    ratio = terms[1] if exact(terms[0]) == 1 else Node("div", (terms[1], terms[0]))
    pairs = pairwise(terms[1:])
    if not all(identical(Node("mul", (one, ratio)), other).equal for one, other in pairs):
        return None
    rule = Node("mul", (terms[0], Node("pow", (ratio, _INDEX))))
    top = _exponent(terms[0], ratio, last)
    return None if top is None else (rule, top)


def _exponent(first: Node, ratio: Node, last: Node) -> Node | None:
    """The last place: where `last` is a power of the ratio, or a number that some power gives."""
    value, start, factor = exact(last), exact(first), exact(ratio)
    if value is not None and start and factor is not None:
        for place in range(200):
            if start * factor**place == value:
                return num(place)
        return None
    if last.kind != "pow" or not identical(last.args[0], ratio).equal:
        return None
    if start == 1:
        return last.args[1]
    return Node("add", (last.args[1], num(-1))) if identical(first, ratio).equal else None
