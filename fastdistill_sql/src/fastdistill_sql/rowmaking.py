"""Making the rows of one table of a variant, one after the other, each within the laws."""

import random
from collections.abc import Sequence
from typing import Literal

from attrs import define, field, frozen

from fastdistill_sql.bank import Bank
from fastdistill_sql.execute import Value
from fastdistill_sql.forms import distinct
from fastdistill_sql.laws import Laws
from fastdistill_sql.pools import Pool
from fastdistill_sql.sampling import Link
from fastdistill_sql.schema import Table

_TRIES = 6
"""Other values that are tried for a row that breaks a law, before it is left out."""
_BEYOND = 5_000
"""Where the keys of rows begin that are made for a large group."""
Rows = list[Sequence[Value]]


Mode = Literal["hits", "mixed", "ties", "real", "patterns"]


@frozen(kw_only=True)
class Plan:
    """What one variant is like as a whole."""

    mode: Mode
    size: int
    nulls: float
    grown: str
    """The table that has one large group, or many rows."""
    target: int
    """Rows of that group."""
    many: int
    """Rows of that table, where not a group but the whole is to be large."""
    hollow: str
    """The table that is empty."""
    blank: tuple[str, int] = ("", 0)
    """A table and its column that holds nothing but NULL, if the laws allow that."""
    few: bool = False
    """Whether what is grouped by has two values at most."""
    matched: float = 1.0
    """Of links that the real data does not always keep: how many keep it."""


_HITS = {"hits": 0.75, "mixed": 0.45, "ties": 0.4, "real": 0.1, "patterns": 0.15}
_MISSES = {"hits": 0.12, "mixed": 0.25, "ties": 0.1, "real": 0.1, "patterns": 0.15}


