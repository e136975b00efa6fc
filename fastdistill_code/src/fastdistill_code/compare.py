"""Whether two plain values are the same answer. Runs in our process, over values that `wire` has decoded.

Every value here has an exact built-in type, so no candidate's `__eq__` is ever called. Comparers have names
for task files: see `COMPARERS`.
"""

import math
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from attrs import evolve, field, frozen
from attrs.validators import ge, in_, instance_of, optional

from fastdistill_code.output import (
    same_any_order,
    same_exactly,
    same_lines,
    same_tokens,
    same_tokens_any_order,
)
from fastdistill_code.wire_format import Iterated

_NUMBERS = (bool, int, float, complex, Decimal, Fraction)
_MAPPINGS = (dict, Counter, defaultdict, OrderedDict)
_SETS = (set, frozenset)
_LARGE = 10**300
_GREEDY = 1000
"""Items beyond which unordered comparison with a tolerance only pairs sorted numbers."""
_STEPS = 2_000_000
"""Comparisons of parts that pairing items one by one may take; beyond it they are paired in order too."""


@frozen(kw_only=True)
class Margin:
    """How far numbers may lie apart: the widest of the three counts."""

    mixed: float = 0.0
    """Times max(1, |expected|)."""
    relative: float = 0.0
    """Times the larger of both, as `math.isclose` has it."""
    absolute: float = 0.0

    def holds(self, expected: Any, got: Any) -> bool:
        """Whether the numbers are near enough to each other."""
        one, two = complex(expected), complex(got)
        off = abs(one - two)
        most = max(self.mixed * max(1.0, abs(one)), self.relative * max(abs(one), abs(two)), self.absolute)
        return math.isfinite(off) and off <= most


Tolerance = float | Margin | None
"""A float is a `Margin.mixed`."""


def _number(expected: Any, got: Any, tolerance: Tolerance) -> bool:
    if expected == got or (expected != expected and got != got):
        return True
    if tolerance is None or (isinstance(expected, bool) and isinstance(got, bool)):
        return False
    margin = tolerance if isinstance(tolerance, Margin) else Margin(mixed=tolerance)
    try:
        return margin.holds(expected, got)
    except (OverflowError, ValueError):
        return False


def _sign(value: Any) -> float:
    return math.copysign(1.0, value) if type(value) is float else 0.0


def python_equal(expected: Any, got: Any, tolerance: Tolerance = None) -> bool:
    """Python's `==`, but NaN equals NaN, and numbers may differ by `tolerance` * max(1, |expected|)."""
    if type(expected) in _NUMBERS and type(got) in _NUMBERS:
        return _number(expected, got, tolerance)
    return _nested(expected, got, tolerance, python_equal, mixed=False)


def json_equal(expected: Any, got: Any, tolerance: Tolerance = None) -> bool:
    """As `python_equal`, but True is not 1, and a tuple may answer for a list, which is all that JSON
    has.
    """
    if type(expected) in _NUMBERS and type(got) in _NUMBERS:
        return (type(expected) is bool) == (type(got) is bool) and _number(expected, got, tolerance)
    return _nested(expected, got, tolerance, json_equal, mixed=True)


def exact_equal(expected: Any, got: Any, tolerance: Tolerance = None) -> bool:
    """The same types all the way down; 0.0 is not -0.0."""
    if type(expected) is not type(got):
        return False
    if type(expected) in _NUMBERS:
        return _number(expected, got, tolerance) and (expected != 0 or _sign(expected) == _sign(got))
    return _nested(expected, got, tolerance, exact_equal, mixed=False)


Equal = Callable[[Any, Any, Tolerance], bool]


