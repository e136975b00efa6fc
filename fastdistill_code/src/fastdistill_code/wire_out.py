"""Plain values to bytes; see `wire`."""

import sys
from array import array
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from typing import Any

from fastdistill_code.wire_format import (
    C128,
    COST,
    COSTS,
    F64,
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_EXPONENT,
    MAX_FRACTION,
    MAX_YIELDED,
    PACK_FROM,
    U32,
    Budget,
    Exhausted,
    Iterated,
    WireError,
)


def encode(value: Any, limit: int = 1 << 26) -> bytes:
    """The value's bytes, at most `limit` of them; WireError when it is too large, too deep or not plain.

    A subclass counts as the plain value that it holds, unless it says itself what it equals.
    """
    out = _Out(limit)
    try:
        out.put(value, 0)
    except Exhausted:
        raise WireError("size", "value") from None
    return bytes(out.data)


class _Out:
    def __init__(self, limit: int) -> None:
        self.data = bytearray()
        self.limit = limit
        self.budget = Budget()

    def raw(self, tag: bytes, body: bytes) -> None:
        if len(self.data) + len(body) + 5 > self.limit:
            raise WireError("size", "value")
        self.data += tag
        self.data += body

    def sized(self, tag: bytes, body: bytes | bytearray) -> None:
        if len(self.data) + len(body) + 5 > self.limit:
            raise WireError("size", "value")
        self.data += tag + U32.pack(len(body)) + body

    def items(self, tag: bytes, count: int, items: Iterable[Any], depth: int) -> None:
        if depth >= MAX_DEPTH:
            raise WireError("depth", f"nesting over {MAX_DEPTH} levels")
        self.budget.spend(0, COSTS[tag] - COST + 8 * count)
        self.raw(tag, U32.pack(count))
        for item in items:
            self.put(item, depth + 1)

    def hashed(self, tag: bytes, count: int, keys: list[Any], items: Iterable[Any], depth: int) -> None:
        """Items of which `keys` are hashed: what equal hashes cost the reader is counted."""
        hashes = list(map(hash, keys))
        groups: dict[int, tuple[int, int]] = {}
        crowded = len(set(hashes)) < len(keys)
        if crowded:
            for key, value in zip(keys, hashes, strict=True):
                held, size = groups.get(value, (0, 0))
                groups[value] = held + 1, max(size, len(encode(key)))
            self.budget.collide(groups)
        self.items(tag, count, items, depth)

    def put(self, value: Any, depth: int) -> None:
        self.budget.spend(1, COST)
        write = _WRITERS.get(type(value))
        if write is None:
            write = _as_base(type(value)) or _as_iterator(type(value)) or _as_array(type(value))
        if write is None:
            raise WireError("type", type.__dict__["__name__"].__get__(type(value)))
        write(self, value, depth)


Write = Callable[["_Out", Any, int], None]


def _as_array(kind: type) -> Write | None:
    """How numpy's arrays and numbers are written, where it is lent: as lists and plain numbers."""
    numpy = sys.modules.get("numpy")
    if numpy is None or not (kind is numpy.ndarray or issubclass(kind, numpy.generic)):
        return None
    return lambda out, value, depth: out.put(value.tolist(), depth)


def _as_base(kind: type) -> Write | None:
    """How a subclass is written that inherits its `==`: as the plain value that it holds."""
    for base in type.__dict__["__mro__"].__get__(kind)[1:]:
        if base in _WRITERS:
            own = kind.__eq__ is not base.__eq__ or kind.__ne__ is not base.__ne__
            return None if own or base not in _COPIES else _copied(_WRITERS[base], _COPIES[base])
    return None


def _copied(write: Write, copy: Callable[[Any], Any]) -> Write:
    return lambda out, value, depth: write(out, copy(value), depth)


_COPIES: dict[type, Callable[[Any], Any]] = {
    int: lambda value: int.__add__(value, 0),
    float: lambda value: float.__add__(value, 0.0) if value else float.__pos__(value),
    str: lambda value: str.__str__(value) if type(value) is str else "".join(str.__iter__(value)),
    list: lambda value: list(list.__iter__(value)),
    tuple: lambda value: tuple(tuple.__iter__(value)),
    dict: lambda value: dict(dict.items(value)),
    defaultdict: lambda value: dict(dict.items(value)),
    Counter: lambda value: dict(dict.items(value)),
    OrderedDict: lambda value: OrderedDict(OrderedDict.items(value)),
    set: lambda value: set(set.__iter__(value)),
    frozenset: lambda value: frozenset(frozenset.__iter__(value)),
    deque: lambda value: deque(deque.__iter__(value)),
}
"""The plain value in a subclass's, by the plain type's own methods."""

_VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()), range)


