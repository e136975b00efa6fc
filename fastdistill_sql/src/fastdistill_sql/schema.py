"""What a database is made of: tables, columns with their types and keys, foreign keys, views, in file
order.

Read with SQLite's own catalogue. What the file declares and SQLite cannot hold true (a foreign key to a
missing
column, say) is left out, so that nothing odd in a schema stands in anyone's way.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from attrs import frozen

if TYPE_CHECKING:
    import apsw

Kind = Literal["integer", "real", "text", "blob"]


@frozen(kw_only=True)
class Column:
    """A column as declared."""

    name: str
    declared: str
    kind: Kind
    """By SQLite's rules of affinity; NUMERIC counts as real."""
    required: bool
    """NOT NULL, or part of a primary key."""
    unique: bool
    """Alone a key."""
    stated: bool = False
    """NOT NULL in so many words."""


@frozen(kw_only=True)
class ForeignKey:
    """Columns that point at another table's."""

    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]


@frozen(kw_only=True)
class Table:
    """A table and its columns that can be filled, in order."""

    name: str
    sql: str
    columns: tuple[Column, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    keys: tuple[tuple[str, ...], ...] = ()
    """Sets of columns that are unique together; lower case."""
    virtual: bool = False

    def column(self, name: str) -> Column | None:
        """The column of that name, whatever its case."""
        lower = name.lower()
        return next((c for c in self.columns if c.name.lower() == lower), None)

    def sources(self, name: str) -> list[str]:
        """The columns that the generated column `name` may be made of; lower case."""
        quote = r"[\s\"`\[\](,]"
        made = r"\bAS\s*\((.*?)\)\s*(?:STORED|VIRTUAL|,|\))"
        match = re.search(rf"{quote}{re.escape(name)}{quote}.*?{made}", self.sql, re.IGNORECASE | re.DOTALL)
        text = match.group(1).lower() if match else ""
        return [c.name.lower() for c in self.columns if c.name.lower() in text]

    def place(self, name: str) -> int:
        """The index of the column of that name."""
        lower = name.lower()
        return next(i for i, c in enumerate(self.columns) if c.name.lower() == lower)


@frozen(kw_only=True)
class View:
    """A view and its statement."""

    name: str
    sql: str


@frozen(kw_only=True, cache_hash=True)
class Schema:
    """All tables and views; `indexes` are the statements of unique indexes by lower-case table."""

    tables: tuple[Table, ...]
    views: tuple[View, ...] = ()
    indexes: tuple[tuple[str, str], ...] = ()

    def table(self, name: str) -> Table | None:
        """The table of that name, whatever its case."""
        return _by_name(self).get(name.lower())

    def view(self, name: str) -> View | None:
        """The view of that name, whatever its case."""
        lower = name.lower()
        return next((v for v in self.views if v.name.lower() == lower), None)

    @property
    def strict_about_null(self) -> bool:
        """Whether NOT NULL is stated somewhere, so that a column without it may be meant to hold NULL."""
        return any(c.stated for t in self.tables for c in t.columns)


@lru_cache(maxsize=64)
def _by_name(schema: Schema) -> dict[str, Table]:
    return {t.name.lower(): t for t in schema.tables}


def quoted(name: str) -> str:
    """`name` as a quoted identifier."""
    return '"' + name.replace('"', '""') + '"'


def kind_of(declared: str) -> Kind:
    """The affinity of a declared type; dates and times without one are text."""
    upper = declared.upper()
    if "INT" in upper or "BOOL" in upper:
        return "integer"
    if any(word in upper for word in ("CHAR", "CLOB", "TEXT", "DATE", "TIME")):
        return "text"
    if "BLOB" in upper:
        return "blob"
    return "real" if upper else "text"


def read_schema(path: Path) -> Schema:
    """The schema of the file at `path`, cached until the file changes.

    Raises `TaskError`: `missing-database` or `broken-database`.
    """
    from fastdistill_sql.guard import stamp

    return _cached(path, *stamp(path))


@lru_cache(maxsize=512)
def _cached(path: Path, changed: int, size: int) -> Schema:
    from fastdistill_sql.guard import reader

    with reader(path).unguarded() as connection:
        return schema_of(connection)


def schema_of(connection: "apsw.Connection") -> Schema:
    """The schema of an open database."""
    kinds = {
        str(row[1]).lower(): str(row[2])
        for row in connection.execute("PRAGMA table_list")
        if row[0] == "main"
    }
    rows = [
        (str(kind), str(name), str(owner), str(sql or ""))
        for kind, name, owner, sql in connection.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_master"
            " WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid"
        )
    ]
    tables = [
        _table(connection, name, sql, virtual=kinds.get(name.lower()) == "virtual")
        for kind, name, _, sql in rows
        if kind == "table" and kinds.get(name.lower(), "table") in ("table", "virtual")
    ]
    return Schema(
        tables=tuple(_with_sound_references(table, tables) for table in tables if table.columns),
        views=tuple(View(name=name, sql=sql) for kind, name, _, sql in rows if kind == "view"),
        indexes=tuple(
            (owner.lower(), sql) for kind, _, owner, sql in rows if kind == "index" and _is_unique(sql)
        ),
    )


