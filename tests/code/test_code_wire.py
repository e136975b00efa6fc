"""The exact encoding of values: round trips, refusals, and a decoder that an attacker writes to."""

import contextlib
import itertools
import math
import time
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from datetime import UTC, date, datetime, timedelta, timezone
from datetime import time as dtime
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fastdistill_code import wire
from fastdistill_code.describe import brief

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
def test_what_is_encoded_comes_back_with_its_exact_types(value: object) -> None:
    assert shape(wire.decode(wire.encode(value))) == shape(value)


def test_nan_and_library_mappings_come_back() -> None:
    assert math.isnan(wire.decode(wire.encode(math.nan)))
    for value in (Counter("aab"), OrderedDict([(2, 1), (1, 2)]), Decimal("NaN"), Decimal("-Infinity")):
        assert shape(wire.decode(wire.encode(value))) == shape(value)
    counted = wire.decode(wire.encode(defaultdict(int, a=1)))
    assert type(counted) is defaultdict
    assert counted.default_factory is None


class Sub(int):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


class Plain(int):
    pass


class Text(str):
    __slots__ = ()


class Colour(IntEnum):
    RED = 1


Pair = namedtuple("Pair", "a b")


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (Sub(1), "Sub"),
        ([Sub(1)], "Sub"),
        ({"a": {1: Sub(1)}}, "Sub"),
        (object(), "object"),
        (int, "type"),
    ],
)
def test_anything_but_an_exact_plain_type_is_refused_by_name(value: object, name: str) -> None:
    with pytest.raises(wire.WireError) as caught:
        wire.encode(value)
    assert (caught.value.reason, caught.value.type_name) == ("type", name)


def test_a_subclass_that_inherits_its_equality_is_the_value_that_it_holds() -> None:
    held = [Plain(7), Colour.RED, Pair(1, [2]), Text("a"), OrderedDict(a=1), {Plain(3): Pair(0, 0)}]
    assert shape(wire.decode(wire.encode(held))) == shape(
        [7, 1, (1, [2]), "a", OrderedDict(a=1), {3: (0, 0)}]
    )


@pytest.mark.parametrize(
    ("value", "kind", "items"),
    [
        ((n * n for n in range(3)), "generator", [0, 1, 4]),
        (iter([1]), "list_iterator", [1]),
        (range(2), "range", [0, 1]),
        ({"a": 1}.keys(), "dict_keys", ["a"]),
        ({"a": 1}.items(), "dict_items", [("a", 1)]),
        (map(str, [1]), "map", ["1"]),
        (itertools.chain([1], [2]), "chain", [1, 2]),
    ],
)
def test_what_yields_items_is_told_as_such(value: object, kind: str, items: list[object]) -> None:
    told = wire.decode(wire.encode(value))
    assert told == wire.Iterated(kind, items)
    assert (list(told), told == items) == (items, False)


def test_an_endless_iterator_is_cut_and_says_so() -> None:
    told = wire.decode(wire.encode(itertools.count()))
    assert (told.whole, told.items[:3]) == (False, [0, 1, 2])


def test_times_keep_their_zone_as_an_offset() -> None:
    east = timezone(timedelta(hours=5, minutes=30))
    for moment in (datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, 2, tzinfo=east), dtime(1, 2, 3)):
        assert wire.decode(wire.encode(moment)) == moment


@pytest.mark.parametrize(
    "value",
    [
        list(range(-4, 40)),
        tuple(range(9)),
        [0.5, -0.0] * 8,
        [1 << 70, *range(20)],
        [True] * 9,
        [1, 2.0] * 9,
    ],
)
def test_packed_numbers_keep_their_types(value: object) -> None:
    assert shape(wire.decode(wire.encode(value))) == shape(value)


def test_cycles_depth_and_size_are_refused() -> None:
    cycle: list[object] = []
    cycle.append(cycle)
    with pytest.raises(wire.WireError, match="depth"):
        wire.encode(cycle)
    for large in ("x" * 2000, b"x" * 2000, [0] * 2000, 1 << 20_000, [["x" * 300]] * 5):
        with pytest.raises(wire.WireError, match="size"):
            wire.encode(large, 1000)
    with pytest.raises(wire.WireError, match="size"):
        wire.encode(Decimal("1e99999"))