def _as_iterator(kind: type) -> Write | None:
    """How what only yields items is written: generators and iterators of the language, views, ranges."""
    module = type.__dict__["__module__"].__get__(kind)
    if module not in ("builtins", "itertools") or (kind not in _VIEWS and not hasattr(kind, "__next__")):
        return None

    def write(out: _Out, value: Any, depth: int) -> None:
        items = list(islice(iter(value), MAX_YIELDED + 1))
        whole = len(items) <= MAX_YIELDED
        content = (kind.__name__, whole, items[:MAX_YIELDED])
        out.items(b"I", 3, content, depth)

    return write


def _int(out: _Out, value: int, depth: int) -> None:
    size = value.bit_length() // 8 + 1
    if size > out.limit:
        raise WireError("size", "int")
    out.budget.spend(0, size)
    out.sized(b"i", value.to_bytes(size, "big", signed=True))


def _text(out: _Out, value: str, depth: int) -> None:
    if len(value) > out.limit:
        raise WireError("size", "str")
    body = value.encode("utf-8", "surrogatepass")
    out.budget.spend(0, 4 * len(body))
    out.sized(b"s", body)


def _decimal(out: _Out, value: Decimal, depth: int) -> None:
    _, digits, exponent = value.as_tuple()
    far = isinstance(exponent, int) and max(abs(exponent), abs(value.adjusted())) > MAX_EXPONENT
    if far or len(digits) > MAX_DIGITS:
        raise WireError("size", "Decimal")
    out.sized(b"m", str(value).encode("ascii"))


def _fraction(out: _Out, value: Fraction, depth: int) -> None:
    parts = value.numerator, value.denominator
    if max(part.bit_length() for part in parts) // 8 >= MAX_FRACTION:
        raise WireError("size", "Fraction")
    out.items(b"r", 2, parts, depth)


def _moment(tag: bytes) -> Write:
    """A date and time, or a time of day: with a zone as its distance from UTC."""

    def write(out: _Out, value: datetime | time, depth: int) -> None:
        offset = value.utcoffset()
        if value.tzinfo is not None and offset is None:
            raise WireError("type", "time with a zone that has no offset")
        zone = None if offset is None else timezone(offset)
        out.sized(tag, value.replace(tzinfo=zone).isoformat().encode("ascii"))

    return write


def _sequence(tag: bytes, packed: bytes) -> Write:
    def write(out: _Out, value: Any, depth: int) -> None:
        if len(value) >= PACK_FROM and depth < MAX_DEPTH and (body := _packed(value)) is not None:
            out.budget.spend(0, 5 * len(body) + COSTS[tag])
            out.sized(packed, body)
        else:
            out.items(tag, len(value), value, depth)

    return write


def _packed(value: Any) -> bytes | None:
    """The items as machine words, when all are whole numbers that fit, or all are floats."""
    kinds = set(map(type, value))
    if len(kinds) != 1 or not kinds <= {int, float}:
        return None
    try:
        words = array("d" if float in kinds else "q", value)
    except OverflowError:
        return None
    if sys.byteorder == "big":
        words.byteswap()
    return words.typecode.encode() + words.tobytes()


def _set(tag: bytes) -> Write:
    return lambda out, value, depth: out.hashed(tag, len(value), list(value), value, depth)


def _mapping(tag: bytes, kind: type) -> Write:
    def write(out: _Out, value: Any, depth: int) -> None:
        pairs = kind.items(value)  # type: ignore[attr-defined]
        parts = (part for pair in pairs for part in pair)
        out.hashed(tag, len(pairs), [key for key, _ in pairs], parts, depth)

    return write


_WRITERS: dict[type, Write] = {
    type(None): lambda out, value, depth: out.raw(b"N", b""),
    bool: lambda out, value, depth: out.raw(b"T" if value else b"F", b""),
    int: _int,
    float: lambda out, value, depth: out.raw(b"f", F64.pack(value)),
    complex: lambda out, value, depth: out.raw(b"c", C128.pack(value.real, value.imag)),
    str: _text,
    bytes: lambda out, value, depth: out.sized(b"b", value),
    bytearray: lambda out, value, depth: out.sized(b"B", value),
    list: _sequence(b"l", b"p"),
    tuple: _sequence(b"t", b"P"),
    set: _set(b"S"),
    frozenset: _set(b"Z"),
    deque: lambda out, value, depth: out.items(b"Q", len(value), value, depth),
    dict: _mapping(b"d", dict),
    Counter: _mapping(b"C", dict),
    defaultdict: _mapping(b"D", dict),
    OrderedDict: _mapping(b"O", OrderedDict),
    Decimal: _decimal,
    Fraction: _fraction,
    date: lambda out, value, depth: out.sized(b"y", value.isoformat().encode("ascii")),
    datetime: _moment(b"Y"),
    time: _moment(b"h"),
    timedelta: lambda out, value, depth: out.items(
        b"e", 3, (value.days, value.seconds, value.microseconds), depth
    ),
    Iterated: lambda out, value, depth: out.items(
        b"I", 3, (value.kind, value.whole, list(value.items)), depth
    ),
}