@define
class Maker:
    """Makes the rows of one table."""

    rng: random.Random
    table: Table
    laws: Laws
    links: list[Link]
    bank: Bank
    pools: list[Pool]
    small: dict[int, list[Value]]
    named: list[int]
    grouped: list[int]
    plan: Plan
    others: dict[str, "Maker"]
    """The makers of the tables that are already filled."""
    _used: list[set[tuple[Value, ...]]] = field(init=False)
    _decided: dict[tuple[int, int, Value], Value] = field(init=False, factory=dict)
    _rows: Rows = field(init=False, factory=list)

    def __attrs_post_init__(self) -> None:
        """Begin with no key used."""
        self._used = [set() for _ in self.laws.keys]

    def rows(self, count: int) -> Rows:
        """About `count` rows; a large group besides where the plan says so."""
        if self.plan.grown == self.table.name.lower() and count:
            if self.plan.many:
                count = self.plan.many
            else:
                self._group(self.plan.target)
                if self.rng.random() < 0.5:
                    return self._rows
        for number in range(count):
            self._add(self._base(), number)
        return self._rows

    def pull(self, columns: tuple[int, ...], values: tuple[Value, ...]) -> bool:
        """Add a row that holds `values` in `columns`, for one that points at it; False where no law allows
        it.
        """
        row = self._base()
        for i, value in zip(columns, values, strict=True):
            row[i] = value
        return self._add(row, len(self._rows), pinned=frozenset(columns))

    def _group(self, count: int) -> None:
        """`count` rows that agree in what is grouped by and in what they point at."""
        first = self._complete(self._base(hit=True), 0)
        if first is None:
            return
        fixed = set(self.grouped) | {i for link in self.links for i in link.columns}
        loose = self._loosened(fixed)
        for number in range(count):
            row = list(first)
            if number:
                for i in self.named:
                    if i not in fixed and self.rng.random() < 0.2:
                        row[i] = self._value(i)
                for link in loose:
                    self._partner(row, link, number)
            self._add(row, number, pinned=frozenset(fixed))

    def _loosened(self, fixed: set[int]) -> list[Link]:
        """Links that must differ within a group, since a key says that not all of `fixed` may repeat."""
        found = list[Link]()
        for key in self.laws.keys:
            if set(key) <= fixed and not any(set(key) & set(link.columns) for link in found):
                open_ = [
                    link
                    for link in self.links
                    if set(link.columns) & set(key) and not set(link.columns) & set(self.grouped)
                ]
                found += [self.rng.choice(open_)] if open_ else []
        return found

    def _partner(self, row: list[Value], link: Link, number: int) -> None:
        """Point `row` at another partner: the one of that number, made where there are fewer."""
        parent = self.others.get(link.parent)
        if parent is None:
            return
        if number >= len(parent._rows):
            wanted = tuple(
                distinct(row[i], parent.pools[at].form, _BEYOND + number)
                for i, at in zip(link.columns, link.targets, strict=True)
            )
            parent.pull(link.targets, wanted)
        at = parent._rows[number % len(parent._rows)] if parent._rows else ()
        for i, target in zip(link.columns, link.targets, strict=True) if at else ():
            row[i] = at[target]

    def _base(self, *, hit: bool = False) -> list[Value]:
        """A row to begin with, from the stratum that the plan prefers."""
        rng, bank, mode = self.rng, self.bank, self.plan.mode
        chance = rng.random()
        if bank.hits and (hit or chance < _HITS[mode]):
            return list(bank.rows[rng.choice(rng.choice(bank.hits))])
        if bank.misses and chance < _HITS[mode] + _MISSES[mode]:
            return list(bank.rows[rng.choice(rng.choice(bank.misses))])
        if bank.patterns and mode == "patterns":
            return list(bank.rows[rng.choice(rng.choice(bank.patterns))])
        if self._rows and rng.random() < 0.25:
            row = list(rng.choice(self._rows))
        elif bank.rows:
            row = list(rng.choice(bank.rows))
        else:
            row = [self._value(i) for i in range(len(self.table.columns))]
        if mode != "real" and self.named:
            for i in self.named:
                if rng.random() < (0.6 if mode == "ties" else 0.3):
                    row[i] = self._value(i)
        return row

    def _value(self, index: int) -> Value:
        choices = self.small[id(self.pools[index])]
        if self.plan.few and index in self.grouped:
            choices = choices[:2]
        if choices:
            return self.rng.choice(choices)
        return None

    def _add(self, row: list[Value], number: int, *, pinned: frozenset[int] = frozenset()) -> bool:
        done = self._complete(row, number, pinned)
        if done is None:
            return False
        for used, key in zip(self._used, self.laws.keys, strict=True):
            used.add(tuple(done[i] for i in key))
        for one, other in self.laws.decided:
            self._decided[one, other, done[one]] = done[other]
        self._rows.append(tuple(done))
        return True

    def _complete(
        self, row: list[Value], number: int, pinned: frozenset[int] = frozenset()
    ) -> list[Value] | None:
        """`row` made to obey every law, or None where that fails."""
        name, blank = self.plan.blank
        for i in self.named:
            if i in pinned:
                continue
            if i == blank and name == self.table.name.lower() and i not in self.laws.never_null:
                row[i] = None
                continue
            if i not in self.laws.never_null and self.rng.random() < self.plan.nulls / 2:
                row[i] = None
            elif self.plan.few and i in self.grouped:
                row[i] = self._value(i)
        for i in self.laws.never_null:
            if row[i] is None:
                row[i] = self._filled(i, number)
        for attempt in range(_TRIES):
            if not self._linked(row, pinned):
                return None
            self._decide(row)
            broken = self._broken(row)
            if not broken:
                return row
            for key in broken:
                self._renew(row, key, number if attempt < 2 else None, pinned)
        return None

    def _filled(self, index: int, number: int) -> Value:
        pool = self.pools[index]
        known = [v for v in (*self.small[id(pool)], *pool.real) if v is not None]
        return self.rng.choice(known) if known else number + 1

    def _linked(self, row: list[Value], pinned: frozenset[int]) -> bool:
        """Point every link of `row` at a row that is there; False where a law cannot be kept."""
        for link in self.links:
            own = link.parent == self.table.name.lower()
            parent = None if own else self.others.get(link.parent)
            there = parent._rows if parent else self._rows
            if (parent is None and not own) or not pinned.isdisjoint(link.columns):
                continue
            if not link.always and self.rng.random() > self.plan.matched:
                continue
            values = [row[i] for i in link.columns]
            if None in values:
                continue
            partners = [tuple(r[i] for i in link.targets) for r in there]
            if own and not link.acyclic:
                partners.append(tuple(row[i] for i in link.targets))
            if tuple(values) in partners and self.rng.random() < 0.7 and not own:
                continue
            if (
                parent is not None
                and self._wants(link, values)
                and parent.pull(link.targets, tuple(values))
            ):
                continue
            known = [p for p in partners if None not in p]
            if known:
                for i, value in zip(link.columns, self.rng.choice(known), strict=True):
                    row[i] = value
            elif all(i not in self.laws.never_null for i in link.columns):
                for i in link.columns:
                    row[i] = None
            elif own and not self._rows:
                for i, target in zip(link.columns, link.targets, strict=True):
                    row[i] = row[target]
            elif link.always:
                return False
        return True

    def _wants(self, link: Link, values: list[Value]) -> bool:
        """Whether a partner for just these values is worth a row of its own."""
        literal = any(v in self.pools[i].planted for i, v in zip(link.columns, values, strict=True))
        return self.rng.random() < (0.9 if literal else 0.25) and self.plan.hollow != link.parent

    def _decide(self, row: list[Value]) -> None:
        for one, other in self.laws.decided:
            if (one, other, row[one]) in self._decided:
                row[other] = self._decided[one, other, row[one]]

    def _broken(self, row: list[Value]) -> list[tuple[int, ...]]:
        """The keys that `row` would break."""
        return [
            key
            for used, key in zip(self._used, self.laws.keys, strict=True)
            if tuple(row[i] for i in key) in used
        ]

    def _renew(
        self, row: list[Value], key: tuple[int, ...], number: int | None, pinned: frozenset[int]
    ) -> None:
        """Other values for the columns of `key`; without `number` ones that nothing has had yet."""
        pointing = {i for link in self.links for i in link.columns}
        open_ = [i for i in key if i not in pinned]
        own = [i for i in open_ if i not in pointing] or open_
        free = [i for i in own if self.pools[i].form.look != "fixed"] or own
        for i in free if len(key) == 1 else [self.rng.choice(free)] if free else []:
            if i in pointing:
                row[i] = self._filled(i, len(self._rows))
            elif number is None and self.pools[i].form.look != "fixed":
                row[i] = distinct(row[i], self.pools[i].form, 200 + len(self._rows))
            else:
                row[i] = self._fresh(row[i], i, number or 0)

    def _fresh(self, value: Value, index: int, number: int) -> Value:
        """A value that a key column has not had yet, most likely."""
        pool = self.pools[index]
        if pool.form.look == "fixed" and pool.real:
            return self.rng.choice(pool.real)
        if isinstance(value, (int, float)) or self.table.columns[index].kind == "integer":
            return len(self._rows) + 1 if self.rng.random() < 0.6 else 100 + number
        unused = [v for v in pool.real if isinstance(v, str)]
        if unused and self.rng.random() < 0.7:
            return self.rng.choice(unused)
        return pool.other(value, self.rng)
