"""Interval arithmetic on complex balls, by FLINT's Arb: every value holds its error.

Two values are different when their difference's ball excludes zero. No absolute cut-off is ever used:
10^-20 and 10^-30 differ however small they are. Arb encloses; here stand the conventions (real roots of
negative numbers), the limits, and what is too wide to go on with.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction

from flint import acb, arb, ctx, fmpq, fmpz

from fastdistill_math.tree import NotMath, TooLarge

Ball = acb
MAX_ARGUMENT = 2_000
"""Bits of a function's argument."""
_MAX_EXPONENT = 10**7


class Vague(NotMath):
    """The ball is too wide to tell, at this precision."""


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Calculate to that many bits inside; FLINT keeps the number for the thread."""
    before, ctx.prec = ctx.prec, bits
    try:
        yield
    finally:
        ctx.prec = before


def bits() -> int:
    """The precision of the calculation, in bits."""
    return ctx.prec


def has_zero(a: Ball) -> bool:
    """Whether zero is among the values."""
    return a.contains(0)


def is_real(a: Ball) -> bool:
    """Whether all values are real: every rule keeps reals real."""
    return a.imag.is_zero()


def below(a: Ball, power: int) -> bool:
    """Whether the error is under 2^`power` for certain."""
    return small(a.real.rad(), power) and small(a.imag.rad(), power)


def small(a: arb, power: int) -> bool:
    """Whether a size is under 2^`power` for certain."""
    return a < arb((1, power))


def widened(a: Ball, error: arb) -> Ball:
    """The ball with an error on top of its own."""
    room = arb(0, error.upper())
    return acb(a.real + room) if is_real(a) else a + acb(room, room)


def of_real(a: arb) -> Ball:
    """A real value among the complex ones."""
    return acb(a)


def known_to(a: Ball, relative: int) -> bool:
    """Whether a real value's error is under 2^-`relative` of it."""
    return a.real.rad() <= abs(a.real.mid()) * arb((1, -relative))


def size(a: Ball) -> arb:
    """The largest absolute value, without an error."""
    return a.abs_upper()


def middle(a: Ball) -> tuple[int, int]:
    """Mantissa and power of two of the real midpoint."""
    mantissa, power = a.real.mid().man_exp()
    return int(mantissa), int(power)


def _made(found: Ball) -> Ball:
    if not found.is_finite():
        raise Vague("a value is not finite")
    return found


def point(top: int, bottom: int = 1) -> Ball:
    """A rational number."""
    return acb(fmpq(top, bottom)) if bottom != 1 else acb(arb(fmpz(top)))


def fraction(value: Fraction) -> Ball:
    """A rational number."""
    return point(value.numerator, value.denominator)


def constant(name: str) -> Ball:
    """pi, e or i."""
    if name == "i":
        return acb(0, 1)
    return acb(arb.pi() if name == "pi" else arb.const_e())


def add(a: Ball, b: Ball) -> Ball:
    """A + b."""
    return a + b


def neg(a: Ball) -> Ball:
    """-a."""
    return -a


def mul(a: Ball, b: Ball) -> Ball:
    """A b."""
    return a * b


def inverse(a: Ball) -> Ball:
    """1 / a. Raises `Vague` where a may be zero."""
    if has_zero(a):
        raise Vague("a divisor may be zero")
    return _made(1 / a)


def power(a: Ball, exponent: int) -> Ball:
    """A to an integer power."""
    return _made(a**exponent) if exponent >= 0 else power(inverse(a), -exponent)


def root(a: Ball, degree: int) -> Ball:
    """The real root where there is one, also of a negative number for an odd degree; else the principal."""
    if has_zero(a):
        wide = arb(0, size(a).root(degree).upper())
        return acb(wide) if is_real(a) and degree % 2 else acb(wide, wide)
    if is_real(a) and a.real < 0 and degree % 2:
        return -root(-a, degree)
    return _made(a.root(degree))


def log(a: Ball) -> Ball:
    """The natural logarithm. Raises `Vague` where a may be zero."""
    if has_zero(a):
        raise Vague("the logarithm of what may be zero")
    return _made(a.log())


def exp(a: Ball) -> Ball:
    """E to the power of a."""
    if a.real.mid() > _MAX_EXPONENT:
        raise TooLarge("the exponential of a huge number")
    return _made(a.exp())


def absolute(a: Ball) -> Ball:
    """|a|."""
    return acb(abs(a))


def conjugate(a: Ball) -> Ball:
    """The conjugate."""
    return a.conjugate()


def real_part(a: Ball) -> Ball:
    """The real part."""
    return acb(a.real)


def imaginary_part(a: Ball) -> Ball:
    """The imaginary part."""
    return acb(a.imag)


_FUNCTIONS: dict[str, Callable[[acb], acb]] = {
    "sin": acb.sin, "cos": acb.cos, "tan": acb.tan, "cot": acb.cot, "sec": acb.sec, "csc": acb.csc,
    "sinh": acb.sinh, "cosh": acb.cosh, "tanh": acb.tanh, "coth": acb.coth, "sech": acb.sech,
    "csch": acb.csch, "arcsin": acb.asin, "arccos": acb.acos, "arctan": acb.atan, "arcsinh": acb.asinh,
    "arccosh": acb.acosh, "arctanh": acb.atanh,
}  # fmt: skip


def function(name: str, a: Ball) -> Ball:
    """A smooth elementary function. Raises `Vague` at a pole, `NotMath` for a name that is none."""
    if name not in _FUNCTIONS:
        raise NotMath(f"no numeric value for {name}")
    if abs(a.real.mid()) > arb((1, MAX_ARGUMENT)):
        raise TooLarge(f"{name} of a huge number")
    return _made(_FUNCTIONS[name](a))
