"""The exact encoding of values: round trips, refusals, and a decoder that an attacker writes to."""

import contextlib
import math
import time
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fastdistill_code import wire

hashable = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters())
    | st.binary()
    | st.complex_numbers(allow_nan=False)
    | st.fractions()
    | st.decimals(allow_nan=False, min_value=-(10**9), max_value=10**9)
    | st.dates()
    | st.datetimes().map(lambda moment: moment.replace(fold=0))  # fold is not carried
    | st.timedeltas(),
    lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3),
    max_leaves=8,
)
plain = st.recursive(
    hashable,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(hashable, inner, max_size=4)
        | st.sets(hashable, max_size=4)
        | st.lists(inner, max_size=3).map(deque)
        | st.binary().map(bytearray)
    ),
    max_leaves=12,
)


def shape(value: object) -> object:
    """The value with its exact types spelt out, so that 1, True and 1.0 differ."""
    if isinstance(value, dict):
        return type(value), [(shape(k), shape(v)) for k, v in value.items()]
    if isinstance(value, list | tuple | deque):
        return type(value), [shape(item) for item in value]
    if isinstance(value, set | frozenset):
        return type(value), sorted(repr(shape(item)) for item in value)
    return type(value), repr(value)


@given(plain)
@example("\ud800")
@example([True, 1, 1.0, -0.0, math.inf, 1 << 5000, -(1 << 63)])
def test_what_is_encoded_comes_back_with_its_exact_types(value: object):
    assert shape(wire.decode(wire.encode(value))) == shape(value)


def test_nan_and_library_mappings_come_back():
    assert math.isnan(wire.decode(wire.encode(math.nan)))
    for value in (Counter("aab"), OrderedDict([(2, 1), (1, 2)]), Decimal("NaN"), Decimal("-Infinity")):
        assert shape(wire.decode(wire.encode(value))) == shape(value)
    counted = wire.decode(wire.encode(defaultdict(int, a=1)))
    assert type(counted) is defaultdict
    assert counted.default_factory is None


class Sub(int):
    pass


class Colour(IntEnum):
    RED = 1


Pair = namedtuple("Pair", "a b")


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (Sub(1), "Sub"),
        ([Sub(1)], "Sub"),
        ({"a": {1: Sub(1)}}, "Sub"),
        (Colour.RED, "Colour"),
        (Pair(1, 2), "Pair"),
        (iter([]), "list_iterator"),
        (range(3), "range"),
        (object(), "object"),
        (int, "type"),
        (datetime(2020, 1, 1, tzinfo=timezone.utc), "datetime with tzinfo"),  # noqa: UP017 - as candidates write it
    ],
)
def test_anything_but_an_exact_plain_type_is_refused_by_name(value: object, name: str):
    with pytest.raises(wire.WireError) as caught:
        wire.encode(value)
    assert (caught.value.reason, caught.value.type_name) == ("type", name)


def test_cycles_depth_and_size_are_refused():
    cycle = []
    cycle.append(cycle)
    with pytest.raises(wire.WireError, match="depth"):
        wire.encode(cycle)
    for large in ("x" * 2000, b"x" * 2000, [0] * 2000, 1 << 20_000, [["x" * 300]] * 5):
        with pytest.raises(wire.WireError, match="size"):
            wire.encode(large, 1000)
    with pytest.raises(wire.WireError, match="size"):
        wire.encode(Decimal("1e99999"))


@given(st.binary(max_size=200))
def test_no_bytes_make_the_decoder_do_anything_but_answer_or_refuse(data: bytes):
    try:
        value = wire.decode(data)
    except wire.BadBytes:
        return
    wire.encode(value)


@given(plain, st.data())
def test_damaged_bytes_are_read_or_refused(value: object, data: st.DataObject):
    encoded = bytearray(wire.encode(value))
    at = data.draw(st.integers(0, len(encoded) - 1))
    encoded[at] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(wire.BadBytes):
        wire.decode(bytes(encoded))


def _sized(tag: bytes, body: bytes) -> bytes:
    return tag + len(body).to_bytes(4, "big") + body


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"?",
        b"NN",
        b"l\xff\xff\xff\xff",
        b"d\x80\x00\x00\x00" + b"N" * 100,
        b"l\0\0\0\1" * 10_000 + b"N",
        b"S\0\0\0\1l\0\0\0\0",
        b"d\0\0\0\2TN" + _sized(b"i", b"\1") + b"N",
        b"S\0\0\0\2" + _sized(b"s", b"a") * 2,
        b"r\0\0\0\2" + _sized(b"i", b"\1") + _sized(b"i", b"\0"),
        b"r\0\0\0\2" + _sized(b"i", b"\2") + _sized(b"i", b"\4"),
        b"r\0\0\0\2" + _sized(b"s", b"1") * 2,
        b"e\0\0\0\3" + _sized(b"i", b"\x7f" * 20) * 3,
        _sized(b"m", b"1e999999999"),
        _sized(b"m", b"abc"),
        _sized(b"y", b"2020-99-99"),
        _sized(b"s", b"\xff"),
    ],
)
def test_crafted_bytes_are_refused(data: bytes):
    with pytest.raises(wire.BadBytes):
        wire.decode(data)


def test_crafted_hash_collisions_cost_little():
    modulus = (1 << 61) - 1
    data = wire.encode({i * modulus for i in range(1, 2000)})
    started = time.process_time()
    with pytest.raises(wire.BadBytes, match="hash"):
        wire.decode(data)
    assert time.process_time() - started < 1


def test_dates_and_fractions_keep_their_value():
    value = [date(2024, 2, 29), datetime(1, 1, 1, 2, 3, 4, 5), timedelta(-1, 5, 7), Fraction(-3, 7)]
    assert wire.decode(wire.encode(value)) == value
