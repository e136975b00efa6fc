"""Whether two results are the same: typed multisets, NULL-safe, with order where the gold orders.

Integers and reals compare as numbers, reals to a relative 1e-9; text is exact. Columns may stand in another
order if one permutation holds for the whole table, and on every database alike.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice, permutations
from math import isclose
from typing import Literal

from attrs import frozen

from fastdistill_sql.execute import Row, Table, Value

RELATIVE = 1e-9
"""Sums of the same reals in another order differ by less; what a person rounds differs by more."""
_ABSOLUTE = 1e-12
MOST = 120
"""Permutations of columns that are followed at once."""
Permutation = tuple[int, ...]


@frozen(kw_only=True)
class Comparison:
    """What counts as the same."""

    columns: Literal["position", "any-order"] = "any-order"
    text_case: Literal["exact", "ignore"] = "exact"
    distinct: bool = False
    """Whether rows count once however often they come."""


@frozen(kw_only=True)
class Expected:
    """A gold result: rows, and which of them may change places.

    `groups` are the sizes of runs of rows that tie, in order; `start` and `count` the window that a LIMIT
    takes from them (count None: everything).
    """

    width: int
    rows: list[Row]
    groups: tuple[int, ...] | None = None
    start: int = 0
    count: int | None = None

    @property
    def size(self) -> int:
        """How many rows a right answer has."""
        left = max(0, len(self.rows) - self.start)
        return left if self.count is None else min(left, self.count)

    def window(self, rows: list[Row]) -> list[Row]:
        """The part of `rows` that the gold itself would show."""
        return rows[self.start : self.start + self.size]


def matching(
    expected: Expected, actual: Table, comparison: Comparison, among: Sequence[Permutation] | None = None
) -> list[Permutation]:
    """The permutations of `actual`'s columns under which it is `expected`; empty when there is none.

    `among` restricts them to those that held elsewhere. With `distinct` neither order nor number counts.
    """
    if actual.width != expected.width:
        return []
    wanted, given = _folded(expected.rows, comparison), _folded(actual.rows, comparison)
    fixed = expected.groups is not None or expected.count is not None or expected.start > 0
    if comparison.distinct:
        wanted, given, fixed = (
            list(dict.fromkeys(expected.window(wanted))),
            list(dict.fromkeys(given)),
            False,
        )
    elif len(given) != expected.size:
        return []
    if among is None:
        whole = not fixed or expected.size == len(wanted)
        among = list(islice(_permutations(wanted, given, expected.width, comparison, whole), MOST))
    if fixed:
        return [p for p in among if _fits(expected, wanted, _moved(given, p))]
    return [p for p in among if same_rows(wanted, _moved(given, p))]


def same_rows(wanted: list[Row], given: list[Row]) -> bool:
    """Whether two bags of rows are equal."""
    return _unmatched(wanted, given) == (0, 0)


def _unmatched(wanted: list[Row], given: list[Row]) -> tuple[int, int]:
    """How many rows of each side find no partner on the other."""
    left, right = Counter(wanted), Counter(given)
    missing, extra = list((left - right).elements()), list((right - left).elements())
    if not missing or not extra or not any(isinstance(v, float) for row in missing + extra for v in row):
        return len(missing), len(extra)
    pool: dict[Row, list[Row]] = {}
    for row in extra:
        pool.setdefault(_shape(row), []).append(row)
    for rows in pool.values():
        rows.sort(key=_numbers)
    unpaired = 0
    for row in sorted(missing, key=_numbers):
        near = pool.get(_shape(row), [])
        found = next((i for i, other in enumerate(near) if _close(row, other)), None)
        if found is None:
            unpaired += 1
        else:
            near.pop(found)
    return unpaired, len(extra) - (len(missing) - unpaired)


def _fits(expected: Expected, wanted: list[Row], given: list[Row]) -> bool:
    """Whether `given` is the window over `wanted`, rows within one run of ties in any order."""
    begin, at, stop = 0, 0, expected.start + len(given)
    for size in expected.groups if expected.groups is not None else (len(wanted),):
        low, high = max(begin, expected.start), min(begin + size, stop)
        if low < high:
            part = given[at : at + high - low]
            if _unmatched(part, wanted[begin : begin + size])[0]:
                return False
            at += high - low
        begin += size
    return at == len(given)


def _permutations(
    wanted: list[Row], given: list[Row], width: int, comparison: Comparison, whole: bool
) -> Iterator[Permutation]:
    """Identity first; then, if allowed, those that pair columns whose values agree."""
    identity = tuple(range(width))
    yield identity
    if comparison.columns == "position" or width > 64:
        return
    if not whole or not wanted:
        yield from (p for p in permutations(identity) if p != identity)
        return
    theirs = [_column(given, i) for i in identity]
    fitting = [[i for i in identity if theirs[i] == _column(wanted, k)] for k in identity]
    yield from (p for p in _assign(fitting, ()) if p != identity)


def _assign(fitting: list[list[int]], chosen: Permutation) -> Iterator[Permutation]:
    if len(chosen) == len(fitting):
        yield chosen
        return
    for column in fitting[len(chosen)]:
        if column not in chosen:
            yield from _assign(fitting, (*chosen, column))


def _column(rows: list[Row], index: int) -> Counter[Value]:
    """A column's values, reals coarse enough that equal columns look equal but for rare borders."""
    return Counter(
        float(f"{v:.5g}") if isinstance(v, (int, float)) else v for v in (r[index] for r in rows)
    )


def _moved(rows: list[Row], order: Permutation) -> list[Row]:
    if order == tuple(range(len(order))):
        return rows
    return [tuple(row[i] for i in order) for row in rows]


def _folded(rows: list[Row], comparison: Comparison) -> list[Row]:
    if comparison.text_case == "exact":
        return rows
    return [tuple(v.casefold() if isinstance(v, str) else v for v in row) for row in rows]


def _shape(row: Row) -> Row:
    """What must be equal as it is: everything but numbers."""
    return tuple(0 if isinstance(v, (int, float)) else (v, 1) for v in row)  # type: ignore[misc]


def _numbers(row: Row) -> list[float]:
    return [float(v) for v in row if isinstance(v, (int, float))]


def _close(one: Row, other: Row) -> bool:
    return all(
        a == b
        or (
            isinstance(a, (int, float))
            and isinstance(b, (int, float))
            and (isinstance(a, float) or isinstance(b, float))
            and isclose(a, b, rel_tol=RELATIVE, abs_tol=_ABSOLUTE)
        )
        for a, b in zip(one, other, strict=True)
    )
