"""The expression tree that answers are parsed into: plain data, no arithmetic, no sympy.

Kinds and what they hold (`args`; `value`):

    num      a rational number                      value: Fraction
    dec      the same, written as a decimal         value: (Fraction, significant digits, places)
    sym      a variable or a name                   value: str
    sub      a name with an expression as index     args: index; value: str
    const    pi, e, i, inf                          value: str
    add mul  terms, factors                         args
    neg div pow                                     args
    root     args: degree, radicand
    call     a function or operator                 args; value: its name
    pm       a value of either sign                 args: left, right; value: "pm" or "mp"
    percent  args: number
    unit     args: number; value: the words behind it
    compound quantities to be added                 args: unit nodes
    ratio    a : b : c                              args
    cong     a residue class                        args: residue, modulus; value: the name before it
    time     a time of day                          value: (seconds, half of the day or "", text)
    date     a day of a year                        value: (year or 0, month, day)
    given    a value with declarations              args: the value, what is declared; value: integers or
    not
    prose    words among formulas                   args: formulas; value: words, "#" for each formula
    base     a number written in a base             value: (digits, base)
    seq      (a, b) or [a, b]: tuple, interval or vector; value: the two brackets
    set list union inter minus                      args
    matrix   args: row nodes
    row      args: entries
    rel      a chain of relations                   args: its sides; value: tuple of relation names
    or       alternatives joined by "or"            args
    cases    piecewise                              args: value, condition, value, condition, ...
    text     words                                  value: str
"""

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from typing import Any

from attrs import frozen


class NotMath(ValueError):
    """The text cannot be read as mathematics."""


class TooLarge(ValueError):
    """The text asks for more work than the limits allow."""


@frozen
class Node:
    """One node of an answer; see the module's table."""

    kind: str
    args: tuple["Node", ...] = ()
    value: Any = None

    def walk(self) -> Iterator["Node"]:
        """This node and all below it."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(node.args)

    def has(self, *kinds: str) -> bool:
        """Whether a node of one of these kinds is here or below."""
        return not self.kinds.isdisjoint(kinds)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of this node and all below it; kept, because every rule asks."""
        return frozenset([node.kind for node in self.walk()])


def num(value: int | Fraction) -> Node:
    """A rational number."""
    return Node("num", (), Fraction(value))


def rational(node: Node) -> Fraction | None:
    """The value of a numeral, also a negated one; None for anything else."""
    if node.kind == "num":
        return node.value  # type: ignore[no-any-return]
    if node.kind == "dec":
        return node.value[0]  # type: ignore[no-any-return]
    if node.kind == "neg":
        inner = rational(node.args[0])
        return None if inner is None else -inner
    return None


def depth(node: Node) -> int:
    """How many levels `node` has; needs no recursion, so that it can guard what does."""
    most, level = 0, [node]
    while level:
        most += 1
        level = [arg for each in level for arg in each.args]
    return most
