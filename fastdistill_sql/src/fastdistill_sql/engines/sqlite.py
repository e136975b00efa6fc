"""SQLite as an engine: the gate's own reader, schema, building and execution, under the seam's names."""

from pathlib import Path

import apsw
from attrs import frozen

from fastdistill_sql.building import blueprint, construct
from fastdistill_sql.engines import Engine, Rows
from fastdistill_sql.execute import Budget, Failure, Table, run
from fastdistill_sql.guard import Guarded, reader
from fastdistill_sql.schema import Schema, read_schema


@frozen
class SqliteEngine:
    """SQLite, in this process."""

    dialect: str = "sqlite"

    @property
    def version(self) -> str:
        """The library's."""
        return f"sqlite {apsw.sqlite_lib_version()}"

    def schema(self, path: Path, /) -> Schema:
        """Tables, keys and views of the file."""
        return read_schema(path)

    def guard(self, path: Path, /) -> Guarded:
        """The file under guard."""
        return reader(path)

    def build(self, schema: Schema, rows: Rows, /) -> Guarded:
        """A database in memory."""
        plan = blueprint(schema, frozenset(rows) | {view.name.lower() for view in schema.views})
        return construct(plan, {table: list(of_table) for table, of_table in rows.items()})

    def run(self, database: Guarded, query: str, budget: Budget, /) -> Table | Failure:
        """The rows of `query`."""
        return run(database, query, budget)

    def close(self, database: Guarded, /) -> None:
        """Close it."""
        database.connection.close()


ENGINE: Engine[Schema, Guarded] = SqliteEngine()
