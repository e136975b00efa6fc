"""Neighbour databases: small, seeded variants of a real one that obey its schema and part its queries.

A variant is real rows, sampled and disturbed, or rows from the pools; with duplicates, NULLs, ties and
empty tables. It is made under the real DDL, so that NOT NULL, UNIQUE, CHECK and foreign keys hold.
"""

import random
from collections.abc import Sequence

import apsw
from attrs import field, frozen

from fastdistill_sql.anatomy import Anatomy, Place
from fastdistill_sql.execute import Value
from fastdistill_sql.guard import CLOCK, Guarded, guard
from fastdistill_sql.pools import Pool, pools
from fastdistill_sql.schema import Column, Schema, Table, quoted

VERSION = 1
"""Of the generator: another one makes other variants for a seed."""
SAMPLED = 240
"""Rows of a real table that variants are made from."""
_SIZES = (0, 1, 2, 3, 5, 8, 12, 16)
_WIDE = 60
"""Columns beyond which only those that the query names are filled, unless they must be."""
Rows = list[Sequence[Value]]


@frozen(kw_only=True)
class Material:
    """What variants of one database for one query are made of."""

    schema: Schema
    anatomy: Anatomy
    real: dict[str, Rows] = field(repr=False)
    """Sampled real rows, by lower-case table."""
    pools: dict[Place, Pool] = field(repr=False)


def gather(database: Guarded, schema: Schema, anatomy: Anatomy) -> Material:
    """Sample the real rows, those that hold the query's literals among them."""
    real: dict[str, Rows] = {}
    with database.unguarded() as connection:
        for table in schema.tables:
            real[table.name.lower()] = _sample(connection, table, anatomy)
    return Material(schema=schema, anatomy=anatomy, real=real, pools=pools(schema, anatomy, real))


def _sample(connection: apsw.Connection, table: Table, anatomy: Anatomy) -> Rows:
    names = ", ".join(quoted(c.name) for c in table.columns)
    source = f"SELECT {names} FROM {quoted(table.name)}"  # noqa: S608  quoted
    found: Rows = []
    for place, value in anatomy.constants:
        if place[0] == table.name.lower():
            found += connection.execute(f"{source} WHERE {quoted(place[1])} = ? LIMIT 12", (value,))
    found += connection.execute(f"{source} LIMIT {SAMPLED}")
    return [
        tuple(v[:200] if isinstance(v, (str, bytes)) else v for v in row)
        for row in dict.fromkeys(map(tuple, found))
    ]


def variant(material: Material, seed: int) -> dict[str, Rows]:
    """Rows by table name for `seed`; not yet checked against the schema's constraints."""
    rng = random.Random(f"{VERSION}:{seed}")  # noqa: S311  variety, not secrecy
    small = {id(pool): pool.small(rng) for pool in material.pools.values()}
    disturbed = seed % 2 == 0
    nulls = rng.choice((0.0, 0.05, 0.15, 0.4))
    size = rng.choice(_SIZES[3:]) + (2 * material.anatomy.most if rng.random() < 0.5 else 0)
    made: dict[str, Rows] = {}
    for table in material.schema.tables:
        name = table.name.lower()
        used = name in material.anatomy.tables
        count = rng.choice(_SIZES) if rng.random() < 0.15 else size + rng.randrange(3)
        hollow = _hollow(rng, table, material)
        maker = _Maker(rng=rng, table=table, material=material, small=small, nulls=nulls, hollow=hollow)
        if material.real[name] and (disturbed or not used):
            made[table.name] = maker.disturbed(count if used else min(count, 4))
        else:
            made[table.name] = maker.drawn(count if used else min(count, 4))
    return made


def _hollow(rng: random.Random, table: Table, material: Material) -> str | None:
    """In some variants one of the columns that the query names."""
    named = [
        c.name for c in table.columns if (table.name.lower(), c.name.lower()) in material.anatomy.columns
    ]
    return rng.choice(named) if named and rng.random() < 0.35 else None


