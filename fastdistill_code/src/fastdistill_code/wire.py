"""Plain values as bytes, both ways, between us and a process that we do not believe.

`encode` takes a value only when its exact `type()` is one listed here: a subclass is refused, whatever it
says it equals. `decode` reads what an attacker may have written: no pickle, no names looked up, every
count bounded by the bytes at hand, nesting bounded, no crafted hash collisions. Standard library only:
the sandbox's zygote imports this too.
"""

import struct
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

MAX_DEPTH = 100
MAX_EXPONENT = 10_000
MAX_EQUAL_HASHES = 100

_U32 = struct.Struct(">I")
_F64 = struct.Struct(">d")
_C128 = struct.Struct(">dd")


class WireError(ValueError):
    """The value cannot be carried; `reason` says why, `type_name` names what was refused."""

    def __init__(self, reason: Literal["type", "size", "depth"], type_name: str) -> None:
        self.reason, self.type_name = reason, type_name
        super().__init__(f"cannot carry {type_name} ({reason})")


class BadBytes(ValueError):
    """The bytes are not what `encode` writes."""


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
        self.data += tag + _U32.pack(len(body)) + body

    def items(self, tag: bytes, count: int, items: Iterable[Any], depth: int) -> None:
        if depth >= MAX_DEPTH:
            raise WireError("depth", f"nesting over {MAX_DEPTH} levels")
        self.raw(tag, _U32.pack(count))
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
    float: lambda out, value, depth: out.raw(b"f", _F64.pack(value)),
    complex: lambda out, value, depth: out.raw(b"c", _C128.pack(value.real, value.imag)),
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


def decode(data: bytes) -> Any:
    """The value that these bytes hold, all of them; BadBytes when they hold anything else."""
    reader = _In(data)
    try:
        value = reader.get(0)
    except BadBytes:
        raise
    except (ValueError, ArithmeticError, OverflowError, TypeError) as error:
        raise BadBytes(f"no value at byte {reader.at}: {type(error).__name__}") from None
    if reader.at != len(data):
        raise BadBytes(f"{len(data) - reader.at} bytes after the value")
    return value


class _In:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        if count > len(self.data) - self.at:
            raise BadBytes(f"{count} bytes wanted at byte {self.at}, {len(self.data) - self.at} left")
        self.at += count
        return self.data[self.at - count : self.at]

    def sized(self) -> bytes:
        return self.take(int(_U32.unpack(self.take(4))[0]))

    def items(self, depth: int, width: int = 1) -> list[Any]:
        count = int(_U32.unpack(self.take(4))[0])
        if depth >= MAX_DEPTH or count * width > len(self.data) - self.at:
            raise BadBytes(f"{count} items at depth {depth} with {len(self.data) - self.at} bytes left")
        return [self.get(depth + 1) for _ in range(count * width)]

    def get(self, depth: int) -> Any:
        tag = self.take(1)
        read = _READERS.get(tag)
        if read is None:
            raise BadBytes(f"tag {tag!r} at byte {self.at - 1}")
        return read(self, depth)


def _hashable(items: list[Any]) -> list[Any]:
    """The items, when no crowd of them shares one hash, which would cost quadratic time."""
    hashes: dict[int, int] = {}
    for item in items:
        key = hash(item)
        hashes[key] = hashes.get(key, 0) + 1
        if hashes[key] > MAX_EQUAL_HASHES:
            raise BadBytes(f"over {MAX_EQUAL_HASHES} items with one hash")
    return items


def _pairs(reader: _In, depth: int) -> list[tuple[Any, Any]]:
    flat = reader.items(depth, width=2)
    return list(zip(_hashable(flat[::2]), flat[1::2], strict=True))


def _read_mapping(kind: Callable[[], Any]) -> Callable[[_In, int], Any]:
    def read(reader: _In, depth: int) -> Any:
        pairs = _pairs(reader, depth)
        result = kind()
        for key, value in pairs:
            result[key] = value
        return _whole(result, len(pairs))

    return read


def _read_set(kind: Callable[[list[Any]], Any]) -> Callable[[_In, int], Any]:
    def read(reader: _In, depth: int) -> Any:
        items = reader.items(depth)
        return _whole(kind(_hashable(items)), len(items))

    return read


def _whole(result: Any, count: int) -> Any:
    if len(result) != count:
        raise BadBytes("equal keys or items")
    return result


def _parts(reader: _In, depth: int, count: int) -> list[int]:
    parts = reader.items(depth)
    if len(parts) != count or any(type(part) is not int for part in parts):
        raise BadBytes(f"{count} whole numbers wanted")
    return parts


def _fraction(reader: _In, depth: int) -> Fraction:
    numerator, denominator = _parts(reader, depth, 2)
    result = Fraction(numerator, denominator)
    if result.denominator != denominator:
        raise BadBytes("a fraction in lowest terms wanted")
    return result


def _timedelta(reader: _In, depth: int) -> timedelta:
    days, seconds, microseconds = _parts(reader, depth, 3)
    return timedelta(days, seconds, microseconds)


def _read_decimal(reader: _In, depth: int) -> Decimal:
    value = Decimal(reader.sized().decode("ascii"))
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and (abs(exponent) > MAX_EXPONENT or abs(value.adjusted()) > MAX_EXPONENT):
        raise BadBytes("a decimal out of range")
    return value


_READERS: dict[bytes, Callable[[_In, int], Any]] = {
    b"N": lambda reader, depth: None,
    b"T": lambda reader, depth: True,
    b"F": lambda reader, depth: False,
    b"i": lambda reader, depth: int.from_bytes(reader.sized(), "big", signed=True),
    b"f": lambda reader, depth: _F64.unpack(reader.take(8))[0],
    b"c": lambda reader, depth: complex(*_C128.unpack(reader.take(16))),
    b"s": lambda reader, depth: reader.sized().decode("utf-8", "surrogatepass"),
    b"b": lambda reader, depth: reader.sized(),
    b"B": lambda reader, depth: bytearray(reader.sized()),
    b"l": lambda reader, depth: reader.items(depth),
    b"t": lambda reader, depth: tuple(reader.items(depth)),
    b"S": _read_set(set),
    b"Z": _read_set(frozenset),
    b"Q": lambda reader, depth: deque(reader.items(depth)),
    b"d": _read_mapping(dict),
    b"C": _read_mapping(Counter),
    b"D": _read_mapping(defaultdict),
    b"O": _read_mapping(OrderedDict),
    b"m": _read_decimal,
    b"r": _fraction,
    b"y": lambda reader, depth: date.fromisoformat(reader.sized().decode("ascii")),
    b"Y": lambda reader, depth: datetime.fromisoformat(reader.sized().decode("ascii")),
    b"e": _timedelta,
}