def _is_unique(sql: str) -> bool:
    return sql.upper().split(None, 2)[:2] == ["CREATE", "UNIQUE"]


def _table(connection: "apsw.Connection", name: str, sql: str, *, virtual: bool) -> Table:
    rows = _asked(connection, f"PRAGMA table_xinfo({quoted(name)})")
    rows = [row for row in rows if row[6] == 0]  # generated and hidden columns cannot be inserted
    primary = tuple(str(row[1]).lower() for row in sorted(rows, key=lambda r: r[5]) if row[5])
    keys = tuple(dict.fromkeys((primary, *_unique(connection, name)))) if primary else (
        tuple(dict.fromkeys(_unique(connection, name)))
    )  # fmt: skip
    columns = tuple(
        Column(
            name=str(row[1]),
            declared=str(row[2]),
            kind=kind_of(str(row[2])),
            required=bool(row[3]) or str(row[1]).lower() in primary,
            unique=(str(row[1]).lower(),) in keys,
            stated=bool(row[3]) and not row[5],
        )
        for row in rows
    )
    known = {c.name.lower() for c in columns}
    return Table(
        name=name,
        sql=sql,
        columns=columns,
        foreign_keys=tuple(_references(connection, name)),
        keys=tuple(key for key in keys if set(key) <= known),
        virtual=virtual,
    )


def _asked(connection: "apsw.Connection", pragma: str) -> list[Any]:
    """The rows of a PRAGMA; none where the table's module is missing."""
    import apsw

    try:
        return list(connection.execute(pragma))
    except apsw.Error:
        return []


def _unique(connection: "apsw.Connection", table: str) -> Iterable[tuple[str, ...]]:
    for row in _asked(connection, f"PRAGMA index_list({quoted(table)})"):
        if row[2] and not row[4]:
            parts = _asked(connection, f"PRAGMA index_info({quoted(str(row[1]))})")
            if parts and all(part[2] is not None for part in parts):
                yield tuple(str(part[2]).lower() for part in parts)


def _references(connection: "apsw.Connection", table: str) -> Iterable[ForeignKey]:
    found: dict[int, list[Any]] = {}
    for row in _asked(connection, f"PRAGMA foreign_key_list({quoted(table)})"):
        found.setdefault(int(row[0]), []).append(row)
    for _, rows in sorted(found.items()):
        parent = str(rows[0][2])
        targets = [row[4] for row in rows]
        if None in targets:  # the parent's primary key is meant
            info = sorted(
                (r for r in _asked(connection, f"PRAGMA table_info({quoted(parent)})") if r[5]),
                key=lambda r: r[5],
            )
            targets = [r[1] for r in info]
        if len(targets) == len(rows):
            yield ForeignKey(
                columns=tuple(str(row[3]) for row in rows), table=parent, targets=tuple(map(str, targets))
            )


def _with_sound_references(table: Table, tables: Iterable[Table]) -> Table:
    """`table` without foreign keys to tables or columns that do not exist."""
    from attrs import evolve

    known = {t.name.lower(): t for t in tables}
    sound = tuple(
        key
        for key in table.foreign_keys
        if (parent := known.get(key.table.lower())) is not None
        and all(parent.column(name) for name in key.targets)
        and all(table.column(name) for name in key.columns)
    )
    return evolve(table, foreign_keys=sound)
