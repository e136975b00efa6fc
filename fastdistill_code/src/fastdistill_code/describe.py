"""A value in a few words, in time that does not grow with the value."""

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from typing import Any

from fastdistill_code.wire_format import Iterated

_OPEN: dict[Any, Any] = {
    list: "[]",
    tuple: "()",
    set: "{}",
    frozenset: ("frozenset({", "})"),
    deque: ("deque([", "])"),
}
_PAIRS: dict[Any, Any] = {
    dict: "{}",
    Counter: ("Counter({", "})"),
    OrderedDict: ("OrderedDict({", "})"),
    defaultdict: ("defaultdict({", "})"),
}
_MOST_BITS = 8000


def brief(value: Any, most: int = 200) -> str:
    """A `repr` of a plain value, cut after `most` characters; what is cut away is never made."""
    parts: list[str] = []
    length = 0
    for part in _parts(value, most, 12):
        parts.append(part)
        length += len(part)
        if length > most:
            break
    text = "".join(parts)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _parts(value: Any, most: int, depth: int) -> Iterator[str]:
    kind = type(value)
    if depth == 0:
        yield "…"
    elif kind in _OPEN:
        yield from _held(value, _OPEN[kind], most, depth)
    elif kind in _PAIRS:
        yield from _pairs(value, _PAIRS[kind], most, depth)
    elif kind is Iterated:
        yield f"<{value.kind} of "
        yield from _parts(value.items, most, depth)
        yield ">" if value.whole else " …>"
    else:
        yield _leaf(value, kind, most)


def _held(value: Any, marks: Any, most: int, depth: int) -> Iterator[str]:
    yield marks[0] if value or type(value) is not set else "set("
    for i, item in enumerate(islice(value, most)):
        yield ", " * bool(i)
        yield from _parts(item, most, depth - 1)
    yield ("," if type(value) is tuple and len(value) == 1 else "") + (
        marks[1] if value or type(value) is not set else ")"
    )


def _pairs(value: Any, marks: Any, most: int, depth: int) -> Iterator[str]:
    yield marks[0]
    for i, (key, item) in enumerate(islice(value.items(), most)):
        yield ", " * bool(i)
        yield from _parts(key, most, depth - 1)
        yield ": "
        yield from _parts(item, most, depth - 1)
    yield marks[1]


def _leaf(value: Any, kind: type, most: int) -> str:
    if kind is int and value.bit_length() > _MOST_BITS:
        return f"<a whole number of {value.bit_length()} bits>"
    if kind is Fraction and max(value.numerator.bit_length(), value.denominator.bit_length()) > _MOST_BITS:
        return "<a fraction of large numbers>"
    if kind in (str, bytes, bytearray) and len(value) > most:
        return repr(value[:most])
    if kind is Decimal and len(value.as_tuple().digits) > most:
        return f"<a Decimal of {len(value.as_tuple().digits)} digits>"
    try:
        return repr(value)
    except (ValueError, RecursionError):
        return f"<{kind.__name__}>"
