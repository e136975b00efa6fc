"""Interval arithmetic on complex discs: a midpoint of any precision and a radius that holds the error.

Two values are different when their difference's disc excludes zero. Each rule bounds its own error, so no
absolute cut-off is ever used: 10^-20 and 10^-30 differ however small they are.
"""

from collections.abc import Callable
from typing import Any

from attrs import frozen

from fastdistill_math.precision import mp
from fastdistill_math.tree import NotMath, TooLarge

MAX_ARGUMENT = 2_000
"""Bits of a function's argument."""


class Vague(NotMath):
    """The disc is too wide to tell, at this precision."""


@frozen
class Ball:
    """All complex numbers within `rad` of `mid`."""

    mid: Any
    rad: Any

    @property
    def has_zero(self) -> bool:
        """Whether zero is among them."""
        return bool(abs(self.mid) <= self.rad)

    @property
    def real(self) -> bool:
        """Whether the midpoint is real; every rule keeps reals real."""
        return bool(mp.im(self.mid) == 0)


def _made(mid: Any, rad: Any) -> Ball:
    if not (mp.isfinite(mid) and mp.isfinite(rad)):
        raise Vague("a value is not finite")
    if mp.im(mid) == 0:
        mid = mp.re(mid)
    return Ball(mid, rad + abs(mid) * mp.ldexp(1, 3 - mp.prec))


def point(top: int, bottom: int = 1) -> Ball:
    """A rational number."""
    return _made(mp.mpf(top) / bottom, mp.mpf(0))


def constant(name: str) -> Ball:
    """pi, e or i."""
    return _made({"pi": +mp.pi, "e": +mp.e, "i": mp.mpc(0, 1)}[name], mp.mpf(0))


def add(a: Ball, b: Ball) -> Ball:
    """A + b."""
    return _made(a.mid + b.mid, a.rad + b.rad)


def neg(a: Ball) -> Ball:
    """-a."""
    return Ball(-a.mid, a.rad)


def mul(a: Ball, b: Ball) -> Ball:
    """A b."""
    return _made(a.mid * b.mid, abs(a.mid) * b.rad + abs(b.mid) * a.rad + a.rad * b.rad)


def inverse(a: Ball) -> Ball:
    """1 / a. Raises `Vague` where a may be zero."""
    if a.has_zero:
        raise Vague("a divisor may be zero")
    size = abs(a.mid)
    return _made(1 / a.mid, a.rad / (size * (size - a.rad)))


def power(a: Ball, exponent: int) -> Ball:
    """A to an integer power."""
    if exponent < 0:
        return power(inverse(a), -exponent)
    if exponent == 0:
        return point(1)
    mid = a.mid**exponent
    size = abs(a.mid)
    if a.has_zero:
        return _made(mp.mpf(0), (size + a.rad) ** exponent)
    growth = mp.expm1(exponent * mp.log1p(a.rad / size)) if a.rad else mp.mpf(0)
    return _made(mid, abs(mid) * (growth + exponent.bit_length() * mp.ldexp(1, 4 - mp.prec)))


def root(a: Ball, degree: int) -> Ball:
    """The real root where there is one, also of a negative number for an odd degree; else the principal."""
    if a.has_zero:
        return Ball(mp.mpf(0), mp.root(abs(a.mid) + a.rad, degree))
    if a.real and a.mid < 0 and degree % 2:
        return neg(root(neg(a), degree))
    mid = mp.root(a.mid, degree)
    size = abs(a.mid)
    return _made(mid, abs(mid) * a.rad / (degree * (size - a.rad)))


def log(a: Ball) -> Ball:
    """The natural logarithm. Raises `Vague` where a may be zero."""
    if a.has_zero:
        raise Vague("the logarithm of what may be zero")
    return _made(mp.log(a.mid), -mp.log1p(-a.rad / abs(a.mid)))


def exp(a: Ball) -> Ball:
    """E to the power of a."""
    if mp.re(a.mid) > 10**7:
        raise TooLarge("the exponential of a huge number")
    mid = mp.exp(a.mid)
    return _made(mid, abs(mid) * mp.expm1(a.rad))


def absolute(a: Ball) -> Ball:
    """|a|."""
    return _made(abs(a.mid), a.rad)


_SLOPES: dict[str, Callable[[Any], Any]] = {
    "sin": lambda z: abs(mp.cos(z)) + abs(mp.sin(z)),
    "cos": lambda z: abs(mp.cos(z)) + abs(mp.sin(z)),
    "tan": lambda z: 1 + abs(mp.tan(z)) ** 2,
    "cot": lambda z: 1 + abs(mp.cot(z)) ** 2,
    "sec": lambda z: abs(mp.sec(z)) * (1 + abs(mp.tan(z))),
    "csc": lambda z: abs(mp.csc(z)) * (1 + abs(mp.cot(z))),
    "sinh": lambda z: abs(mp.cosh(z)) + abs(mp.sinh(z)),
    "cosh": lambda z: abs(mp.cosh(z)) + abs(mp.sinh(z)),
    "tanh": lambda z: 1 + abs(mp.tanh(z)) ** 2,
    "arcsin": lambda z: 1 / mp.sqrt(abs(1 - z * z)),
    "arccos": lambda z: 1 / mp.sqrt(abs(1 - z * z)),
    "arctan": lambda z: 1 / abs(1 + z * z),
}
_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "sin": mp.sin, "cos": mp.cos, "tan": mp.tan, "cot": mp.cot, "sec": mp.sec, "csc": mp.csc,
    "sinh": mp.sinh, "cosh": mp.cosh, "tanh": mp.tanh,
    "arcsin": mp.asin, "arccos": mp.acos, "arctan": mp.atan,
}  # fmt: skip


def function(name: str, a: Ball) -> Ball:
    """A smooth elementary function; its error is the slope's, doubled, while the disc is narrow."""
    if name not in _FUNCTIONS:
        raise NotMath(f"no numeric value for {name}")
    if abs(a.mid) > mp.ldexp(1, MAX_ARGUMENT):
        raise TooLarge(f"{name} of a huge number")
    if a.rad > mp.ldexp(1, -16):
        raise Vague(f"the argument of {name} is not known well enough")
    try:
        mid, slope = _FUNCTIONS[name](a.mid), _SLOPES[name](a.mid)
    except ZeroDivisionError:
        if name in ("arcsin", "arccos"):
            return _made(_FUNCTIONS[name](a.mid), 2 * mp.sqrt(2 * a.rad))
        raise Vague(f"{name} has a pole there") from None
    return _made(mid, 2 * slope * a.rad)
