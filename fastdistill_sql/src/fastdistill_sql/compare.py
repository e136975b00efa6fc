"""Whether two results are the same: typed multisets, NULL-safe, with order where the gold orders.

Integers and reals compare as numbers, reals to a relative 1e-9 and to what summing numbers of the data's
size may lose; text is exact. Columns may stand in another order if one permutation holds for the whole
table, and on every database alike.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import isclose
from typing import Literal

from attrs import frozen

from fastdistill_sql.execute import Row, Table, Value

RELATIVE = 1e-9
"""Sums of the same reals in another order differ by less; what a person rounds differs by more."""
ABSOLUTE = 1e-12
TRIED = 500
"""Permutations of columns that are tried in full, after those that no column's contents allow are left
out."""
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
    absolute: float = ABSOLUTE
    """How far two reals may be apart, however small they are."""
    bags: tuple[tuple[int, str], ...] = ()
    """Columns whose text lists values in any order, with what stands between them."""
    others: tuple["Expected", ...] = ()
    """Results that are as right: what rounding gives where a last bit decides."""
    steps: int = 0
    """What the gold cost, in steps of SQLite's virtual machine."""

    @property
    def size(self) -> int:
        """How many rows a right answer has."""
        left = max(0, len(self.rows) - self.start)
        return left if self.count is None else min(left, self.count)

    @property
    def fixed(self) -> bool:
        """Whether places of rows count, or some are left out."""
        return self.groups is not None or self.count is not None or self.start > 0

    def window(self, rows: list[Row]) -> list[Row]:
        """The part of `rows` that the gold itself would show."""
        return rows[self.start : self.start + self.size]


Trial = tuple[Expected, Table]


def matching(expected: Expected, actual: Table, comparison: Comparison) -> bool:
    """Whether `actual` is `expected` under some permutation of its columns."""
    return order_of([(expected, actual)], comparison) is not None


def order_of(trials: Sequence[Trial], comparison: Comparison) -> Permutation | None:
    """The first permutation of columns under which every result is the expected one, on every database
    alike.
    """
    width = trials[0][0].width
    if any(wanted.width != width or found.width != width for wanted, found in trials):
        return None
    identity = tuple(range(width))
    if all(agrees(wanted, found, comparison, identity) for wanted, found in trials):
        return identity
    if comparison.columns == "position" or width == 1:
        return None
    for number, order in enumerate(_orders(trials, comparison, width)):
        if number == TRIED:
            return None
        if order != identity and all(agrees(wanted, found, comparison, order) for wanted, found in trials):
            return order
    return None


def agrees(expected: Expected, actual: Table, comparison: Comparison, order: Permutation) -> bool:
    """Whether `actual`, its columns put into `order`, is `expected`."""
    if actual.width != expected.width or len(order) != expected.width:
        return False
    if any(agrees(other, actual, comparison, order) for other in expected.others):
        return True
    wanted, given = expected.rows, _moved(actual.rows, order)
    if not expected.fixed and wanted == given:
        return True
    wanted, given = _folded(wanted, comparison, expected.bags), _folded(given, comparison, expected.bags)
    if comparison.distinct:
        wanted, given = list(dict.fromkeys(expected.window(wanted))), list(dict.fromkeys(given))
        return _unmatched(wanted, given, expected.absolute) == (0, 0)
    if len(given) != expected.size:
        return False
    if expected.fixed:
        return _fits(expected, wanted, given)
    return _unmatched(wanted, given, expected.absolute) == (0, 0)


def same_rows(wanted: list[Row], given: list[Row]) -> bool:
    """Whether two bags of rows are equal."""
    return _unmatched(wanted, given, ABSOLUTE) == (0, 0)


def _unmatched(wanted: list[Row], given: list[Row], absolute: float) -> tuple[int, int]:
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
        found = next((i for i, other in enumerate(near) if _close(row, other, absolute)), None)
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
            if _unmatched(part, wanted[begin : begin + size], expected.absolute)[0]:
                return False
            at += high - low
        begin += size
    return at == len(given)


def _orders(trials: Sequence[Trial], comparison: Comparison, width: int) -> Iterator[Permutation]:
    """Permutations that pair columns whose contents agree on every database."""
    identity = range(width)
    fitting = [set(identity) for _ in identity]
    looks: list[list[object]] = [[] for _ in identity]
    for wanted, found in trials:
        bags = dict(wanted.bags)
        whole = wanted.size == len(wanted.rows) and not comparison.distinct and not wanted.others
        for i in identity:
            looks[i].append(tuple(row[i] for row in found.rows))
        plain = [_column(found.rows, i, None, comparison) for i in identity]
        for k in identity:
            between = bags.get(k)
            ours = _column(wanted.rows, k, between, comparison)
            for i in tuple(fitting[k]):
                theirs = plain[i] if between is None else _column(found.rows, i, between, comparison)
                if theirs != ours if whole else not (theirs.keys() <= ours.keys() or wanted.others):
                    fitting[k].discard(i)
    same = [tuple(look) for look in looks]
    yield from _assign([sorted(f, key=lambda i, k=k: (i != k, i)) for k, f in enumerate(fitting)], (), same)  # type: ignore[misc]


def _assign(
    fitting: list[list[int]], chosen: Permutation, same: list[tuple[object, ...]]
) -> Iterator[Permutation]:
    if len(chosen) == len(fitting):
        yield chosen
        return
    seen: set[tuple[object, ...]] = set()
    for column in fitting[len(chosen)]:
        if column not in chosen and same[column] not in seen:
            seen.add(same[column])
            yield from _assign(fitting, (*chosen, column), same)


def _column(rows: list[Row], index: int, between: str | None, comparison: Comparison) -> Counter[Value]:
    """A column's values, reals coarse enough that equal columns look equal but for rare borders."""
    return Counter(_coarse(row[index], between, comparison) for row in rows)


def _coarse(value: Value, between: str | None, comparison: Comparison) -> Value:
    if isinstance(value, (int, float)):
        return float(f"{value:.4g}") if abs(value) > 1e-6 else 0.0
    if isinstance(value, str):
        return _text(value, between, comparison)
    return value


def _text(value: str, between: str | None, comparison: Comparison) -> str:
    if between is not None:
        value = between.join(sorted(value.split(between))) if between else "".join(sorted(value))
    return value.casefold() if comparison.text_case == "ignore" else value


def _moved(rows: list[Row], order: Permutation) -> list[Row]:
    if order == tuple(range(len(order))):
        return rows
    return [tuple(row[i] for i in order) for row in rows]


def _folded(rows: list[Row], comparison: Comparison, bags: tuple[tuple[int, str], ...]) -> list[Row]:
    if comparison.text_case == "exact" and not bags:
        return rows
    between = dict(bags)
    return [
        tuple(_text(v, between.get(i), comparison) if isinstance(v, str) else v for i, v in enumerate(row))
        for row in rows
    ]


def _shape(row: Row) -> Row:
    """What must be equal as it is: everything but numbers."""
    return tuple(0 if isinstance(v, (int, float)) else (v, 1) for v in row)  # type: ignore[misc]


def _numbers(row: Row) -> list[float]:
    return [float(v) for v in row if isinstance(v, (int, float))]


def _close(one: Row, other: Row, absolute: float) -> bool:
    return all(
        a == b
        or (
            isinstance(a, (int, float))
            and isinstance(b, (int, float))
            and (isinstance(a, float) or isinstance(b, float))
            and isclose(a, b, rel_tol=RELATIVE, abs_tol=absolute)
        )
        for a, b in zip(one, other, strict=True)
    )
