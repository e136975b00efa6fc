"""Finite sets of integers told by a rule, `{x in Z : |x| < 3}`, `{2n : n = 1, 2, 3}`, as their elements."""

from fastdistill_math.conditions import holds
from fastdistill_math.identity import free
from fastdistill_math.linear import put
from fastdistill_math.tree import Node, NotMath, num

_NEAR = range(-60, 61)
_FAR = (-(10**9), -(10**6), -(10**4), -1000, -300, -100, 100, 300, 1000, 10**4, 10**6, 10**9)
"""Numbers of which none may be in a set that is listed."""
_PLAIN = frozenset(["rel", "list", "or", "num", "sym", "add", "mul", "neg", "pow", "div", "call", "dec"])
_INTEGERS = ("Z", "N")


def built(node: Node) -> Node:
    """The set that `node` tells by a rule over the integers, where it is finite; else `node` itself."""
    if node.kind == "given" and node.args[1:]:
        value, *rest = node.args
        told = [part for each in rest for part in (each.args if each.kind == "list" else (each,))]
    elif node.kind == "list" and any(map(_member, node.args)):
        value, told = _subject(node), list(node.args)
    else:
        return node
    letters = free(value)
    if len(letters) != 1 or value.kind in ("rel", "list", "prose"):
        return node
    (letter,) = letters
    places = _places(letter, told)
    return node if places is None else Node("set", tuple(put(value, letter, num(at)) for at in places))


def _member(node: Node) -> bool:
    return (
        node.kind == "rel"
        and node.value == ("in",)
        and node.args[0].kind == "sym"
        and node.args[1].kind == "sym"
        and node.args[1].value in _INTEGERS
    )


def _subject(node: Node) -> Node:
    return next(arg.args[0] for arg in node.args if _member(arg))


def _places(letter: str, told: list[Node]) -> list[int] | None:
    """The integers that meet what is told of the letter; None where these may be endless or unclear."""
    first = told[0]
    if first.kind == "rel" and first.value == ("eq",) and first.args[0] == Node("sym", (), letter):
        listed = [first.args[1], *told[1:]]
        if all(each.kind == "num" and each.value.denominator == 1 for each in listed):
            return [int(each.value) for each in listed]
        return None
    members = [each for each in told if _member(each)]
    rules = [each for each in told if not _member(each)]
    if not members or not rules or any(each.args[0].value != letter for each in members):
        return None
    if any(each.kind != "rel" or not each.kinds <= _PLAIN or free(each) != {letter} for each in rules):
        return None
    natural = any(each.args[1].value == "N" for each in members)
    found = []
    for at in (*_NEAR, *_FAR):
        if natural and at < 1:
            continue
        try:
            met = [holds(rule, letter, num(at)) for rule in rules]
        except NotMath:
            return None
        if None in met:
            return None
        if all(met):
            found.append(at)
    return None if any(at in _FAR for at in found) else found