@given(st.binary(max_size=200))
def test_no_bytes_make_the_decoder_do_anything_but_answer_or_refuse(data: bytes) -> None:
    try:
        value = wire.decode(data)
    except wire.BadBytes:
        return
    wire.encode(value)


@given(plain, st.data())
def test_damaged_bytes_are_read_or_refused(value: object, data: st.DataObject) -> None:
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
def test_crafted_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(wire.BadBytes):
        wire.decode(data)


def _items(tag: bytes, *parts: bytes) -> bytes:
    return tag + len(parts).to_bytes(4, "big") + b"".join(parts)


def _number(value: int) -> bytes:
    return _sized(b"i", value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


COSTLY = {
    "a fraction of huge numbers": _items(b"r", _number(10**400_000 + 1), _number(7**400_000)),
    "many empty deques": _items(b"l", *[b"Q\0\0\0\0"] * 800_000),
    "many empty sets": _items(b"l", *[b"S\0\0\0\0"] * 800_000),
    "many small values": _items(b"l", *[b"N"] * 4_000_000),
    "numbers with one hash": _items(b"S", *[_number(i * ((1 << 61) - 1)) for i in range(1, 20_000)]),
    "keys with one hash": _items(
        b"d", *[b for i in range(1, 20_000) for b in (_number(i * ((1 << 61) - 1)), b"N")]
    ).replace((39_998).to_bytes(4, "big"), (19_999).to_bytes(4, "big"), 1),
    "a decimal of many digits": _sized(b"m", b"7" * 4_000_000),
    "long tuples with one hash": _items(
        b"S", *[_items(b"t", *[b"N"] * 9000, _number(i * ((1 << 61) - 1))) for i in range(1, 400)]
    ),
}


@pytest.mark.parametrize("data", COSTLY.values(), ids=COSTLY)
def test_what_is_small_on_the_wire_and_costly_here_is_refused_in_bounded_time(data: bytes) -> None:
    started = time.process_time()
    with pytest.raises(wire.BadBytes):
        wire.decode(data)
    assert time.process_time() - started < 2


def test_one_budget_bounds_all_values_of_a_job() -> None:
    budget = wire.Budget(nodes=100)
    small = wire.encode(["a"] * 60)
    wire.decode(small, budget)
    with pytest.raises(wire.Exhausted):
        wire.decode(small, budget)


@pytest.mark.parametrize(
    "value",
    [
        [deque()] * 200_000,
        [{1}] * 360_000,
        Fraction(3**400_000, 2),
        {i * ((1 << 61) - 1) for i in range(3000)},
    ],
)
def test_the_writer_refuses_what_the_reader_would(value: object) -> None:
    with pytest.raises(wire.WireError, match="size"):
        wire.encode(value)


def test_an_honest_set_of_tuples_with_equal_hashes_is_carried() -> None:
    value = set(itertools.product((-1, -2), repeat=7))
    assert wire.decode(wire.encode(value)) == value


@given(plain)
def test_a_value_is_described_as_repr_does_and_in_few_signs(value: object) -> None:
    said = brief(value, 10_000)
    assert (
        said == repr(value) or len(repr(value)) > 9_000 or "…" in said or "deque" in said or "set" in said
    )
    assert len(brief(value, 50)) <= 50


@pytest.mark.parametrize(
    "value",
    [10**9000, "x" * 4_000_000, list(range(500_000)), Fraction(1, 9**9000)],
    ids=["number", "text", "list", "fraction"],
)
def test_a_large_value_is_described_at_once(value: object) -> None:
    started = time.process_time()
    assert len(brief(value)) <= 200
    assert time.process_time() - started < 0.1


def test_dates_and_fractions_keep_their_value() -> None:
    value = [date(2024, 2, 29), datetime(1, 1, 1, 2, 3, 4, 5), timedelta(-1, 5, 7), Fraction(-3, 7)]
    assert wire.decode(wire.encode(value)) == value
