"""Rows of one table worth having: real ones and invented ones, sorted by which of a query's conditions
they meet.

SQLite itself evaluates the conditions, whatever they are made of. Rows that meet all conditions of an
alias reach the
result; rows that miss exactly one show whether that one is tested.
"""

import random
from collections.abc import Sequence

import apsw
from attrs import field, frozen
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from fastdistill_sql.anatomy import Anatomy, Demand
from fastdistill_sql.execute import Value
from fastdistill_sql.laws import Laws
from fastdistill_sql.pools import Pool
from fastdistill_sql.schema import Table, quoted

INVENTED = 90
"""Rows that are made up for each table that a query reads."""
_TESTED = 24
"""Conditions of one table that are looked at."""
_KEPT = (exp.ComputedColumnConstraint, exp.GeneratedAsIdentityColumnConstraint, exp.CollateColumnConstraint)
Row = Sequence[Value]


@frozen(kw_only=True)
class Bank:
    """Rows, and strata of them by index; a stratum is never empty."""

    rows: list[Row] = field(repr=False)
    hits: list[list[int]]
    """For each alias with conditions: rows that meet all."""
    misses: list[list[int]]
    """For each condition of an alias: rows that miss it alone."""
    patterns: list[list[int]]
    """Rows that agree on every single test."""


def fill(
    table: Table,
    real: list[Row],
    laws: Laws,
    column_pools: list[Pool],
    anatomy: Anatomy,
    rng: random.Random,
) -> Bank:
    """The bank of `table` for a query."""
    own = table.name.lower()
    named = [i for i, c in enumerate(table.columns) if (own, c.name.lower()) in anatomy.columns]
    demands = [d for d in anatomy.demands if d.table == own]
    tests = list(
        dict.fromkeys(
            [c for d in demands for c in d.conditions] + [t for n, t in anatomy.tests if n == own]
        )
    )
    tests = tests[:_TESTED]
    if not named:
        return Bank(rows=real, hits=[], misses=[], patterns=[])
    rows = list(real[:60])
    rows += _invented(table, real, laws, column_pools, named, rng)
    if not tests:
        summed = _summed(table, rows[:2], tests, column_pools)
        borders = [list(range(len(rows), len(rows) + len(summed)))] if summed else []
        return Bank(rows=rows + summed, hits=[], misses=borders, patterns=[])
    judge = _Judge(table, tests)
    try:
        rows += _measured(judge, table, rows, laws, anatomy, rng)
        truth = judge(rows)
        extra = _merged(table, rows, truth, demands, tests, rng)
        if extra:
            rows, truth = rows + extra, truth + judge(extra)
        extra = _borders(table, rows, truth, demands, tests, column_pools)
        if extra:
            rows, truth = rows + extra, truth + judge(extra)
        met = [row for row, t in zip(rows, truth, strict=True) if all(t)] or rows
        extra = _summed(table, met[-2:], tests, column_pools)
        if extra:
            rows, truth = rows + extra, truth + judge(extra)
    finally:
        judge.close()
    found = _sorted(rows, truth, demands, tests)
    if extra:
        found.misses.append(list(range(len(rows) - len(extra), len(rows))))
    return found


def _summed(table: Table, bases: list[Row], tests: list[str], column_pools: list[Pool]) -> list[Row]:
    """`bases` with the border values of columns that no test of a row names: of sums and their like."""
    found: list[Row] = []
    for i, column in enumerate(table.columns):
        if not any(f'"{column.name.lower()}"' in test.lower() for test in tests):
            found += [_with(row, i, value) for row in bases for value in column_pools[i].planted[:4]]
    return found[:40]


