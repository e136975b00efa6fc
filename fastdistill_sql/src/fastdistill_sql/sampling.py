"""What is known of a real database's tables: their laws, some of their rows, and which columns lie in
which.

Read once for a file and kept while it does not change.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import apsw
from attrs import field, frozen

from fastdistill_sql.execute import Value
from fastdistill_sql.guard import reader, stamp
from fastdistill_sql.laws import MINED, Assume, Laws, mine
from fastdistill_sql.names import Place
from fastdistill_sql.schema import Schema, Table, quoted, read_schema

SAMPLED = 240
"""Rows of a real table that variants are made from."""
_LONGEST = 2_000
"""Characters of one value; longer ones are cut."""
Row = tuple[Value, ...]


@frozen(kw_only=True)
class Sample:
    """One table as it is."""

    laws: Laws
    rows: list[Row] = field(repr=False)
    """Some, from all over the table."""
    count: int
    greatest: float = 0.0
    """The largest number by size."""


def sample(path: Path, table: str, assume: Assume) -> Sample:
    """The laws and some rows of `table` in the file at `path`."""
    return _sample(path, stamp(path), table.lower(), assume)


@lru_cache(maxsize=512)
def _sample(path: Path, changed: tuple[int, int], name: str, assume: Assume) -> Sample:
    schema = read_schema(path)
    table = schema.table(name)
    if table is None:
        raise LookupError(f"there is no table {name!r}")
    rows = _rows(path, table)
    numbers = (abs(v) for row in rows for v in row if isinstance(v, (int, float)))
    step = max(1, len(rows) // SAMPLED)
    some = dict.fromkeys((*rows[:40], *rows[::step][:SAMPLED]))
    return Sample(
        laws=mine(schema, table, rows, assume),
        rows=[_cut(row) for row in some],
        count=len(rows),
        greatest=max(numbers, default=0.0),
    )


def _rows(path: Path, table: Table) -> list[Row]:
    names = ", ".join(quoted(c.name) for c in table.columns)
    query = f"SELECT {names} FROM {quoted(table.name)} LIMIT {MINED}"  # noqa: S608  quoted
    return list(asked(path, query))


def asked(path: Path, query: str, values: tuple[Value, ...] = ()) -> list[Row]:
    """What our own `query` gives over the file; nothing where a table cannot be read."""
    database = reader(path)
    for _ in range(2):
        try:
            with database.unguarded() as connection:
                return [tuple(row) for row in connection.execute(query, values)]
        except UnicodeDecodeError:
            if not database.repair():
                break
        except apsw.Error:
            break
    return []


def _cut(row: Row) -> Row:
    return tuple(v[:_LONGEST] if isinstance(v, (str, bytes)) and len(v) > _LONGEST else v for v in row)


def holding(path: Path, table: Table, constants: Iterable[tuple[Place, Value]]) -> list[Row]:
    """Real rows that hold the literals of a query."""
    found: dict[Row, None] = {}
    names = ", ".join(quoted(c.name) for c in table.columns)
    for place, value in constants:
        if place[0] == table.name.lower() and table.column(place[1]) is not None:
            query = f"SELECT {names} FROM {quoted(table.name)} WHERE {quoted(place[1])} = ? LIMIT 8"  # noqa: S608  quoted
            found.update(dict.fromkeys(_cut(row) for row in asked(path, query, (value,))))
    return list(found)


@frozen(kw_only=True)
class Link:
    """Columns whose values are found in another table's columns."""

    table: str
    columns: tuple[int, ...]
    parent: str
    targets: tuple[int, ...]
    always: bool
    """Whether rows must have a partner there: it is declared, or the real ones always have."""
    acyclic: bool = True
    """Within one table: whether following it never comes back."""


def links(
    path: Path,
    schema: Schema,
    tables: tuple[Table, ...],
    joins: Sequence[tuple[Place, Place]],
    hinted: Sequence[tuple[Place, Place]] = (),
    *,
    orphans: bool,
) -> list[Link]:
    """The declared links among `tables`, and those that `joins` suggest and the real rows bear out.

    What is `hinted` (a candidate's joins) counts only where chance would not have made it so. With
    `orphans` a declared one that the real rows break may be broken.
    """
    names = {t.name.lower() for t in tables}
    found: list[Link] = []
    for table in tables:
        for key in table.foreign_keys:
            if key.table.lower() in names:
                places = (table.name.lower(), tuple(c.lower() for c in key.columns))
                targets = tuple(c.lower() for c in key.targets)
                found += _link(
                    path, schema, *places, key.table.lower(), targets, declared=True, orphans=orphans
                )
    known = {(k.table, k.columns, k.parent) for k in found} | {
        (k.parent, k.targets, k.table) for k in found
    }
    sound = {frozenset(pair) for pair in joins}
    for one, other in (*joins, *hinted):
        pair = frozenset((one, other))
        if one[0] not in names or other[0] not in names:
            continue
        tried = sorted([(one, other), (other, one)], key=lambda pair: not _key(schema, pair[1]))
        for child, parent in tried:
            if not (pair in sound or _telling(path, schema, child, parent)):
                continue
            made = _link(path, schema, child[0], (child[1],), parent[0], (parent[1],))
            if made and (made[0].table, made[0].columns, made[0].parent) in known:
                break
            if made:
                found += made
                break
    return found


