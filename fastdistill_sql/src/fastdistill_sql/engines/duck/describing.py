"""A DuckDB file as text for a prompt: its CREATE statements, with values and descriptions as remarks."""

from collections.abc import Iterator
from pathlib import Path

import duckdb

from fastdistill import TaskError
from fastdistill_sql.engines.duck.catalogue import DuckSchema, schema_of
from fastdistill_sql.engines.duck.opening import reader
from fastdistill_sql.engines.duck.values import plain
from fastdistill_sql.notes import Notes
from fastdistill_sql.schema import Column, Table, quoted
from fastdistill_sql.shown import Described, Shown, literal, remark

_LOOKED_AT = 2000
_TEXT = ("VARCHAR", "ENUM")


def describe(database: Path, shown: Shown, notes: Notes) -> tuple[Described, ...]:
    """Each table and view of the file. Raises `TaskError` `broken-database`."""
    connection = reader(database).connection.cursor()
    try:
        schema = schema_of(connection)
        parts = tuple(_parts(connection, schema, shown, notes))
    except duckdb.Error as error:
        raise TaskError("broken-database", f"cannot read the schema of {database}: {error}") from error
    finally:
        connection.close()
    if not parts:
        raise TaskError("broken-database", f"{database} has no tables")
    return parts


def _parts(
    connection: duckdb.DuckDBPyConnection, schema: DuckSchema, shown: Shown, notes: Notes
) -> Iterator[Described]:
    for statement in schema.before:
        if statement.startswith(("CREATE TYPE", "CREATE MACRO", "CREATE SCHEMA")):
            yield Described("", statement + ";")
    for table in schema.tables:
        parents = tuple(key.table.lower() for key in table.foreign_keys)
        yield Described(table.name, _table(connection, table, shown, notes), parents)
    for statement in (*schema.others, *(sql for _, sql in schema.views)):
        yield Described("", statement.rstrip(";") + ";")


def _table(connection: duckdb.DuckDBPyConnection, table: Table, shown: Shown, notes: Notes) -> str:
    lines = [table.sql.rstrip(";") + ";"]
    for column in table.columns:
        said = notes.text(table.name, column.name, shown.note_characters)
        hint = _values(connection, table, column, shown.value_hints)
        text = remark(said, hint)
        if text:
            lines.append(f"-- {column.name}: {text.removeprefix('  -- ')}")
    if shown.sample_rows:
        source = f"SELECT * FROM {quoted(table.name)} LIMIT {shown.sample_rows}"  # noqa: S608  quoted
        rows = connection.execute(source).fetchall()
        lines += ["-- " + " | ".join(literal(plain(value)) for value in row) for row in rows]
    return "\n".join(lines)


def _values(connection: duckdb.DuckDBPyConnection, table: Table, column: Column, most: int) -> str:
    if not most or not column.declared.upper().startswith(_TEXT):
        return ""
    rows = connection.execute(
        f"SELECT DISTINCT v FROM (SELECT {quoted(column.name)} AS v FROM {quoted(table.name)} "  # noqa: S608  quoted
        f"LIMIT {_LOOKED_AT}) WHERE v IS NOT NULL ORDER BY v LIMIT {most}"
    ).fetchall()
    return ", ".join(literal(str(value)) for (value,) in rows)