def _invented(
    table: Table,
    real: list[Row],
    laws: Laws,
    column_pools: list[Pool],
    named: list[int],
    rng: random.Random,
) -> list[Row]:
    """Rows with other values in the columns that the query names."""
    smalls = {i: column_pools[i].planted + column_pools[i].real for i in range(len(table.columns))}
    rows: list[Row] = []
    for _ in range(INVENTED):
        if real:
            row = list(rng.choice(real))
        else:
            row = [rng.choice(smalls[i]) if smalls[i] else None for i in range(len(table.columns))]
        for i in (
            named if rng.random() < 0.4 else rng.sample(named, min(len(named), rng.choice((1, 1, 2, 3))))
        ):
            pool, choice = column_pools[i], rng.random()
            if choice < 0.5 and pool.planted:
                row[i] = rng.choice(pool.planted)
            elif choice < 0.75 and smalls[i]:
                row[i] = pool.other(rng.choice(smalls[i]), rng)
            elif smalls[i]:
                row[i] = rng.choice(smalls[i])
            if i not in laws.never_null and rng.random() < 0.06:
                row[i] = None
        rows.append(tuple(row))
    return rows


class _Judge:
    """A table without constraints in which conditions are evaluated."""

    def __init__(self, table: Table, tests: list[str]) -> None:
        self.connection = apsw.Connection(":memory:")
        self.table = table
        self._create()
        self.tests = [t if self.prepares(t) else "NULL" for t in tests]

    def _create(self) -> None:
        for sql in (_loose(self.table), _bare(self.table)):
            if sql is not None:
                try:
                    self.connection.execute(sql)
                except apsw.Error:
                    continue
                return

    def prepares(self, test: str) -> bool:
        try:
            self.connection.execute(f"SELECT {test} FROM w").close()  # noqa: S608  only ever over rows of our own
        except apsw.Error:
            return False
        return True

    def __call__(self, rows: list[Row]) -> list[tuple[bool, ...]]:
        """For each row, which tests hold."""
        return [
            tuple(bool(v) for v in row) for row in self.values(rows, [f"({t}) IS TRUE" for t in self.tests])
        ]

    def values(self, rows: list[Row], expressions: list[str]) -> list[tuple[Value, ...]]:
        """The value of each expression for each row; None where it fails."""
        names = ", ".join(quoted(c.name) for c in self.table.columns)
        marks = ", ".join("?" * len(self.table.columns))
        with self.connection:
            self.connection.execute("DELETE FROM w")
            self.connection.executemany(f"INSERT INTO w ({names}) VALUES ({marks})", rows)  # noqa: S608  quoted
        try:
            return list(self.connection.execute(f"SELECT {', '.join(expressions)} FROM w ORDER BY rowid"))  # noqa: S608
        except apsw.Error:
            return [(None,) * len(expressions)] * len(rows)

    def close(self) -> None:
        self.connection.close()


def _bare(table: Table) -> str:
    return f"CREATE TABLE w ({', '.join(f'{quoted(c.name)} {_affinity(c.kind)}' for c in table.columns)})"


def _affinity(kind: str) -> str:
    return {"integer": "INTEGER", "real": "NUMERIC", "text": "TEXT"}.get(kind, "")


def _loose(table: Table) -> str | None:
    """The real table without its constraints, if it has generated columns or collations that matter."""
    upper = table.sql.upper()
    if table.virtual or not (" AS " in upper or " AS(" in upper or "COLLATE" in upper):
        return None
    try:
        tree = parse_one(table.sql, dialect="sqlite")
    except (SqlglotError, RecursionError):
        return None
    body = tree.this if isinstance(tree, exp.Create) else None
    if not isinstance(body, exp.Schema):
        return None
    kept = [item for item in body.expressions if isinstance(item, exp.ColumnDef)]
    for item in kept:
        item.set(
            "constraints",
            [
                c
                for c in item.args.get("constraints") or ()
                if isinstance(c.kind, _KEPT)
            ],
        )  # fmt: skip
    return f"CREATE TABLE w ({', '.join(item.sql('sqlite') for item in kept)})"


