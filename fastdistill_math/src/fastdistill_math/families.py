"""Answers with parameters: what only declares a letter, and letters whose name does not matter.

`x = pi/4 + k pi, k in Z` says the same with n for k; `x^2 + C` the same with K for C.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import permutations

from attrs import frozen

from fastdistill_math.identity import free, identical
from fastdistill_math.linear import put
from fastdistill_math.quantity import real_value
from fastdistill_math.tree import Node, num

_CONSTANTS = frozenset(["C", "K", "c", "D"])
_COUNTERS = frozenset(["n", "k", "m", "l", "N", "p", "q"])
_PARAMETERS = frozenset(
    ["s", "t", "r", "u", "v", "k", "n", "m", "a", "b", "c", "lambda", "mu", "alpha", "beta"]
)
_INTEGERS = frozenset(["Z", "N"])
_ORDER = frozenset(["lt", "le", "gt", "ge", "ne"])


@frozen
class Family:
    """A value, the letters that it declares as parameters, and what it declares of them."""

    value: Node
    parameters: frozenset[str] = frozenset()
    conditions: tuple[Node, ...] = ()
    integers: bool = False


def declared(node: Node) -> Family:
    """Take declarations off a value; a value without any is itself."""
    if node.kind == "given":
        value, *rest = node.args
        found = [part for each in rest for part in (each.args if each.kind == "list" else (each,))]
        integers = bool(node.value) or any(_over_integers(each) for each in found)
        return Family(value, _subjects(found) - _named(value), tuple(found), integers)
    if node.kind == "list" and len(node.args) > 1:
        values = [arg for arg in node.args if not _declares(arg, node.args)]
        rest = [arg for arg in node.args if _declares(arg, node.args)]
        if rest and values:
            value = values[0] if len(values) == 1 else Node("list", tuple(values))
            integers = any(map(_over_integers, rest))
            return Family(value, _subjects(rest) - _named(value), tuple(rest), integers)
    return Family(node)


def _declares(node: Node, all_: tuple[Node, ...]) -> bool:
    """Whether an item of a list only says where a letter of another item lives."""
    if node.kind != "rel" or len(node.args) > 3:
        return False
    member = node.value == ("in",) and node.args[0].kind in ("sym", "list")
    bounds = set(node.value) <= _ORDER
    if not (member or bounds):
        return False
    letters = _subjects([node])
    if not letters:
        return False
    others = [each for each in all_ if each is not node and not _is_condition(each)]
    return any(letters & free(_side(each)) for each in others) and not any(
        letters & _named(each) for each in others
    )


def _is_condition(node: Node) -> bool:
    return node.kind == "rel" and bool(set(node.value) & (_ORDER | {"in"}))


def _side(node: Node) -> Node:
    return node.args[-1] if node.kind == "rel" else node


def _named(node: Node) -> frozenset[str]:
    if node.kind == "list":
        return frozenset(name for arg in node.args for name in _named(arg))
    if node.kind == "rel" and node.args[0].kind == "sym":
        return frozenset([node.args[0].value])
    return frozenset()


def _subjects(conditions: list[Node]) -> frozenset[str]:
    return frozenset(
        part.value
        for each in conditions
        for part in each.walk()
        if part.kind == "sym" and part.value not in "RZNQC"
    )


def _over_integers(node: Node) -> bool:
    return any(p.kind == "sym" and p.value in _INTEGERS for p in node.walk()) and "in" in (node.value or ())


def renamings(gold: Family, answer: Family) -> Iterator[Node]:
    """The answer's value with its parameters called as the gold's, in every way that may be meant."""
    ours, theirs = free(gold.value), free(answer.value)
    left, right = sorted(ours - theirs), sorted(theirs - ours)
    if not left or len(left) != len(right) or len(left) > 3:
        return
    stated = gold.parameters | answer.parameters
    loose = gold.value.kind in ("matrix", "seq") or answer.value.kind in ("matrix", "seq")
    for order in permutations(right):
        if all(_exchangeable(a, b, stated, loose, gold, answer) for a, b in zip(left, order, strict=True)):
            yield renamed(answer.value, dict(zip(order, left, strict=True)))


def _exchangeable(
    ours: str, theirs: str, stated: frozenset[str], loose: bool, gold: Family, answer: Family
) -> bool:
    if ours in stated or theirs in stated:
        return (ours in gold.parameters or ours in _COUNTERS | _PARAMETERS) and (
            theirs in answer.parameters or theirs in _COUNTERS | _PARAMETERS
        )
    if constant(ours) and constant(theirs):
        return True
    periodic = any(p.kind == "const" and p.value == "pi" for p in gold.value.walk())
    if periodic and ours in _COUNTERS and theirs in _COUNTERS:
        return True
    return loose and ours in _PARAMETERS and theirs in _PARAMETERS


def constant(name: str) -> bool:
    """Whether a letter is one that people give to a constant of integration."""
    head, _, index = name.partition("_")
    return head in _CONSTANTS | {"A", "B"} and (not index or index.isdigit())


def may_be_one(gold: Node, answer: Node) -> bool:
    """Whether both sides hold letters that may be constants, and others besides."""
    return all(len(found) > 1 and any(map(constant, found)) for found in (free(gold), free(answer)))


def renamed(node: Node, names: dict[str, str]) -> Node:
    """`node` with letters exchanged."""
    if node.kind in ("sym", "sub") and node.value in names:
        return Node(node.kind, node.args, names[node.value])
    return Node(node.kind, tuple(renamed(arg, names) for arg in node.args), node.value)


def progression(value: Node, letter: str) -> tuple[Node, Node] | None:
    """`a + b k` as its start and step; None where it is not linear in the letter."""
    start, one = put(value, letter, num(0)), put(value, letter, num(1))
    step = Node("add", (one, Node("neg", (start,))))
    third = put(value, letter, num(5))
    line = Node("add", (start, Node("mul", (num(5), step))))
    return (start, step) if identical(third, line).equal else None


def same_progression(a: Node, b: Node, letter: str) -> bool | None:
    """Whether two progressions over all integers hold the same numbers; None where it cannot be told."""
    ours, theirs = progression(a, letter), progression(b, letter)
    if ours is None or theirs is None:
        return None
    minus = Node("neg", (theirs[1],))
    same_step = identical(ours[1], theirs[1]).equal or identical(ours[1], minus).equal
    if not same_step:
        return False
    gap, step = real_value(Node("add", (ours[0], Node("neg", (theirs[0],))))), real_value(ours[1])
    if gap is None or not step:
        return None
    times = gap / step
    nearest = Fraction(round(times))
    shifted = Node("add", (theirs[0], Node("mul", (num(nearest), ours[1]))))
    return bool(abs(times - nearest) < Fraction(1, 10**9) and identical(ours[0], shifted).equal)
