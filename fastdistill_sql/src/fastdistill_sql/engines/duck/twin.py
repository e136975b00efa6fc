"""A SQLite twin of a DuckDB file: the same tables and rows, for the generator of neighbours.

No candidate ever runs there. The gold is translated for it, only to say which rows are worth making.
"""

import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

import duckdb
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from fastdistill_sql.engines.duck.catalogue import DuckSchema, schema_of
from fastdistill_sql.engines.duck.opening import reader
from fastdistill_sql.engines.duck.values import plain
from fastdistill_sql.execute import Value
from fastdistill_sql.schema import Table, quoted

VERSION = 2
ROWS = 20_000
"""Rows of each table that are copied: enough to see what the data always obeys."""
_TYPES = {"integer": "INTEGER", "real": "REAL", "blob": "BLOB", "text": "TEXT"}
_KEPT = ("BOOLEAN", "DATE", "TIME", "TIMESTAMP")
"""Types whose names say something to the generator."""


def make_twin(path: Path, into: Path) -> None:
    """Write the twin of the DuckDB file at `path`. Raises `TaskError` where that cannot be read."""
    connection = reader(path).connection
    schema = schema_of(connection)
    with closing(sqlite3.connect(into)) as made:
        made.execute("PRAGMA journal_mode = OFF")
        for table in schema.tables:
            made.execute(_statement(table, dict(schema.primary).get(table.name.lower(), ())))
            _copy(connection, made, table)
        for sql in _views(schema):
            with suppress(sqlite3.Error):
                made.execute(sql)
        made.commit()


def translated(query: str) -> str | None:
    """A DuckDB query in SQLite's language, or None if it is beyond the parser."""
    try:
        tree = parse_one(query, dialect="duckdb")
    except (SqlglotError, RecursionError):
        return None
    if not isinstance(tree, exp.Query):
        return None
    with suppress(SqlglotError, RecursionError):
        return tree.sql(dialect="sqlite")
    return None


def _statement(table: Table, primary: tuple[str, ...]) -> str:
    parts = [
        f"{quoted(c.name)} {_declared(c.declared, c.kind)}{' NOT NULL' if c.stated else ''}"
        for c in table.columns
    ]
    own = tuple(name.lower() for name in primary)
    parts += [f"PRIMARY KEY ({', '.join(map(quoted, primary))})"] if primary else []
    parts += [f"UNIQUE ({', '.join(map(quoted, key))})" for key in table.keys if key != own]
    for key in table.foreign_keys:
        here, there = (", ".join(map(quoted, names)) for names in (key.columns, key.targets))
        parts.append(f"FOREIGN KEY ({here}) REFERENCES {quoted(key.table)} ({there})")
    return f"CREATE TABLE {quoted(table.name)} ({', '.join(parts)})"


def _declared(declared: str, kind: str) -> str:
    plain_name = declared.upper().split("(")[0].split(" ")[0]
    return plain_name if plain_name in _KEPT else _TYPES[kind]


def _copy(source: duckdb.DuckDBPyConnection, made: sqlite3.Connection, table: Table) -> None:
    names = ", ".join(quoted(c.name) for c in table.columns)
    cursor = source.cursor()
    cursor.execute(f"SELECT {names} FROM {quoted(table.name)} LIMIT {ROWS}")  # noqa: S608  quoted
    insert = f"INSERT OR IGNORE INTO {quoted(table.name)} VALUES ({', '.join('?' * len(table.columns))})"  # noqa: S608  quoted
    while chunk := cursor.fetchmany(1000):
        made.executemany(insert, [[_stored(value) for value in row] for row in chunk])
    cursor.close()


def _stored(value: object) -> Value:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    found = plain(value)
    return float(found) if isinstance(found, int) and abs(found) >= 2**63 else found


def _views(schema: DuckSchema) -> list[str]:
    found: list[str] = []
    for name, sql in schema.views:
        with suppress(SqlglotError, RecursionError):
            tree = parse_one(sql, dialect="duckdb")
            if isinstance(tree, exp.Create) and isinstance(tree.expression, exp.Query):
                body = tree.expression.sql(dialect="sqlite")
                found.append(f"CREATE VIEW {quoted(name)} AS {body}")
    return found
