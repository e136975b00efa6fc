"""Bytes of an untrusted writer to plain values; see `wire`."""

import sys
from array import array
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
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
    U32,
    BadBytes,
    Budget,
    Iterated,
)


def decode(data: bytes, budget: Budget | None = None) -> Any:
    """The value that these bytes hold, all of them; BadBytes when they hold anything else.

    It takes from `budget` (that of one value unless given); Exhausted, a BadBytes, when that is spent.
    """
    reader = _In(data, budget or Budget())
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
    def __init__(self, data: bytes, budget: Budget) -> None:
        self.data, self.at, self.budget = data, 0, budget

    def take(self, count: int) -> bytes:
        if count > len(self.data) - self.at:
            raise BadBytes(f"{count} bytes wanted at byte {self.at}, {len(self.data) - self.at} left")
        self.at += count
        return self.data[self.at - count : self.at]

    def sized(self, cost: int = 1) -> bytes:
        body = self.take(int(U32.unpack(self.take(4))[0]))
        self.budget.spend(0, cost * len(body))
        return body

    def count(self, depth: int, width: int) -> int:
        count = int(U32.unpack(self.take(4))[0])
        if depth >= MAX_DEPTH or count * width > len(self.data) - self.at:
            raise BadBytes(f"{count} items at depth {depth} with {len(self.data) - self.at} bytes left")
        self.budget.spend(0, 8 * count * width)
        return count

    def items(self, depth: int) -> list[Any]:
        return [self.get(depth + 1) for _ in range(self.count(depth, 1))]

    def get(self, depth: int) -> Any:
        tag = self.take(1)
        read = _READERS.get(tag)
        if read is None:
            raise BadBytes(f"tag {tag!r} at byte {self.at - 1}")
        self.budget.spend(1, COSTS.get(tag, COST))
        return read(self, depth)

    def hashed(self, depth: int, width: int) -> list[Any]:
        """Items of which every `width`th is hashed, the cost of equal hashes counted before."""
        flat: list[Any] = []
        groups: dict[int, tuple[int, int]] = {}
        crowded = False
        for _ in range(self.count(depth, width)):
            start = self.at
            key = self.get(depth + 1)
            size, value = self.at - start, hash(key)
            held, largest = groups.get(value, (0, 0))
            groups[value] = held + 1, max(largest, size)
            crowded = crowded or held > 0
            flat.append(key)
            if width == 2:
                flat.append(self.get(depth + 1))
        if crowded:
            self.budget.collide(groups)
        return flat


def _read_mapping(kind: Callable[[], Any]) -> Callable[[_In, int], Any]:
    def read(reader: _In, depth: int) -> Any:
        flat = reader.hashed(depth, 2)
        result = kind()
        for key, value in zip(flat[::2], flat[1::2], strict=True):
            result[key] = value
        return _whole(result, len(flat) // 2)

    return read


def _read_set(kind: Callable[[list[Any]], Any]) -> Callable[[_In, int], Any]:
    def read(reader: _In, depth: int) -> Any:
        items = reader.hashed(depth, 1)
        return _whole(kind(items), len(items))

    return read


def _whole(result: Any, count: int) -> Any:
    if len(result) != count:
        raise BadBytes("equal keys or items")
    return result


def _parts(reader: _In, depth: int, count: int, most: int = 64) -> list[int]:
    """Whole numbers of at most `most` bytes; looked at before they are used."""
    if reader.count(depth, 1) != count:
        raise BadBytes(f"{count} whole numbers wanted")
    parts = []
    for _ in range(count):
        tag, body = reader.take(1), reader.sized()
        if tag != b"i" or len(body) > most:
            raise BadBytes(f"{count} whole numbers of at most {most} bytes wanted")
        parts.append(int.from_bytes(body, "big", signed=True))
    return parts


def _fraction(reader: _In, depth: int) -> Fraction:
    numerator, denominator = _parts(reader, depth, 2, MAX_FRACTION + 1)
    result = Fraction(numerator, denominator)
    if result.denominator != denominator:
        raise BadBytes("a fraction in lowest terms wanted")
    return result


def _timedelta(reader: _In, depth: int) -> timedelta:
    days, seconds, microseconds = _parts(reader, depth, 3)
    return timedelta(days, seconds, microseconds)


def _read_decimal(reader: _In, depth: int) -> Decimal:
    text = reader.sized().decode("ascii")
    if len(text) > MAX_DIGITS + 32:
        raise BadBytes("a decimal out of range")
    value = Decimal(text)
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and (abs(exponent) > MAX_EXPONENT or abs(value.adjusted()) > MAX_EXPONENT):
        raise BadBytes("a decimal out of range")
    return value


def _packed(reader: _In, depth: int) -> "array[Any]":
    body = reader.sized(cost=5)
    code = body[:1].decode("ascii")
    if code not in ("q", "d"):
        raise BadBytes(f"packed {code!r}")
    words = array(code)
    words.frombytes(body[1:])
    if sys.byteorder == "big":
        words.byteswap()
    return words


def _iterated(reader: _In, depth: int) -> Iterated:
    match reader.items(depth):
        case [str(kind), bool(whole), list(items)]:
            return Iterated(kind[:100], items, whole=whole)
    raise BadBytes("a kind, whether it is whole, and items wanted")


def _aware(kind: Any) -> Callable[[_In, int], Any]:
    return lambda reader, depth: kind.fromisoformat(reader.sized().decode("ascii"))


_READERS: dict[bytes, Callable[[_In, int], Any]] = {
    b"N": lambda reader, depth: None,
    b"T": lambda reader, depth: True,
    b"F": lambda reader, depth: False,
    b"i": lambda reader, depth: int.from_bytes(reader.sized(), "big", signed=True),
    b"f": lambda reader, depth: F64.unpack(reader.take(8))[0],
    b"c": lambda reader, depth: complex(*C128.unpack(reader.take(16))),
    b"s": lambda reader, depth: reader.sized(cost=4).decode("utf-8", "surrogatepass"),
    b"b": lambda reader, depth: reader.sized(),
    b"B": lambda reader, depth: bytearray(reader.sized()),
    b"l": lambda reader, depth: reader.items(depth),
    b"t": lambda reader, depth: tuple(reader.items(depth)),
    b"p": lambda reader, depth: list(_packed(reader, depth)),
    b"P": lambda reader, depth: tuple(_packed(reader, depth)),
    b"S": _read_set(set),
    b"Z": _read_set(frozenset),
    b"Q": lambda reader, depth: deque(reader.items(depth)),
    b"d": _read_mapping(dict),
    b"C": _read_mapping(Counter),
    b"D": _read_mapping(defaultdict),
    b"O": _read_mapping(OrderedDict),
    b"m": _read_decimal,
    b"r": _fraction,
    b"y": _aware(date),
    b"Y": _aware(datetime),
    b"h": _aware(time),
    b"e": _timedelta,
    b"I": _iterated,
}
