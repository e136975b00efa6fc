"""Comparing plain values: types, tolerance, order, NaN, signs of zero."""

import math
import time
from collections import Counter, deque
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastdistill_code.compare import COMPARERS, Match, key_of

PRINTED = ("text", "output-exact", "lines", "tokens", "tokens-any-order", "any-order")

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("comparer", "expected", "got", "same"),
    [
        ("json", 1, 1, True),
        ("json", 1, True, False),
        ("json", False, 0, False),
        ("json", 2, 2.0, True),
        ("json", [1, 2], (1, 2), True),
        ("json", [1, 2], [2, 1], False),
        ("json", [True], [1], False),
        ("json", math.nan, math.nan, True),
        ("json", math.nan, 1.0, False),
        ("json", "1", 1, False),
        ("json", None, False, False),
        ("json", None, [], False),
        ("json", 10**400, 10**400 + 1, False),
        ("python", True, 1, True),
        ("python", [1, 2], (1, 2), False),
        ("python", {"a": 1}, Counter("a"), True),
        ("python", {1, 2}, frozenset({2, 1}), True),
        ("python", [math.nan], [math.nan], True),
        ("exact", 1, 1.0, False),
        ("exact", 0.0, -0.0, False),
        ("exact", -0.0, -0.0, True),
        ("exact", {"a": [1]}, {"a": [1]}, True),
        ("exact", {"a": [1]}, {"a": [True]}, False),
        ("exact", [1], deque([1]), False),
        ("unordered", [1, 2, 2], [2, 1, 2], True),
        ("unordered", [1, 2, 2], [2, 1, 1], False),
        ("unordered", [[1], [2]], ({2}, {1}), False),
        ("unordered", [[1], [2]], ([2], [1]), True),
        ("unordered", 5, 5, True),
        ("set", [1, 2, 2], [2, 1], True),
        ("set", [1, 2], [1], False),
        ("truth", True, [0], True),
        ("truth", False, "", True),
        ("truth", True, None, False),
        ("text", "a \nb\n\n", "a\nb", True),
        ("text", "a\nb", " a\nb", False),
        ("text", "1", 1, False),
    ],
)
def test_each_comparer_says_what_it_promises(comparer: str, expected: Any, got: Any, same: bool) -> None:
    assert Match(comparer=comparer).same(expected, got) is same


@pytest.mark.parametrize(
    ("expected", "got", "tolerance", "same"),
    [
        (1.0, 1.0 + 1e-7, 1e-6, True),
        (1.0, 1.0 + 1e-5, 1e-6, False),
        (1e9, 1e9 + 1, 1e-6, True),
        (1.0, math.nan, 1e9, False),
        (math.inf, 1.0, 1e9, False),
        (10**400, 1.0, 1e-6, False),
        ([0.5, [0.25]], [0.5 + 1e-9, [0.25]], 1e-6, True),
        ({"a": 0.1}, {"a": 0.1 + 1e-9}, 1e-6, True),
        (True, False, 2.0, False),
    ],
)
def test_tolerance_grows_with_the_expected_value(
    expected: Any, got: Any, tolerance: float, same: bool
) -> None:
    assert Match(tolerance=tolerance).same(expected, got) is same


def test_unordered_with_tolerance_pairs_near_items() -> None:
    assert Match(comparer="unordered", tolerance=1e-6).same([1.0, 2.0], [2.0 + 1e-9, 1.0 - 1e-9])


def test_deep_nesting_is_no_match_and_no_crash() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert Match().same(deep, [1]) is False


@given(plain)
def test_every_value_is_its_own_answer(value: Any) -> None:
    assert all(Match(comparer=name).same(value, value) for name in COMPARERS if name not in PRINTED)


@given(plain, plain)
def test_exact_is_the_strictest_and_all_are_symmetric(one: Any, two: Any) -> None:
    for name in ("json", "python", "exact"):
        assert Match(comparer=name).same(one, two) == Match(comparer=name).same(two, one)
    if Match(comparer="exact").same(one, two):
        assert Match(comparer="json").same(one, two)
        assert Match(comparer="python").same(one, two)
        assert key_of(one) == key_of(two)


def test_pairing_items_in_any_order_takes_bounded_time() -> None:
    rows = [[0.5] * 60 + [float(i)] for i in range(900)]
    started = time.process_time()
    assert Match(comparer="unordered", tolerance=1e-9).same(rows, rows[::-1])
    assert not Match(comparer="unordered", tolerance=1e-9).same(rows, [*rows[1:], [0.5] * 61])
    assert time.process_time() - started < 10
