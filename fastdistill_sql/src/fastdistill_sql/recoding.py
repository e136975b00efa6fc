"""Text that is not UTF-8: a copy of the database in memory, in which such text is read as Latin-1.

SQLite keeps whatever bytes it was given; Python's text cannot hold them. Latin-1 maps every byte, so
different
texts stay different.
"""

from contextlib import suppress

import apsw

from fastdistill_sql.execute import Value
from fastdistill_sql.schema import quoted


def recoded(source: apsw.Connection) -> apsw.Connection:
    """A read-only copy of `source` with all of its text in UTF-8."""
    made = apsw.Connection(":memory:", vfs=source.open_vfs)
    source.authorizer = None
    with made.backup("main", source, "main") as backup:
        backup.step(-1)
    made.create_scalar_function("fd_recode", _recode, 1, deterministic=True)
    made.create_scalar_function("fd_broken", _broken, 1, deterministic=True)
    for (name,) in list(made.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")):
        with suppress(apsw.Error):
            made.execute(f"DROP TRIGGER {quoted(str(name))}")
    tables = [
        str(row[1])
        for row in made.execute("PRAGMA table_list")
        if row[0] == "main" and row[2] == "table" and not str(row[1]).startswith("sqlite_")
    ]
    for table in tables:
        for row in list(made.execute(f"PRAGMA table_xinfo({quoted(table)})")):
            if row[6] == 0:
                with suppress(apsw.Error):
                    _recode_column(made, quoted(table), quoted(str(row[1])))
    made.pragma("query_only", True)
    return made


def _recode_column(made: apsw.Connection, table: str, column: str) -> None:
    made.execute(
        f"UPDATE {table} SET {column} = fd_recode(CAST({column} AS BLOB))"  # noqa: S608  quoted
        f" WHERE typeof({column}) = 'text' AND fd_broken(CAST({column} AS BLOB))"
    )


def _broken(*given: Value) -> bool:
    raw = given[0]
    if not isinstance(raw, bytes):
        return False
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _recode(*given: Value) -> Value:
    raw = given[0]
    return raw.decode("latin-1") if isinstance(raw, bytes) else raw