@frozen(kw_only=True)
class _Maker:
    """Makes the rows of one table."""

    rng: random.Random
    table: Table
    material: Material
    small: dict[int, list[Value]]
    nulls: float
    hollow: str | None
    """The column that is almost empty."""

    def drawn(self, count: int) -> Rows:
        """Rows from the pools, some of them twice but for one cell."""
        rows: Rows = []
        for number in range(count):
            if rows and self.rng.random() < 0.3:
                rows.append(self._changed(self.rng.choice(rows), number))
            else:
                rows.append(tuple(self._cell(column, number) for column in self.table.columns))
        return rows

    def disturbed(self, count: int) -> Rows:
        """Real rows, those with the query's literals first among them, about half of them changed."""
        real = self.material.real[self.table.name.lower()]
        first = real[: max(12, len(real) // 6)]
        rows: Rows = []
        for number in range(count):
            row = self.rng.choice(first if self.rng.random() < 0.5 else real)
            kept = row not in rows and self.rng.random() < 0.5
            rows.append(row if kept else self._changed(row, number))
        return rows

    def _changed(self, row: Sequence[Value], number: int) -> Sequence[Value]:
        """`row` with one or two other cells, and new keys so that it can stand beside the old one."""
        named = [i for i, c in enumerate(self.table.columns) if self._named(c)] or [0]
        chosen = {i for i in named if self.table.columns[i].name == self.hollow}
        chosen |= {self.rng.choice(named) for _ in range(self.rng.choice((1, 1, 2)))}
        return tuple(
            self._cell(column, number) if i in chosen or column.unique else row[i]
            for i, column in enumerate(self.table.columns)
        )

    def _named(self, column: Column) -> bool:
        return (self.table.name.lower(), column.name.lower()) in self.material.anatomy.columns

    def _cell(self, column: Column, number: int) -> Value:
        place = (self.table.name.lower(), column.name.lower())
        if not column.required:
            if self.rng.random() < (0.8 if column.name == self.hollow else self.nulls):
                return None
            if len(self.table.columns) > _WIDE and not self._named(column):
                return None
        pool = self.material.pools[place]
        choices = self.small[id(pool)]
        chance = self.rng.random()
        if column.unique and column.kind == "integer" and chance < 0.8:
            return number + 1 if chance < 0.6 else 100 + number
        if column.unique and chance < 0.5:
            choices = pool.real or choices
        return self.rng.choice(choices) if choices else None


def build(schema: Schema, rows: dict[str, Rows]) -> Guarded:
    """A database in memory with those of `rows` that the schema's constraints allow."""
    made = apsw.Connection(":memory:", vfs=CLOCK.name)
    made.pragma("foreign_keys", False)
    for table in schema.tables:
        made.execute(table.sql)
    for extra in schema.extras:
        made.execute(extra)
    for table in schema.tables:
        _fill(made, table, rows.get(table.name, []))
    for _ in range(6):
        orphans = list(made.execute("PRAGMA foreign_key_check"))
        if not orphans:
            break
        for name, rowid, *_rest in orphans:
            made.execute(f"DELETE FROM {quoted(str(name))} WHERE rowid = ?", (rowid,))  # noqa: S608  quoted
    return guard(made)


def _fill(made: apsw.Connection, table: Table, rows: Rows) -> None:
    names = ", ".join(quoted(c.name) for c in table.columns)
    marks = ", ".join("?" * len(table.columns))
    statement = f"INSERT OR IGNORE INTO {quoted(table.name)} ({names}) VALUES ({marks})"  # noqa: S608  quoted
    with made:
        for row in rows:
            try:
                made.execute(statement, row)
            except (apsw.ConstraintError, apsw.MismatchError):
                continue  # STRICT tables and foreign kinds of values refuse a row; the others stand
