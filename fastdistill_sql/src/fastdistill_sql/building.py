"""Making a variant's database in memory: the real tables where SQLite can make them here, plain ones
where not.

A collation or a function that only the application defines, a module that this build lacks: the table is
made from
its columns and their types alone. What cannot be made even so is left out.
"""

from collections.abc import Sequence
from functools import lru_cache

import apsw
from attrs import frozen
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from fastdistill_sql.execute import Value
from fastdistill_sql.guard import CLOCK, Guarded, guard
from fastdistill_sql.lexer import tokens
from fastdistill_sql.schema import Schema, Table, quoted

Rows = list[Sequence[Value]]


@frozen(kw_only=True)
class Blueprint:
    """Statements that make an empty variant, and how its tables are filled."""

    tables: tuple[Table, ...]
    """Parents before their children, where that is possible."""
    statements: tuple[str, ...]
    inserts: tuple[str, ...]
    names: frozenset[str]
    """Every table and view there is, lower case."""


def needed(schema: Schema, queries: tuple[str, ...]) -> frozenset[str]:
    """The tables and views that `queries` may read, and the parents of these tables; lower case."""
    known = {t.name.lower() for t in schema.tables} | {v.name.lower() for v in schema.views}
    found: set[str] = set()
    waiting = [name for query in queries for name in _names(query) if name in known]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        view, table = schema.view(name), schema.table(name)
        if view is not None:
            waiting += [other for other in _names(view.sql) if other in known]
        if table is not None:
            waiting += [key.table.lower() for key in table.foreign_keys]
    return frozenset(found)


def _names(sql: str) -> set[str]:
    """Whatever may be a name in `sql`."""
    return {t.text.strip("\"`[]'").lower() for t in tokens(sql) if t.kind in ("word", "name", "string")}


@lru_cache(maxsize=256)
def blueprint(schema: Schema, names: frozenset[str]) -> Blueprint:
    """How to make the tables and views of `names`."""
    scratch = _empty()
    tables: list[Table] = []
    statements: list[str] = []
    for table in _ordered([t for t in schema.tables if t.name.lower() in names]):
        made = next((sql for sql in (table.sql, _plain(table)) if _works(scratch, sql)), None)
        if made is not None:
            tables.append(table)
            statements.append(made)
            for owner, sql in schema.indexes:
                if owner == table.name.lower() and _works(scratch, sql):
                    statements.append(sql)
    wanted = [view.sql for view in schema.views if view.name.lower() in names]
    statements += [sql for sql in wanted if _works(scratch, sql)]
    scratch.close()
    return Blueprint(
        tables=tuple(tables),
        statements=tuple(statements),
        inserts=tuple(_insert(table) for table in tables),
        names=frozenset(
            {t.name.lower() for t in tables}
            | {v.name.lower() for v in schema.views if v.name.lower() in names}
        ),
    )


def _empty() -> apsw.Connection:
    made = apsw.Connection(":memory:", vfs=CLOCK.name)
    made.pragma("foreign_keys", False)
    made.pragma("page_size", 1024)
    return made


def _works(scratch: apsw.Connection, sql: str) -> bool:
    try:
        scratch.execute(sql)
    except (apsw.Error, ValueError):
        return False
    return True


def _plain(table: Table) -> str:
    """`table` by its columns, types and keys alone."""
    parts = [
        f"{quoted(c.name)} {_type(c.declared)}{' NOT NULL' if c.required else ''}" for c in table.columns
    ]
    parts += [f"UNIQUE ({', '.join(map(quoted, key))})" for key in table.keys]
    return f"CREATE TABLE {quoted(table.name)} ({', '.join(parts)})"


def _type(declared: str) -> str:
    return "".join(c for c in declared if c.isalnum() or c in " _(),")


def _insert(table: Table) -> str:
    names = ", ".join(quoted(c.name) for c in table.columns)
    marks = ", ".join("?" * len(table.columns))
    return f"INSERT OR IGNORE INTO {quoted(table.name)} ({names}) VALUES ({marks})"  # noqa: S608  quoted


def _ordered(tables: list[Table]) -> list[Table]:
    """Parents first; those in a circle in the order of the file."""
    done: list[Table] = []
    left = list(tables)
    while left:
        waiting = {t.name.lower() for t in left}
        free = [
            t for t in left if not ({k.table.lower() for k in t.foreign_keys} - {t.name.lower()}) & waiting
        ]
        ready = free or left[:1]
        done += ready
        left = [t for t in left if t not in ready]
    return done


def construct(plan: Blueprint, rows: dict[str, Rows]) -> Guarded:
    """A database in memory with those of `rows` (by lower-case table) that the tables take."""
    made = _empty()
    for statement in plan.statements:
        made.execute(statement)
    with made:
        for table, insert in zip(plan.tables, plan.inserts, strict=True):
            _fill(made, insert, rows.get(table.name.lower(), []))
    return guard(made, trusted=True)


def _fill(made: apsw.Connection, insert: str, rows: Rows) -> None:
    try:
        with made:
            made.executemany(insert, rows)
    except (apsw.Error, ValueError, OverflowError):
        pass
    else:
        return
    for row in rows:
        try:
            made.execute(insert, row)
        except (apsw.Error, ValueError, OverflowError):
            continue  # a CHECK that fails, a STRICT table, a module of its own mind: the others stand


def image(database: Guarded) -> bytes:
    """The whole database as SQLite would write it to a file."""
    return database.connection.serialize("main")


def restore(data: bytes) -> Guarded:
    """What `image` took."""
    made = _empty()
    made.deserialize("main", data)
    return guard(made, trusted=True)


def views_read(schema: Schema, tree: exp.Expr) -> list[exp.Expr]:
    """The statements of the views that `tree` reads, and of those that these read, as trees."""
    found: dict[str, exp.Expr] = {}
    waiting = [tree]
    while waiting:
        for table in waiting.pop().find_all(exp.Table):
            view = schema.view(table.name)
            if view is None or view.name in found:
                continue
            try:
                made = parse_one(view.sql, dialect="sqlite")
            except (SqlglotError, RecursionError):
                continue
            body = made.expression
            if isinstance(body, exp.Query):
                found[view.name] = body
                waiting.append(body)
    return list(found.values())
