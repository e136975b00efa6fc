"""What a DuckDB file is made of: types, sequences, macros, tables with their keys, views, as statements."""

from typing import Any

import duckdb
from attrs import frozen

from fastdistill_sql.schema import Column, ForeignKey, Kind, Table, quoted

_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
             "UBIGINT", "UHUGEINT", "BOOLEAN")  # fmt: skip


@frozen(kw_only=True)
class DuckSchema:
    """Statements in an order in which they can be run again, and the tables that can be filled."""

    before: tuple[str, ...] = ()
    """Schemas, types, sequences and macros."""
    tables: tuple[Table, ...] = ()
    """Of the schema `main`, parents first; a table's `sql` makes it."""
    others: tuple[str, ...] = ()
    """Statements of tables outside of `main`, which stay empty."""
    views: tuple[tuple[str, str], ...] = ()
    """Names and statements."""
    primary: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Primary keys by lower-case table."""


def schema_of(connection: duckdb.DuckDBPyConnection) -> DuckSchema:
    """The schema of the open database."""
    tables, others, primary = [], [], []
    for place, name, sql in _rows(
        connection,
        "SELECT schema_name, table_name, sql FROM duckdb_tables() WHERE NOT internal AND NOT temporary "
        "AND database_name = current_database() ORDER BY table_oid",
    ):
        if place == "main":
            table, key = _table(connection, str(name), str(sql))
            tables.append(table)
            primary += [(table.name.lower(), key)] if key else []
        else:
            others.append(str(sql))
    views = _rows(
        connection,
        "SELECT view_name, sql FROM duckdb_views() WHERE NOT internal AND NOT temporary "
        "AND schema_name = 'main' AND database_name = current_database() ORDER BY view_oid",
    )
    return DuckSchema(
        before=tuple(_before(connection)),
        tables=tuple(_parents_first(tables)),
        others=tuple(others),
        views=tuple((str(name), str(sql)) for name, sql in views),
        primary=tuple(primary),
    )


def kind_of(declared: str) -> Kind:
    """How values of a type are stored elsewhere: as whole numbers, reals, bytes, or text."""
    plain = declared.upper().split("(")[0].strip()
    if plain in _INTEGERS:
        return "integer"
    if plain in ("FLOAT", "DOUBLE", "REAL", "DECIMAL"):
        return "real"
    return "blob" if plain == "BLOB" else "text"


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, *values: object) -> list[tuple[Any, ...]]:
    return connection.execute(sql, list(values)).fetchall()


def _before(connection: duckdb.DuckDBPyConnection) -> list[str]:
    made = [
        f"CREATE SCHEMA {quoted(str(name))}"
        for (name,) in _rows(
            connection,
            "SELECT schema_name FROM duckdb_schemas() WHERE NOT internal AND schema_name <> 'main' "
            "AND database_name = current_database() ORDER BY oid",
        )
    ]
    for name, labels in _rows(
        connection, "SELECT type_name, labels FROM duckdb_types() WHERE NOT internal AND labels IS NOT NULL"
    ):
        texts = ", ".join("'" + str(label).replace("'", "''") + "'" for label in labels)
        made.append(f"CREATE TYPE {quoted(str(name))} AS ENUM ({texts})")
    made += [str(sql) for (sql,) in _rows(connection, "SELECT sql FROM duckdb_sequences()") if sql]
    for name, parameters, body in _rows(
        connection,
        "SELECT function_name, parameters, macro_definition FROM duckdb_functions() "
        "WHERE NOT internal AND function_type = 'macro' AND macro_definition IS NOT NULL",
    ):
        made.append(f"CREATE MACRO {quoted(str(name))}({', '.join(map(quoted, parameters))}) AS {body}")
    return made


def _table(connection: duckdb.DuckDBPyConnection, name: str, sql: str) -> tuple[Table, tuple[str, ...]]:
    """The table and its primary key."""
    told = _rows(
        connection,
        "SELECT constraint_type, constraint_column_names, referenced_table, referenced_column_names "
        "FROM duckdb_constraints() WHERE schema_name = 'main' AND table_name = ? "
        "AND database_name = current_database() ORDER BY constraint_index",
        name,
    )
    required = {
        str(c) for kind, columns, *_ in told if kind in ("NOT NULL", "PRIMARY KEY") for c in columns
    }
    alone = {str(columns[0]) for kind, columns, *_ in told
             if kind in ("UNIQUE", "PRIMARY KEY") and len(columns) == 1}  # fmt: skip
    columns = _rows(
        connection,
        "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = 'main' AND table_name = ? "
        "AND database_name = current_database() ORDER BY column_index",
        name,
    )
    generated = {
        str(column)
        for (column,) in _rows(
            connection,
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'main' "
            "AND table_name = ? AND is_generated = 'ALWAYS'",
            name,
        )
    }
    primary = next((tuple(map(str, names)) for kind, names, *_ in told if kind == "PRIMARY KEY"), ())
    unique = [names for kind, names, *_ in told if kind in ("UNIQUE", "PRIMARY KEY")]
    table = Table(
        name=name,
        sql=sql,
        columns=tuple(
            Column(
                name=str(column),
                declared=str(declared),
                kind=kind_of(str(declared)),
                required=column in required,
                unique=column in alone,
                stated=column in required and column not in primary,
            )
            for column, declared in columns
            if column not in generated
        ),
        foreign_keys=tuple(
            ForeignKey(columns=tuple(map(str, here)), table=str(parent), targets=tuple(map(str, there)))
            for kind, here, parent, there in told
            if kind == "FOREIGN KEY"
        ),
        keys=tuple(tuple(str(name).lower() for name in names) for names in unique),
    )
    return table, primary


def _parents_first(tables: list[Table]) -> list[Table]:
    done: list[Table] = []
    left = list(tables)
    while left:
        waiting = {table.name.lower() for table in left}
        free = [
            table
            for table in left
            if not ({key.table.lower() for key in table.foreign_keys} - {table.name.lower()}) & waiting
        ]
        ready = free or left[:1]
        done += ready
        left = [table for table in left if table not in ready]
    return done
