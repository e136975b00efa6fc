"""New inputs inside what the seen ones show of a task's contract: small ones first, then near ones.

A contract that is only written in prose ("a positive integer", "a sorted list") is nearly always visible in
the inputs that tests and examples use. So whatever holds of all of them is held of the new ones.
"""

import copy
import itertools
import random
from collections.abc import Iterator, Sequence
from typing import Any

from fastdistill_code.jobs import CallInput
from fastdistill_code.oracle.laws import between_arguments
from fastdistill_code.oracle.shapes import Shape
from fastdistill_code.oracle.wording import Wording

_MOST_PAIRS = 150
_MOST_SHAPES = 3


class Contract:
    """What the seen calls of one form (so many arguments, these names) have in common."""

    def __init__(self, calls: Sequence[CallInput], wording: Wording, hints: Sequence[Any]) -> None:
        self.width, self.names = len(calls[0].args), tuple(sorted(calls[0].kwargs))
        self.rows = [[*call.args, *(call.kwargs[name] for name in self.names)] for call in calls]
        self.columns = [
            Shape(column, wording, hints, alone=True) for column in zip(*self.rows, strict=True)
        ]
        self.counts = _counts(self.rows)
        self.laws = between_arguments(self.rows) if self.columns and not wording.loose else []

    def admits(self, row: list[Any]) -> bool:
        """Whether the row lies inside."""
        return all(shape.admits(x) for shape, x in zip(self.columns, row, strict=True)) and all(
            law.holds(row) for law in self.laws
        )

    def holds(self, call: CallInput) -> bool:
        """Whether the call is of this form, and inside."""
        if len(call.args) != self.width or tuple(sorted(call.kwargs)) != self.names:
            return False
        return self.admits([*call.args, *(call.kwargs[name] for name in self.names)])

    def counted(self, row: list[Any]) -> list[Any]:
        """The row with those numbers set again that say how long another argument is."""
        for i, j in self.counts:
            if isinstance(row[j], (list, tuple, str)):
                row[i] = len(row[j])
        return row

    def call(self, row: Sequence[Any]) -> CallInput:
        """The row as a call."""
        kwargs = dict(zip(self.names, row[self.width :], strict=True))
        return CallInput(args=tuple(row[: self.width]), kwargs=kwargs)

    def small(self, rng: random.Random) -> Iterator[list[Any]]:
        """Rows with a small value in one place, then in two, of which one may be all there is."""
        few = [shape.small() for shape in self.columns]
        order = sorted(
            {(i, turn) for i, xs in enumerate(few) for turn in range(len(xs))}, key=lambda p: p[1]
        )
        mixed = [
            list(row)
            for row in itertools.islice(itertools.product(*(s.seen[:8] for s in self.columns)), 80)
        ]
        if len(few) > 1:
            rng.shuffle(mixed)
        grid = itertools.islice(itertools.product(*(xs[:5] for xs in few)), 60) if len(few) > 1 else ()
        count = 2 if len(few) > 1 else 1
        singles = (
            [*row[:i], few[i][turn], *row[i + 1 :]]
            for i, turn in order
            for row in self._rows(i + turn, count)
        )
        pairs = (self._mixed(few, rng) for _ in range(_MOST_PAIRS if len(few) > 1 else 0))
        bound = (row for row in self._bound(rng)) if len(few) > 1 else ()
        for group in itertools.zip_longest(singles, mixed if len(few) > 1 else (), bound, grid, pairs):
            yield from (list(row) for row in group if row is not None)

    def _bound(self, rng: random.Random) -> Iterator[list[Any]]:
        """Rows where one argument is made of another: its length, an item, the distance of two items."""
        for i, j in itertools.permutations(range(len(self.columns)), 2):
            for row in self.rows[:6]:
                for value in _drawn(row[j], rng):
                    yield [*row[:i], value, *row[i + 1 :]]

    def _rows(self, start: int, count: int) -> list[list[Any]]:
        return [self.rows[(start + i) % len(self.rows)] for i in range(count)]

    def _mixed(self, few: Sequence[Sequence[Any]], rng: random.Random) -> list[Any]:
        row = list(rng.choice(self.rows))
        for i in range(len(row)):
            if few[i] and rng.random() < 0.7:
                row[i] = rng.choice(few[i])
        return row

    def near(self, rng: random.Random) -> list[Any]:
        """A row near a seen one."""
        row = copy.deepcopy(rng.choice(self.rows))
        if rng.random() < 0.15:
            row = [copy.deepcopy(rng.choice(shape.seen)) for shape in self.columns]
        for place in rng.sample(range(len(row)), rng.randint(1, len(row))):
            for _ in range(rng.randint(1, 3)):
                row[place] = self.columns[place].near(row[place], rng)
        return row


def _counts(rows: Sequence[Sequence[Any]]) -> list[tuple[int, int]]:
    """Which argument is the length of which: in all rows, and of more than one item somewhere."""

    def counts(i: int, j: int) -> bool:
        pairs = [(row[i], row[j]) for row in rows]
        return all(
            type(n) is int and isinstance(x, (list, tuple, str)) and n == len(x) for n, x in pairs
        ) and any(n > 1 for n, _ in pairs)

    width = len(rows[0]) if len(rows) > 1 else 0
    return [pair for pair in itertools.permutations(range(width), 2) if counts(*pair)]


def _drawn(value: Any, rng: random.Random) -> list[Any]:
    if type(value) is str:
        return [value, value[:1], value[1:], value[-1:], len(value), *value.split()[:2]]
    if not isinstance(value, (list, tuple)) or not value:
        return [value]
    made = [value, value[0], value[-1], len(value), len(value) - 1, list(value[:1]), list(value[1:])]
    numbers = [x for x in value if type(x) in (int, float)]
    if len(numbers) == len(value):
        made += [max(numbers), min(numbers), sum(numbers)]
        made += [abs(a - b) for a, b in itertools.combinations(numbers[:5], 2)]
    return made


def contracts(seen: Sequence[CallInput], wording: Wording, hints: Sequence[Any]) -> list[Contract]:
    """One for each form of call, the commonest first."""
    forms: dict[tuple[int, tuple[str, ...]], list[CallInput]] = {}
    for call in seen:
        forms.setdefault((len(call.args), tuple(sorted(call.kwargs))), []).append(call)
    alike = sorted(forms.values(), key=len, reverse=True)[:_MOST_SHAPES]
    return [Contract(calls, wording, hints) for calls in alike if calls[0].args or calls[0].kwargs]


def make_inputs(
    found: Sequence[Contract], rng: random.Random, count: int, *, small: bool = True
) -> list[CallInput]:
    """Up to `count` calls, none of them seen, each inside its contract: small and near ones in turn."""
    made: list[CallInput] = []
    for contract in found:
        known = {repr(row) for row in contract.rows}
        most = len(made) + count // len(found)
        near = (contract.near(rng) for _ in range(count * 4))
        rows = itertools.zip_longest(contract.small(rng) if small else (), near)
        for row in itertools.chain.from_iterable(rows):
            if len(made) >= most:
                break
            row = row if row is None else contract.counted(row)
            if row is None or repr(row) in known or not contract.admits(row):
                continue
            known.add(repr(row))
            made.append(contract.call(copy.deepcopy(row)))
    return made