def _nested(expected: Any, got: Any, tolerance: Tolerance, equal: Equal, *, mixed: bool) -> bool:
    kind, other = type(expected), type(got)
    if kind in _MAPPINGS and other in _MAPPINGS:
        if kind is OrderedDict and other is OrderedDict and equal is python_equal:
            return _same_order(expected, got, tolerance)
        return _mappings(expected, got, tolerance, equal)
    if kind in _SETS and other in _SETS:
        return expected == got or (tolerance is not None and unordered(expected, got, tolerance, equal))
    if kind in (list, tuple, deque) and other in (list, tuple, deque) and (mixed or kind is other):
        return len(expected) == len(got) and all(
            equal(one, two, tolerance) for one, two in zip(expected, got, strict=True)
        )
    if kind in (bytes, bytearray) and other in (bytes, bytearray):
        return bytes(expected) == bytes(got)
    return kind is other and bool(expected == got)


def _same_order(expected: Any, got: Any, tolerance: Tolerance) -> bool:
    """Two `OrderedDict`s, whose order counts for Python."""
    return len(expected) == len(got) and all(
        python_equal(one, two, tolerance) for one, two in zip(expected.items(), got.items(), strict=True)
    )


def _mappings(expected: Any, got: Any, tolerance: Tolerance, equal: Equal) -> bool:
    if type(expected) is Counter and type(got) is Counter:  # what is not counted counts as 0
        expected, got = ({k: v for k, v in one.items() if v} for one in (expected, got))
    if equal is json_equal:
        expected, got = _named(expected), _named(got)
    if len(expected) != len(got):
        return False
    for key, value in expected.items():
        if key not in got or not equal(value, got[key], tolerance):
            return False
    return True


def _named(mapping: Any) -> Any:
    """The mapping with its number keys as JSON writes them; as it is when two would be one."""
    if all(type(key) is str for key in mapping):
        return mapping
    named = {_name(key): value for key, value in mapping.items()}
    return named if len(named) == len(mapping) else mapping


def _name(key: Any) -> Any:
    if key is None or type(key) is bool:
        return {None: "null", True: "true", False: "false"}[key]
    return repr(key) if type(key) is float or (type(key) is int and abs(key) < _LARGE) else key


def key_of(value: Any) -> tuple[Any, ...]:
    """A hashable, sortable stand-in: values with equal keys are equal to Python."""
    kind = type(value)
    if kind in (bool, int, float, Fraction):
        nan = value != value
        return (
            "number",
            0 if nan else hash(value),
            "nan" if nan else _digits(value),
        )
    if kind in _MAPPINGS:
        return ("mapping", tuple(sorted((key_of(k), key_of(v)) for k, v in value.items())))
    if kind in _SETS:
        return ("set", tuple(sorted(key_of(item) for item in value)))
    if kind in (list, tuple, deque):
        return (kind.__name__, tuple(key_of(item) for item in value))
    if kind is Iterated:
        return (value.kind, tuple(key_of(item) for item in value.items))
    return (kind.__name__, repr(value))


def _digits(value: Any) -> str:
    """Equal for equal numbers of any type; hexadecimal, for Python writes no long decimals."""
    if type(value) is float and not math.isfinite(value):
        return repr(value)
    exact = Fraction(value)
    return f"{exact.numerator:x}/{exact.denominator:x}"


def _items(value: Any) -> list[Any] | None:
    return list(value) if type(value) in (list, tuple, set, frozenset, deque, Iterated) else None


def _parts(value: Any, most: int) -> int:
    """How many values a value is made of, counted up to `most`."""
    count, waiting = 0, [value]
    while waiting and count < most:
        count += 1
        held = waiting.pop()
        if type(held) in _MAPPINGS:
            waiting.extend(held.values())
        elif type(held) in (list, tuple, set, frozenset, deque):
            waiting.extend(held)
    return count


