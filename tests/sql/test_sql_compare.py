"""Laws of the comparison of results."""

import random
from collections import Counter

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fastdistill_sql.compare import Comparison, Expected, matching, order_of, same_rows
from fastdistill_sql.execute import Row, Table, Value

VALUES: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.integers(-3, 3),
    st.sampled_from([0.5, 1.0, -2.0, 1e300, 0.1]),
    st.sampled_from(["a", "A", "1", "", "None"]),
    st.sampled_from([b"a", b""]),
)
PLAIN = Comparison()
steady = settings(deadline=None)


def tables(width: int = 2) -> st.SearchStrategy[list[Row]]:
    return st.lists(st.tuples(*[VALUES] * width), max_size=8)


def same(one: list[Row], two: list[Row], comparison: Comparison = PLAIN, width: int = 2) -> bool:
    return bool(matching(Expected(width=width, rows=one), Table(width, two), comparison))


def bag(rows: list[Row]) -> Counter[tuple[tuple[str, Value], ...]]:
    """Numbers are one type to the comparison, all others differ by type."""
    return Counter(
        tuple(("number" if isinstance(v, (int, float)) else type(v).__name__, v) for v in row)
        for row in rows
    )


@steady
@given(tables(), st.integers())
def test_rows_in_any_order_are_the_same(rows: list[Row], seed: int) -> None:
    turned = list(rows)
    random.Random(seed).shuffle(turned)
    assert same(rows, rows)
    assert same(rows, turned)


@steady
@given(tables(), tables())
def test_it_is_symmetric_and_exact_by_position(one: list[Row], two: list[Row]) -> None:
    by_position = Comparison(columns="position")
    assert same(one, two) == same(two, one)
    assert same_rows(one, two) == (bag(one) == bag(two))
    assert same(one, two, by_position) == (bag(one) == bag(two))


@steady
@given(tables(3), st.permutations([0, 1, 2]))
def test_one_permutation_of_columns_for_the_whole_table(rows: list[Row], order: list[int]) -> None:
    turned = [tuple(row[i] for i in order) for row in rows]
    assert same(rows, turned, width=3)


@steady
@given(tables(), st.data())
def test_a_row_more_or_less_or_twice_is_another_result(rows: list[Row], data: st.DataObject) -> None:
    assume(rows)
    at = data.draw(st.integers(0, len(rows) - 1))
    assert not same(rows, rows[:at] + rows[at + 1 :])
    assert not same(rows, [*rows, rows[at]])
    assert same(rows, [*rows, rows[at]], Comparison(distinct=True))


@steady
@given(st.lists(st.tuples(st.integers(0, 10**6)), min_size=2, max_size=6, unique=True))
def test_order_counts_where_the_gold_orders(rows: list[Row]) -> None:
    ordered = Expected(width=1, rows=rows, groups=(1,) * len(rows))
    assert matching(ordered, Table(1, rows), PLAIN)
    assert not matching(ordered, Table(1, rows[::-1]), PLAIN)
    tied = Expected(width=1, rows=rows, groups=(len(rows),))
    assert matching(tied, Table(1, rows[::-1]), PLAIN)


def test_null_text_and_number_are_three_things() -> None:
    for one, two in ((None, ""), (None, 0), (0, ""), (1, "1"), ("a", b"a"), ("a", "A")):
        assert not same([(one, 1)], [(two, 1)], Comparison(columns="position"))
    assert same([(1, 1)], [(1.0, 1)])
    assert same([("a", 1)], [("A", 1)], Comparison(text_case="ignore"))


def test_width_is_looked_at_before_rows() -> None:
    assert not matching(Expected(width=1, rows=[]), Table(2, []), PLAIN)


def test_seven_columns_may_stand_in_any_order_also_under_a_limit() -> None:
    rows: list[Row] = [(n, n * 2, n % 3, 0, 0, n % 2, str(n)) for n in range(12)]
    turned = [row[::-1] for row in rows]
    assert same(rows, turned, width=7)
    limited = Expected(width=7, rows=rows, groups=(1,) * 12, count=5)
    assert matching(limited, Table(7, turned[:5]), PLAIN)
    assert not matching(limited, Table(7, turned[1:6]), PLAIN)
    flags: list[Row] = [(0,) * 7] * 3
    assert same(flags, flags, width=7)


def test_one_order_of_columns_holds_on_every_database() -> None:
    equal: list[Row] = [(1, 1), (2, 2)]
    apart: list[Row] = [(1, 2), (3, 4)]
    first = (Expected(width=2, rows=equal), Table(2, equal))
    straight = (Expected(width=2, rows=apart), Table(2, apart))
    crossed = (Expected(width=2, rows=apart), Table(2, [row[::-1] for row in apart]))
    assert order_of([first, straight], PLAIN) == (0, 1)
    assert order_of([first, crossed], PLAIN) == (1, 0)
    assert order_of([first, straight, crossed], PLAIN) is None


def test_tolerance_grows_with_what_was_summed_and_lists_are_bags() -> None:
    small = Expected(width=1, rows=[(0.0,)])
    assert not matching(small, Table(1, [(1e-9,)]), PLAIN)
    assert matching(Expected(width=1, rows=[(0.0,)], absolute=1e-8), Table(1, [(1e-9,)]), PLAIN)
    listed = Expected(width=1, rows=[("a,b,c",)], bags=((0, ","),))
    assert matching(listed, Table(1, [("c,a,b",)]), PLAIN)
    assert not matching(listed, Table(1, [("c,a",)]), PLAIN)
