"""Bytes of an untrusted writer to plain values; see `wire`."""

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from fastdistill_code.wire_format import (
    C128,
    F64,
    MAX_DEPTH,
    MAX_EQUAL_HASHES,
    MAX_EXPONENT,
    U32,
    BadBytes,
)


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
        return self.take(int(U32.unpack(self.take(4))[0]))

    def items(self, depth: int, width: int = 1) -> list[Any]:
        count = int(U32.unpack(self.take(4))[0])
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
    b"f": lambda reader, depth: F64.unpack(reader.take(8))[0],
    b"c": lambda reader, depth: complex(*C128.unpack(reader.take(16))),
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
