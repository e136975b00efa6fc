"""Plain values to bytes; see `wire`."""

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from fastdistill_code.wire_format import (
    C128,
    F64,
    MAX_DEPTH,
    MAX_EXPONENT,
    U32,
    WireError,
)


def encode(value: Any, limit: int = 1 << 26) -> bytes:
    """The value's bytes, at most `limit` of them; WireError when it is too large, too deep or not plain."""
    out = _Out(limit)
    out.put(value, 0)
    return bytes(out.data)


class _Out:
    def __init__(self, limit: int) -> None:
        self.data = bytearray()
        self.limit = limit

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
        self.raw(tag, U32.pack(count))
        for item in items:
            self.put(item, depth + 1)

    def put(self, value: Any, depth: int) -> None:
        write = _WRITERS.get(type(value))
        if write is None:
            raise WireError("type", type.__dict__["__name__"].__get__(type(value)))
        write(self, value, depth)


def _int(out: _Out, value: int, depth: int) -> None:
    size = value.bit_length() // 8 + 1
    if size > out.limit:
        raise WireError("size", "int")
    out.sized(b"i", value.to_bytes(size, "big", signed=True))


def _text(out: _Out, value: str, depth: int) -> None:
    if len(value) > out.limit:
        raise WireError("size", "str")
    out.sized(b"s", value.encode("utf-8", "surrogatepass"))


def _decimal(out: _Out, value: Decimal, depth: int) -> None:
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and (abs(exponent) > MAX_EXPONENT or abs(value.adjusted()) > MAX_EXPONENT):
        raise WireError("size", "Decimal")
    out.sized(b"m", str(value).encode("ascii"))


def _datetime(out: _Out, value: datetime, depth: int) -> None:
    if value.tzinfo is not None:
        raise WireError("type", "datetime with tzinfo")
    out.sized(b"Y", value.isoformat().encode("ascii"))


def _sequence(tag: bytes) -> Callable[["_Out", Any, int], None]:
    return lambda out, value, depth: out.items(tag, len(value), value, depth)


def _mapping(tag: bytes, kind: type) -> Callable[["_Out", Any, int], None]:
    def write(out: _Out, value: Any, depth: int) -> None:
        pairs = kind.items(value)  # type: ignore[attr-defined]
        out.items(tag, len(pairs), (part for pair in pairs for part in pair), depth)

    return write


_WRITERS: dict[type, Callable[[_Out, Any, int], None]] = {
    type(None): lambda out, value, depth: out.raw(b"N", b""),
    bool: lambda out, value, depth: out.raw(b"T" if value else b"F", b""),
    int: _int,
    float: lambda out, value, depth: out.raw(b"f", F64.pack(value)),
    complex: lambda out, value, depth: out.raw(b"c", C128.pack(value.real, value.imag)),
    str: _text,
    bytes: lambda out, value, depth: out.sized(b"b", value),
    bytearray: lambda out, value, depth: out.sized(b"B", value),
    list: _sequence(b"l"),
    tuple: _sequence(b"t"),
    set: _sequence(b"S"),
    frozenset: _sequence(b"Z"),
    deque: _sequence(b"Q"),
    dict: _mapping(b"d", dict),
    Counter: _mapping(b"C", dict),
    defaultdict: _mapping(b"D", dict),
    OrderedDict: _mapping(b"O", OrderedDict),
    Decimal: _decimal,
    Fraction: lambda out, value, depth: out.items(b"r", 2, (value.numerator, value.denominator), depth),
    date: lambda out, value, depth: out.sized(b"y", value.isoformat().encode("ascii")),
    datetime: _datetime,
    timedelta: lambda out, value, depth: out.items(
        b"e", 3, (value.days, value.seconds, value.microseconds), depth
    ),
}
