"""What a database is made of: tables, columns with their types and keys, foreign keys, in file order.

Read with SQLite's own catalogue; views are listed by their statement alone.
"""

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
    """NOT NULL, or part of an INTEGER PRIMARY KEY."""
    unique: bool
    """Alone a key."""


@frozen(kw_only=True)
class ForeignKey:
    """Columns that point at another table's."""

    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]


@frozen(kw_only=True)
class Table:
    """A table, its columns in order."""

    name: str
    sql: str
    columns: tuple[Column, ...]
    foreign_keys: tuple[ForeignKey, ...]

    def column(self, name: str) -> Column | None:
        """The column of that name, whatever its case."""
        lower = name.lower()
        return next((c for c in self.columns if c.name.lower() == lower), None)


@frozen(kw_only=True)
class Schema:
    """All tables; `extras` are the statements of views and of unique indexes."""

    tables: tuple[Table, ...]
    extras: tuple[str, ...] = ()

    def table(self, name: str) -> Table | None:
        """The table of that name, whatever its case."""
        lower = name.lower()
        return next((t for t in self.tables if t.name.lower() == lower), None)


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
    rows = list(
        connection.execute(
            "SELECT type, name, sql FROM sqlite_master"
            " WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid"
        )
    )
    virtual = [str(name) for kind, name, sql in rows if kind == "table" and _is_virtual(sql)]
    tables = tuple(
        _table(connection, str(name), str(sql))
        for kind, name, sql in rows
        if kind == "table" and not any(str(name).startswith(owner) for owner in virtual)
    )
    extras = tuple(
        str(sql) for kind, _, sql in rows if kind == "view" or (kind == "index" and _is_unique(sql))
    )
    return Schema(tables=tables, extras=extras)


def _is_virtual(sql: Any) -> bool:
    return str(sql).upper().startswith("CREATE VIRTUAL")


def _is_unique(sql: Any) -> bool:
    return str(sql).upper().startswith("CREATE UNIQUE")


def _table(connection: "apsw.Connection", name: str, sql: str) -> Table:
    rows = list(connection.execute(f"PRAGMA table_xinfo({quoted(name)})"))
    rows = [row for row in rows if row[6] == 0]  # generated and hidden columns cannot be inserted
    keys = [row[1] for row in rows if row[5]]
    alone = set(_unique_columns(connection, name)) | (set(keys) if len(keys) == 1 else set())
    columns = tuple(
        Column(
            name=str(row[1]),
            declared=str(row[2]),
            kind=kind_of(str(row[2])),
            required=bool(row[3]) or (len(keys) == 1 and row[1] in keys),
            unique=row[1] in alone,
        )
        for row in rows
    )
    return Table(name=name, sql=sql, columns=columns, foreign_keys=tuple(_references(connection, name)))


def _unique_columns(connection: "apsw.Connection", table: str) -> Iterable[str]:
    for row in list(connection.execute(f"PRAGMA index_list({quoted(table)})")):
        if row[2] and not row[4]:
            parts = list(connection.execute(f"PRAGMA index_info({quoted(str(row[1]))})"))
            if len(parts) == 1 and parts[0][2] is not None:
                yield str(parts[0][2])


def _references(connection: "apsw.Connection", table: str) -> Iterable[ForeignKey]:
    found: dict[int, list[Any]] = {}
    for row in connection.execute(f"PRAGMA foreign_key_list({quoted(table)})"):
        found.setdefault(int(row[0]), []).append(row)
    for _, rows in sorted(found.items()):
        parent = str(rows[0][2])
        targets = [row[4] for row in rows]
        if None in targets:  # the parent's primary key is meant
            info = sorted(
                (r for r in connection.execute(f"PRAGMA table_info({quoted(parent)})") if r[5]),
                key=lambda r: r[5],
            )
            targets = [r[1] for r in info]
        if len(targets) == len(rows):
            yield ForeignKey(
                columns=tuple(str(row[3]) for row in rows), table=parent, targets=tuple(map(str, targets))
            )