def unordered(expected: Any, got: Any, tolerance: Tolerance = None, equal: Equal = json_equal) -> bool:
    """The same items as often, in any order, whatever of list, tuple and set holds them."""
    wanted, had = _items(expected), _items(got)
    if wanted is None or had is None:
        return equal(expected, got, tolerance)
    if len(wanted) != len(had):
        return False
    if len(wanted) > _GREEDY or len(wanted) * _parts(wanted, _STEPS) > _STEPS:
        pairs = zip(sorted(wanted, key=key_of), sorted(had, key=key_of), strict=True)
        return all(equal(one, two, tolerance) for one, two in pairs)
    left = list(had)
    for item in wanted:
        place = next((i for i, other in enumerate(left) if equal(item, other, tolerance)), None)
        if place is None:
            return False
        del left[place]
    return True


def _set(expected: Any, got: Any, tolerance: Tolerance = None) -> bool:
    wanted, had = _items(expected), _items(got)
    if wanted is None or had is None:
        return json_equal(expected, got, tolerance)
    return {key_of(item) for item in wanted} == {key_of(item) for item in had}


def _iterated(value: Any) -> list[Any] | None:
    """What Python meets when it goes through the value; None where it cannot."""
    return list(value) if type(value) in (str, bytes, bytearray, *_MAPPINGS) else _items(value)


def _as_list(expected: Any, got: Any, tolerance: Tolerance = None) -> bool:
    wanted, had = _iterated(expected), _iterated(got)
    if wanted is None or had is None:
        return python_equal(expected, got, tolerance)
    return python_equal(wanted, had, tolerance)


def _as_sorted(expected: Any, got: Any, tolerance: Tolerance = None) -> bool:
    wanted, had = _iterated(expected), _iterated(got)
    if wanted is None or had is None:
        return python_equal(expected, got, tolerance)
    try:
        return python_equal(sorted(wanted), sorted(had), tolerance)
    except TypeError:
        return unordered(wanted, had, tolerance, python_equal)


def _as_set(expected: Any, got: Any, tolerance: Tolerance = None) -> bool:
    wanted, had = _iterated(expected), _iterated(got)
    if wanted is None or had is None:
        return python_equal(expected, got, tolerance)
    return _set(wanted, had, tolerance)


def _truth(expected: Any, got: Any, tolerance: Tolerance = None) -> bool:
    return bool(expected) == bool(got)


COMPARERS: dict[str, Equal] = {
    "json": json_equal,
    "python": python_equal,
    "exact": exact_equal,
    "unordered": unordered,
    "set": _set,
    "truth": _truth,
    "text": same_lines,
    "as-list": _as_list,
    "as-sorted": _as_sorted,
    "as-set": _as_set,
    "output-exact": same_exactly,
    "lines": same_lines,
    "tokens": same_tokens,
    "tokens-any-order": same_tokens_any_order,
    "any-order": same_any_order,
}
"""`json` is for call cases, `python` for what was an assert; `as-list` and its like are what `list(answer)
== list(value)` says, over texts and dictionaries too; `text` and the last five compare what is printed."""


@frozen(kw_only=True)
class Match:
    """How an expected value and an answer are compared."""

    comparer: str = field(default="json", validator=in_(tuple(COMPARERS)))
    tolerance: float | None = field(default=None, validator=optional([instance_of(float), ge(0.0)]))
    """Numbers may differ by tolerance * max(1, |expected|)."""
    relative: float = field(default=0.0, validator=ge(0.0))
    absolute: float = field(default=0.0, validator=ge(0.0))
    """As `math.isclose` has them."""

    @property
    def margin(self) -> Tolerance:
        """What numbers may differ by; None where they may not."""
        if not self.relative and not self.absolute:
            return self.tolerance
        return Margin(mixed=self.tolerance or 0.0, relative=self.relative, absolute=self.absolute)

    def same(self, expected: Any, got: Any) -> bool:
        """Whether `got` is the expected answer; False for values too deep to compare."""
        try:
            return COMPARERS[self.comparer](expected, got, self.margin)
        except (RecursionError, TypeError, ArithmeticError):
            return False

    def loosely(self, expected: Any, got: Any) -> bool:
        """As `same`, but numbers may differ by a millionth at least."""
        return evolve(self, tolerance=max(self.tolerance or 0.0, 1e-6)).same(expected, got)
