"""A database as text for a prompt: its tables with keys, a few values of its text columns, a few rows."""

import sqlite3
from contextlib import closing
from functools import lru_cache
from pathlib import Path

from fastdistill import TaskError
from fastdistill_sql.notes import Notes, read_notes
from fastdistill_sql.shown import Described, Shown, literal, remark

_PLAIN = "abcdefghijklmnopqrstuvwxyz_"
_LOOKED_AT = 2000
"""Rows read for a column's example values: enough to see its casing, cheap on a large table."""


def describe(
    database: Path, shown: Shown, notes: Path | None = None, dialect: str = "sqlite"
) -> tuple[Described, ...]:
    """A CREATE TABLE statement for each table, with keys, values, descriptions from `notes`, and rows.

    Raises `TaskError`: `broken-database` when the file cannot be read, `broken-descriptions`.
    """
    try:
        changed = database.stat().st_mtime_ns
    except OSError as error:
        raise TaskError("missing-database", f"there is no database at {database}") from error
    if dialect != "sqlite":
        return _elsewhere(database, changed, shown, read_notes(notes), dialect)
    return _describe(database, changed, shown, read_notes(notes))


@lru_cache(maxsize=512)
def _elsewhere(
    database: Path, changed: int, shown: Shown, notes: Notes, dialect: str
) -> tuple[Described, ...]:
    from fastdistill_sql.engines import engine_of

    engine_of(dialect)  # says so if it is not installed
    from fastdistill_sql.engines.duck.describing import describe as other

    return other(database, shown, notes)


@lru_cache(maxsize=512)
def _describe(database: Path, changed: int, shown: Shown, notes: Notes) -> tuple[Described, ...]:
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as opened:
            opened.text_factory = lambda raw: raw.decode("utf-8", "replace")
            names = opened.execute(
                "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')"
                " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, rowid"
            ).fetchall()
            parts = tuple(_table(opened, name, kind, shown, notes) for name, kind in names)
    except sqlite3.Error as error:
        raise TaskError("broken-database", f"cannot read the schema of {database}: {error}") from error
    if not parts:
        raise TaskError("broken-database", f"{database} has no tables")
    return parts


def _table(opened: sqlite3.Connection, name: str, kind: str, shown: Shown, notes: Notes) -> Described:
    columns = [c for c in opened.execute(f"PRAGMA table_xinfo({quoted(name)})") if c[6] != 1]
    keys = [c[1] for c in sorted(columns, key=lambda c: c[5]) if c[5]]
    unique = _unique(opened, name)
    lines: list[tuple[str, str]] = []
    for _, column, declared, required, _, key, _ in columns:
        text = f"{identifier(column)} {declared}".rstrip()
        if key and len(keys) == 1:
            text += " PRIMARY KEY"
        else:
            text += (" NOT NULL" if required else "") + (" UNIQUE" if column in unique else "")
        said = notes.text(name, column, shown.note_characters)
        lines.append((text, remark(said, _hint(opened, name, column, declared, shown.value_hints))))
    if len(keys) > 1:
        lines.append((f"PRIMARY KEY ({', '.join(map(identifier, keys))})", ""))
    references = _references(opened, name)
    lines += [(text, "") for _, text in references]
    body = "\n".join(
        f"  {text}{',' if i < len(lines) else ''}{hint}" for i, (text, hint) in enumerate(lines, 1)
    )
    noun = "VIEW" if kind == "view" else "TABLE"
    text = f"CREATE {noun} {identifier(name)} (\n{body}\n);" + _rows(opened, name, shown.sample_rows)
    return Described(name, text, tuple(parent.lower() for parent, _ in references))


def _unique(opened: sqlite3.Connection, table: str) -> set[str]:
    """The columns that are declared unique by themselves."""
    found: set[str] = set()
    for _, index, unique, origin, partial, *_ in opened.execute(f"PRAGMA index_list({quoted(table)})"):
        columns = [c[2] for c in opened.execute(f"PRAGMA index_info({quoted(index)})")]
        if unique and origin != "pk" and not partial and len(columns) == 1:
            found.add(columns[0])
    return found


def _references(opened: sqlite3.Connection, table: str) -> list[tuple[str, str]]:
    """Each foreign key's parent and its clause."""
    by_key: dict[int, tuple[str, list[str], list[str]]] = {}
    for key, _, parent, here, there, *_ in opened.execute(f"PRAGMA foreign_key_list({quoted(table)})"):
        found = by_key.setdefault(key, (parent, [], []))
        found[1].append(identifier(here))
        if there is not None:
            found[2].append(identifier(there))
    return [
        (
            parent,
            f"FOREIGN KEY ({', '.join(here)}) REFERENCES {identifier(parent)}"
            + (f" ({', '.join(there)})" if there else ""),
        )
        for _, (parent, here, there) in sorted(by_key.items())
    ]


def _hint(opened: sqlite3.Connection, table: str, column: str, declared: str, most: int) -> str:
    """`'a', 'b'`: how this column writes its text."""
    kind = declared.upper()
    if not most or any(word in kind for word in ("INT", "REAL", "FLOA", "DOUB", "NUM", "BLOB", "BOOL")):
        return ""
    found = opened.execute(
        f"SELECT DISTINCT v FROM (SELECT {quoted(column)} AS v FROM {quoted(table)} LIMIT ?)"  # noqa: S608  quoted
        " WHERE typeof(v) = 'text' LIMIT ?",
        (_LOOKED_AT, most),
    ).fetchall()
    return ", ".join(literal(value) for (value,) in found)


def _rows(opened: sqlite3.Connection, table: str, most: int) -> str:
    if not most:
        return ""
    found = opened.execute(f"SELECT * FROM {quoted(table)} LIMIT ?", (most,)).fetchall()  # noqa: S608  quoted
    return "".join("\n-- " + " | ".join(literal(value) for value in row) for row in found)


def quoted(name: str) -> str:
    """`name` as a quoted identifier."""
    return '"' + name.replace('"', '""') + '"'


def identifier(name: str) -> str:
    """`name`, quoted where SQLite would not read it as it is."""
    lower = name.lower()
    plain = lower and set(lower) <= set(_PLAIN + "0123456789") and not lower[0].isdigit()
    return name if plain and lower not in _RESERVED else quoted(name)


_RESERVED_TEXT = """
    add all alter and as autoincrement between case check collate commit constraint create default
    deferrable delete distinct drop else escape except exists foreign from group having if in index
    insert intersect into is isnull join limit not notnull null on or order primary references returning
    select set table then to transaction union unique update using values when where"""
_RESERVED = frozenset(_RESERVED_TEXT.split())
