"""Numeric values of trees as discs, at points of their variables, within a budget of steps."""

import math
from collections.abc import Mapping
from fractions import Fraction
from hashlib import blake2b

from attrs import field, frozen

from fastdistill_math import ball
from fastdistill_math.ball import Ball, Vague
from fastdistill_math.exact import MAX_FACTORIAL, exact, whole
from fastdistill_math.names import APPLIED
from fastdistill_math.tree import Node, NotMath, TooLarge

MAX_TERMS = 2_000
MAX_WORK = 200_000
MAX_ENDLESS, STEADY = 400, 12
_NAMED = APPLIED | frozenset(["phi", "sigma", "tau", "mu", "Phi", "psi", "Omega", "omega", "V", "S", "T"])
"""Names of functions that an answer does not define."""


@frozen
class Point:
    """Values for variables; what is not named has a value that is a hash of its name and `trial`."""

    trial: int = 0
    values: Mapping[str, Fraction] = field(factory=dict)
    integers: frozenset[str] = frozenset()
    """Variables that count something: they stand under a factorial or bound a sum."""
    counted: frozenset[str] = frozenset()
    """Those of them that divide each other: gcd, lcm, mod."""
    stepped: frozenset[str] = frozenset()
    """Variables whose integers, zero and halves matter: under a floor, an absolute value, as an
    exponent of 0.
    """
    complex: frozenset[str] = frozenset()
    """Variables that stand for complex numbers."""
    outside: list[bool] = field(factory=lambda: [False], eq=False)
    """Whether an even root or a logarithm of a negative number took part: outside the real domain."""
    base_ten: bool = False
    """Whether `log` without a base is to base 10."""

    meter: list[int] = field(factory=lambda: [0], eq=False)
    """Work done at this point and at those made from it, in nodes times words of precision."""

    def spend(self) -> None:
        """Charge one node. Raises `TooLarge` when the budget, the same on every machine, is spent."""
        self.meter[0] += 4 + ball.bits() // 64
        if self.meter[0] > MAX_WORK:
            raise TooLarge("evaluating the answer takes too many steps")

    def value(self, name: str) -> Fraction:
        """The value of a variable."""
        if name in self.values:
            return self.values[name]
        seed = int.from_bytes(blake2b(f"{name}|{self.trial}".encode(), digest_size=8).digest())
        if name in self.counted:
            return Fraction(_DIVISIBLE[seed % len(_DIVISIBLE)])
        if name in self.integers:  # both parities, by turns and not all variables alike
            odd = (self.trial + (self.trial >> 1) * (_sign(name) % 2)) % 2
            return Fraction(4 + 2 * (seed % 3) + odd)
        if name in self.stepped and self.trial % 3 == 2:
            return _STEPS[(self.trial // 3 + _sign(name)) % len(_STEPS)]
        size = Fraction(200 + seed % 3001, 1009)
        if name in self.stepped:  # beyond every kink that a textbook writes
            size *= (1, 11, 1, 60)[self.trial % 4]
        return -size if _negative(name, self.trial) else size

    def at(self, name: str, value: int) -> "Point":
        """This point with one more variable fixed."""
        return Point(
            self.trial, {**self.values, name: Fraction(value)}, self.integers, self.counted, self.stepped,
            self.complex, self.outside, self.base_ten, self.meter,
        )  # fmt: skip


_DIVISIBLE = (12, 18, 8, 30, 45, 7, 20, 6, 15, 9)
_STEPS = tuple(Fraction(n, 2) for n in (0, 4, -6, 1, 2, -3, 10, -1))


def _sign(name: str) -> int:
    return blake2b(name.encode(), digest_size=1).digest()[0]


def _negative(name: str, trial: int) -> bool:
    """All positive first, then all negative, then some: never by chance alone."""
    if trial < 2:
        return trial == 1
    return bool((_sign(name) >> (trial % 7)) & 1)


def value(node: Node, at: Point) -> Ball:
    """The ball of `node` at the precision set. Raises `Vague`, `NotMath`, `TooLarge`."""
    at.spend()
    match node.kind:
        case "num" | "dec" | "percent" | "base":
            known = exact(node)
            if known is None:
                return ball.mul(value(node.args[0], at), ball.point(1, 100))
            return ball.fraction(known)
        case "sym":
            known = at.value(node.value)
            real = ball.fraction(known)
            if node.value not in at.complex:
                return real
            other = at.value(f"Im {node.value}")
            return ball.add(real, ball.mul(ball.constant("i"), ball.fraction(other)))
        case "sub":
            index = _integer(node.args[0], at)
            known = at.value(f"{node.value}_{index}")
            return ball.fraction(known)
        case "const":
            if node.value == "inf":
                raise NotMath("infinity has no numeric value")
            if node.value in at.values:  # a sum may count with i
                return ball.point(int(at.values[node.value]))
            return ball.constant(node.value)
        case "add":
            total = value(node.args[0], at)
            for arg in node.args[1:]:
                total = ball.add(total, value(arg, at))
            return total
        case "mul":
            total = value(node.args[0], at)
            for arg in node.args[1:]:
                total = ball.mul(total, value(arg, at))
            return total
        case "neg":
            return ball.neg(value(node.args[0], at))
        case "ratio" if len(node.args) == 2:
            return value(Node("div", node.args), at)
        case "div":
            return ball.mul(value(node.args[0], at), ball.inverse(value(node.args[1], at)))
        case "pow":
            return _power(node, at)
        case "root":
            degree = _integer(node.args[0], at)
            if not 1 <= degree <= 64:
                raise NotMath("a root of that degree")
            inner = value(node.args[1], at)
            if degree % 2 == 0:
                _domain(inner, at)
            return ball.root(inner, degree)
        case "call":
            return _call(node, at)
    raise NotMath(f"no numeric value for {node.kind}")


def _power(node: Node, at: Point) -> Ball:
    base, exponent = node.args
    known = exact(exponent)
    if known is None and (exponent.has("sym", "sub")):
        known = _rational(exponent, at)
    if known is not None and known.denominator <= 64 and abs(known.numerator) < 10**12:
        inner = value(base, at)
        if known.denominator > 1:
            if known.denominator % 2 == 0:
                _domain(inner, at)
            inner = ball.root(inner, known.denominator)
        return ball.power(inner, known.numerator)
    if base == Node("const", (), "e"):
        return ball.exp(value(exponent, at))
    inner = value(base, at)
    _domain(inner, at)
    return ball.exp(ball.mul(value(exponent, at), ball.log(inner)))


def _domain(inner: Ball, at: Point) -> None:
    if ball.is_real(inner) and inner.real < 0:
        at.outside[0] = True


def _rational(node: Node, at: Point) -> Fraction | None:
    return exact(_substituted(node, at))


def _substituted(node: Node, at: Point) -> Node:
    if node.kind == "sym":
        return Node("num", (), at.value(node.value))
    return Node(node.kind, tuple(_substituted(arg, at) for arg in node.args), node.value)


def _integer(node: Node, at: Point) -> int:
    found = whole(node)
    if found is None:
        found = whole(_substituted(node, at))
    if found is None:
        raise NotMath("an integer is needed there")
    return found


def _call(node: Node, at: Point) -> Ball:
    name, args = node.value, node.args
    known = exact(node)
    if known is not None:
        return ball.fraction(known)
    match name:
        case "abs":
            return ball.absolute(value(args[0], at))
        case "exp":
            return ball.exp(value(args[0], at))
        case "ln":
            inner = value(args[0], at)
            _domain(inner, at)
            return ball.log(inner)
        case "log" | "log10":
            inner = value(args[0], at)
            _domain(inner, at)
            top = ball.log(inner)
            if len(args) == 2:
                return ball.mul(top, ball.inverse(ball.log(value(args[1], at))))
            if name == "log10" or at.base_ten:
                return ball.mul(top, ball.inverse(ball.log(ball.point(10))))
            return top
        case "overline":
            inner = value(args[0], at)
            return ball.conjugate(inner)
        case "Re" | "Im" | "re":
            inner = value(args[0], at)
            return ball.imaginary_part(inner) if name == "Im" else ball.real_part(inner)
        case (
            "factorial"
            | "binom"
            | "floor"
            | "ceil"
            | "gcd"
            | "lcm"
            | "max"
            | "min"
            | "mod"
            | "sgn"
            | "factorial2"
        ):
            known = exact(Node("call", tuple(_substituted(arg, at) for arg in args), name))
            if known is None:
                return _counted(name, args, at)
            return ball.fraction(known)
        case "sum" | "prod":
            return _series(node, at)
    if name in _NAMED:
        return _free(name, args, at)
    if len(args) != 1:
        raise NotMath(f"no numeric value for {name}")
    return ball.function(name, value(args[0], at))


def _free(name: str, args: tuple[Node, ...], at: Point) -> Ball:
    """A function that nobody defined: another value for other arguments, the same for the same."""
    known = [_rational(arg, at) for arg in args]
    if any(value is None for value in known):
        raise NotMath(f"no numeric value for {name}")
    seed = int.from_bytes(blake2b(f"{name}|{known}".encode(), digest_size=8).digest())
    return ball.point(200 + seed % 30011, 1009)


def _counted(name: str, args: tuple[Node, ...], at: Point) -> Ball:
    if name in ("max", "min"):
        found = [value(arg, at) for arg in args]
        if not all(map(ball.is_real, found)):
            raise NotMath(f"{name} of a complex number")
        order = sorted((each.real for each in found), key=lambda each: each.mid(), reverse=name == "max")
        if len(order) > 1 and order[0].overlaps(order[1]):
            raise Vague(f"{name} of what may be equal")
        return ball.of_real(order[0])
    if name == "sgn":
        inner = value(args[0], at)
        if not ball.is_real(inner) or ball.has_zero(inner):
            raise Vague("the sign of what may be zero")
        return ball.point(1 if inner.real > 0 else -1)
    if name in ("floor", "ceil"):
        inner = value(args[0], at)
        if not ball.is_real(inner):
            raise NotMath(f"{name} of a complex number")
        step = (inner.real.floor() if name == "floor" else inner.real.ceil()).unique_fmpz()
        if step is None:
            raise Vague(f"{name} at a step")
        return ball.point(int(step))
    integers = [_integer(arg, at) for arg in args]
    if name == "factorial2" and 0 <= integers[0] <= MAX_TERMS:
        return ball.point(math.prod(range(integers[0], 0, -2)))
    if name == "factorial" and 0 <= integers[0] <= MAX_FACTORIAL:
        return ball.point(math.factorial(integers[0]))
    if name == "binom" and 0 <= integers[1] <= integers[0] <= MAX_FACTORIAL:
        return ball.point(math.comb(*integers))
    raise NotMath(f"no numeric value for {name}")


def _series(node: Node, at: Point) -> Ball:
    body, lower, upper = node.args
    if lower.kind != "rel" or lower.value != ("eq",) or lower.args[0].kind not in ("sym", "const"):
        raise NotMath("a sum without a counter")
    name, first = lower.args[0].value, _integer(lower.args[1], at)
    if upper.kind == "const" and upper.value == "inf" and node.value == "sum":
        return _endless(body, name, first, at)
    last = _integer(upper, at)
    if last - first >= MAX_TERMS:
        raise TooLarge(f"a sum of {last - first + 1} terms, at most {MAX_TERMS} are added")
    total = ball.point(0 if node.value == "sum" else 1)
    for step in range(first, last + 1):
        term = value(body, at.at(name, step))
        total = ball.add(total, term) if node.value == "sum" else ball.mul(total, term)
    return total


def _endless(body: Node, name: str, first: int, at: Point) -> Ball:
    """A series whose terms shrink by a tenth each, at least: its rest is below nine times the last term."""
    total, last, steady, enough = ball.point(0), None, 0, -(ball.bits() // 2)
    for step in range(first, first + MAX_ENDLESS):
        term = value(body, at.at(name, step))
        total = ball.add(total, term)
        size = ball.size(term)
        steady = steady + 1 if last is not None and size * 10 <= last * 9 else 0
        last = size
        if steady >= STEADY and ball.small(size, enough):
            return ball.widened(total, size * 9)
    raise NotMath("a series that does not shrink fast enough")