TELLING = 20
"""Rows that must have a partner for a link that nothing but a candidate's join suggests."""


def _telling(path: Path, schema: Schema, child: Place, parent: Place) -> bool:
    """Whether the real rows bear a link out that no gold and no declaration makes: to a key, by many rows.

    Numbers lie in each other by chance, so that for them the names must speak for it too.
    """
    one, other = schema.table(child[0]), schema.table(parent[0])
    if one is None or other is None or not _key(schema, parent):
        return False
    column = one.column(child[1])
    always, count = _contained(path, stamp(path), one.name, (child[1],), other.name, (parent[1],))
    if column is None or not always or count < TELLING:
        return False
    stem = parent[0].rstrip("s")
    return column.kind == "text" or child[1] == parent[1] or stem in child[1]


def _key(schema: Schema, place: Place) -> bool:
    table = schema.table(place[0])
    column = table.column(place[1]) if table else None
    return column is not None and column.unique


def _link(
    path: Path,
    schema: Schema,
    child: str,
    columns: tuple[str, ...],
    parent: str,
    targets: tuple[str, ...],
    *,
    declared: bool = False,
    orphans: bool = False,
) -> list[Link]:
    one, other = schema.table(child), schema.table(parent)
    if one is None or other is None:
        return []
    if not all(one.column(c) for c in columns) or not all(other.column(c) for c in targets):
        return []
    always, count = _contained(path, stamp(path), one.name, columns, other.name, targets)
    if not declared and (not always or count < 3):
        return []
    here, there = tuple(one.place(c) for c in columns), tuple(other.place(c) for c in targets)
    acyclic = child != parent or _acyclic(path, stamp(path), one.name, columns, targets)
    return [
        Link(
            table=child,
            columns=here,
            parent=parent,
            targets=there,
            always=always or (declared and not orphans),
            acyclic=acyclic,
        )
    ]


@lru_cache(maxsize=2048)
def _contained(
    path: Path,
    changed: tuple[int, int],
    child: str,
    columns: tuple[str, ...],
    parent: str,
    targets: tuple[str, ...],
) -> tuple[bool, int]:
    """Whether every value of `columns` has a partner in `targets`, and how many rows say so."""
    known = " AND ".join(f"a.{quoted(c)} IS NOT NULL" for c in columns)
    same = " AND ".join(f"b.{quoted(t)} = a.{quoted(c)}" for c, t in zip(columns, targets, strict=True))
    one, other = quoted(child), quoted(parent)
    if len(columns) == 1:
        lone = f"a.{quoted(columns[0])} NOT IN (SELECT b.{quoted(targets[0])} FROM {other} b WHERE b.{quoted(targets[0])} IS NOT NULL)"  # noqa: S608, E501
    else:
        lone = f"NOT EXISTS (SELECT 1 FROM {other} b WHERE {same})"  # noqa: S608  quoted
    orphan = asked(path, f"SELECT 1 FROM {one} a WHERE {known} AND {lone} LIMIT 1")  # noqa: S608  quoted
    count = asked(path, f"SELECT COUNT(*) FROM (SELECT 1 FROM {one} a WHERE {known} LIMIT 100)")  # noqa: S608
    return not orphan, int(count[0][0]) if count else 0  # type: ignore[arg-type]


@lru_cache(maxsize=256)
def _acyclic(
    path: Path, changed: tuple[int, int], table: str, columns: tuple[str, ...], targets: tuple[str, ...]
) -> bool:
    if len(columns) != 1:
        return True
    both = f"{quoted(targets[0])}, {quoted(columns[0])}"
    pairs = asked(path, f"SELECT {both} FROM {quoted(table)} LIMIT {MINED}")  # noqa: S608  quoted
    above: dict[Value, Value] = {row[0]: row[1] for row in pairs}
    good: set[Value] = set()
    for start in above:
        seen: dict[Value, None] = {}
        at: Value = start
        while at is not None and at in above and at not in good:
            if at in seen:
                return False
            seen[at] = None
            at = above[at]
        good.update(seen)
    return True
