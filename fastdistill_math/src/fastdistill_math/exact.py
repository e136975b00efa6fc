"""Exact rational values of trees, within a limit on their size; None where a value is not rational."""

import math
from fractions import Fraction

from fastdistill_math.tree import Node, TooLarge, rational

MAX_BITS = 1 << 14
MAX_FACTORIAL = 5_000


def exact(node: Node) -> Fraction | None:
    """The rational value of `node`; None where it has none, is undefined, or has over `MAX_BITS` bits."""
    value = rational(node)
    if value is not None:
        return value
    rule = _RULES.get(node.kind)
    if rule is None:
        return None
    found = rule(node)
    return None if found is None or _bits(found) > MAX_BITS else found


def whole(node: Node) -> int | None:
    """The integer value of `node`, or None."""
    value = exact(node)
    return int(value) if value is not None and value.denominator == 1 else None


def _bits(value: Fraction) -> int:
    return value.numerator.bit_length() + value.denominator.bit_length()


def _add(node: Node) -> Fraction | None:
    total = Fraction(0)
    for arg in node.args:
        value = exact(arg)
        if value is None:
            return None
        total += value
    return total


def _mul(node: Node) -> Fraction | None:
    total = Fraction(1)
    for arg in node.args:
        value = exact(arg)
        if value is None:
            return None
        total *= value
        if _bits(total) > MAX_BITS:
            return None
    return total


def _neg(node: Node) -> Fraction | None:
    value = exact(node.args[0])
    return None if value is None else -value


def _div(node: Node) -> Fraction | None:
    top, bottom = exact(node.args[0]), exact(node.args[1])
    return None if top is None or not bottom else top / bottom


def _ratio(node: Node) -> Fraction | None:
    return _div(node) if len(node.args) == 2 else None


def _pow(node: Node) -> Fraction | None:
    base, exponent = exact(node.args[0]), exact(node.args[1])
    if base is None or exponent is None or (base == 0 and exponent <= 0):
        return None
    if exponent.denominator != 1:
        root = perfect_root(base, exponent.denominator)
        return None if root is None else _power(root, exponent.numerator)
    return _power(base, exponent.numerator)


def _power(base: Fraction, exponent: int) -> Fraction | None:
    if abs(base) in (0, 1):
        return base**exponent if exponent >= 0 or base else None
    if abs(exponent) * max(1, _bits(base) - 2) > MAX_BITS:
        return None
    return base**exponent


def perfect_root(value: Fraction, degree: int) -> Fraction | None:
    """The rational real root of that degree, or None."""
    if value < 0:
        inner = perfect_root(-value, degree) if degree % 2 else None
        return None if inner is None else -inner
    if not 0 < degree <= 64:
        return None
    top, bottom = _integer_root(value.numerator, degree), _integer_root(value.denominator, degree)
    return None if top is None or bottom is None else Fraction(top, bottom)


def _integer_root(value: int, degree: int) -> int | None:
    if degree == 2:
        found = math.isqrt(value)
        return found if found * found == value else None
    low, high = 0, 1 << (value.bit_length() // degree + 1)
    while low <= high:
        middle = (low + high) // 2
        power = middle**degree
        if power == value:
            return middle
        low, high = (middle + 1, high) if power < value else (low, middle - 1)
    return None


def _root(node: Node) -> Fraction | None:
    degree, inner = whole(node.args[0]), exact(node.args[1])
    return None if degree is None or inner is None else perfect_root(inner, degree)


def _call(node: Node) -> Fraction | None:
    values = [exact(arg) for arg in node.args]
    known = [value for value in values if value is not None]
    if len(known) != len(values):
        return None
    name = node.value
    integers = [int(value) for value in known] if all(v.denominator == 1 for v in known) else None
    if name == "abs":
        return abs(known[0])
    if name in ("floor", "ceil"):
        return Fraction(math.floor(known[0]) if name == "floor" else math.ceil(known[0]))
    if name == "sgn":
        return Fraction((known[0] > 0) - (known[0] < 0))
    if name in ("max", "min"):
        return max(known) if name == "max" else min(known)
    if integers is None:
        return None
    if name == "factorial" and integers[0] >= 0:
        if integers[0] > MAX_FACTORIAL:
            raise TooLarge(f"{integers[0]}! is beyond {MAX_FACTORIAL}!")
        return Fraction(math.factorial(integers[0])) if integers[0] < 1500 else None
    if name == "binom" and len(integers) == 2 and integers[1] >= 0:
        if max(map(abs, integers)) > MAX_FACTORIAL:
            raise TooLarge(f"a binomial coefficient over {integers[0]} is beyond {MAX_FACTORIAL}")
        return Fraction(math.comb(integers[0], integers[1])) if integers[0] >= 0 else None
    if name == "mod" and len(integers) == 2 and integers[1]:
        return Fraction(integers[0] % integers[1])
    if name in ("gcd", "lcm"):
        return Fraction(math.gcd(*integers) if name == "gcd" else math.lcm(*integers))
    return None


def _percent(node: Node) -> Fraction | None:
    value = exact(node.args[0])
    return None if value is None else value / 100


def based(node: Node) -> int | None:
    """The value of a number written in a base, or None where a digit is not of that base."""
    digits, base = node.value
    if not 2 <= base <= 36:
        return None
    try:
        return int(digits, base)
    except ValueError:
        return None


def _base(node: Node) -> Fraction | None:
    value = based(node)
    return None if value is None else Fraction(value)


_RULES = {
    "add": _add,
    "mul": _mul,
    "neg": _neg,
    "div": _div,
    "ratio": _ratio,
    "pow": _pow,
    "root": _root,
    "call": _call,
    "percent": _percent,
    "base": _base,
}
