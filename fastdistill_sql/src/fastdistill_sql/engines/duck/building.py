"""A small DuckDB in memory with a real one's schema and rows of our own."""

from collections.abc import Sequence
from contextlib import suppress

import duckdb

from fastdistill_sql.engines import Rows
from fastdistill_sql.engines.duck.catalogue import DuckSchema
from fastdistill_sql.engines.duck.opening import Guarded, attached
from fastdistill_sql.execute import Value
from fastdistill_sql.schema import Table, quoted


def build(schema: DuckSchema, rows: Rows) -> Guarded:
    """The database with those of `rows` that its constraints and types take.

    A table that `rows` does not name is not made: an empty one would speak where nothing is known.
    Raises `duckdb.Error`.
    """
    database = attached()
    made = database.connection
    for statement in (*schema.before, *schema.others):
        with suppress(duckdb.Error):
            made.execute(statement)
    for table in schema.tables:
        if table.name.lower() in rows:
            with suppress(duckdb.Error):  # a parent that is not made; whoever reads the table is told so
                made.execute(table.sql)
                _fill(made, table, rows[table.name.lower()])
    for _, statement in schema.views:
        with suppress(duckdb.Error):  # a view over what is not here; whoever reads it is told so
            made.execute(statement)
    return database


def _fill(made: duckdb.DuckDBPyConnection, table: Table, rows: Sequence[Sequence[Value]]) -> None:
    if not rows:
        return
    names = ", ".join(quoted(column.name) for column in table.columns)
    marks = f"({', '.join('?' * len(table.columns))})"
    into = f"INSERT INTO {quoted(table.name)} ({names}) VALUES "  # noqa: S608  quoted
    try:
        made.execute(into + ", ".join([marks] * len(rows)), [value for row in rows for value in row])
    except duckdb.Error:
        for row in rows:
            with suppress(duckdb.Error):  # a key, a CHECK, a parent or a type refuses it; the others stand
                made.execute(into + marks, list(row))