def _measured(
    judge: _Judge, table: Table, rows: list[Row], laws: Laws, anatomy: Anatomy, rng: random.Random
) -> list[Row]:
    """Rows at the border of computations that are held against a number, found by one step along a
    straight line.
    """
    found: list[Row] = []
    for own, expression, number in anatomy.measures:
        bare = expression.strip('"').lower()
        if own != table.name.lower() or table.column(bare) is not None or not judge.prepares(expression):
            continue
        movable = [
            i for i, f in enumerate(laws.forms) if f.look == "number" and not table.columns[i].unique
        ]
        inside = [i for i in movable if table.columns[i].name.lower() in expression.lower()] or movable
        for base in rng.sample(rows, min(3, len(rows))):
            for i in inside[:3]:
                value = base[i]
                if not isinstance(value, (int, float)):
                    continue
                moved = [_with(base, i, value), _with(base, i, value + 1)]
                (at,), (after,) = judge.values(moved, [expression])
                if isinstance(at, (int, float)) and isinstance(after, (int, float)) and after != at:
                    goal = value + (number - at) / (after - at)
                    if abs(goal) < 1e12:
                        whole = isinstance(value, int) or laws.forms[i].whole
                        steps = (
                            (int(goal) - 1, int(goal), int(goal) + 1)
                            if whole
                            else (goal, goal - 0.5, goal + 0.5)
                        )
                        found += [_with(base, i, step) for step in steps]
    return found


def _with(row: Row, index: int, value: Value) -> Row:
    return (*row[:index], value, *row[index + 1 :])


def _merged(
    table: Table,
    rows: list[Row],
    truth: list[tuple[bool, ...]],
    demands: list[Demand],
    tests: list[str],
    rng: random.Random,
) -> list[Row]:
    """Rows put together so that they meet all conditions of an alias, where few rows do by themselves."""
    found: list[Row] = []
    for demand in demands:
        places = [tests.index(c) for c in demand.conditions if c in tests]
        if sum(all(t[p] for p in places) for t in truth) >= 6 or not places:
            continue
        for _ in range(6):
            base = list(rng.choice(rows))
            for place in rng.sample(places, len(places)):
                donors = [row for row, t in zip(rows, truth, strict=True) if t[place]]
                if donors:
                    donor = rng.choice(donors)
                    for i, column in enumerate(table.columns):
                        if column.name.lower() in tests[place].lower():
                            base[i] = donor[i]
            found.append(tuple(base))
    return found


def _borders(
    table: Table,
    rows: list[Row],
    truth: list[tuple[bool, ...]],
    demands: list[Demand],
    tests: list[str],
    column_pools: list[Pool],
) -> list[Row]:
    """Rows that meet all conditions of an alias, with every value at a literal's border put in in turn."""
    found: list[Row] = []
    for demand in demands:
        places = [tests.index(c) for c in demand.conditions if c in tests]
        good = [row for row, t in zip(rows, truth, strict=True) if all(t[p] for p in places)]
        for row in good[-2:]:
            for i, column in enumerate(table.columns):
                if any(f'"{column.name.lower()}"' in tests[p].lower() for p in places):
                    found += [_with(row, i, value) for value in column_pools[i].planted[:12]]
    return found[:120]


def _sorted(
    rows: list[Row], truth: list[tuple[bool, ...]], demands: list[Demand], tests: list[str]
) -> Bank:
    hits: list[list[int]] = []
    misses: list[list[int]] = []
    for demand in demands:
        places = [tests.index(c) for c in demand.conditions if c in tests]
        hits.append([n for n, t in enumerate(truth) if all(t[p] for p in places)])
        for place in places:
            others = [p for p in places if p != place]
            misses.append([n for n, t in enumerate(truth) if not t[place] and all(t[p] for p in others)])
    by_pattern: dict[tuple[bool, ...], list[int]] = {}
    for number, pattern in enumerate(truth):
        by_pattern.setdefault(pattern, []).append(number)
    return Bank(
        rows=rows,
        hits=[h for h in hits if h],
        misses=[m for m in misses if m],
        patterns=list(by_pattern.values()),
    )
