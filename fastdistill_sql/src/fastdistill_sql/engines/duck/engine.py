"""DuckDB under the seam's four names."""

from functools import lru_cache
from pathlib import Path

import duckdb
from attrs import frozen

from fastdistill import TaskError
from fastdistill_sql.engines import Engine, Rows
from fastdistill_sql.engines.duck.building import build
from fastdistill_sql.engines.duck.catalogue import DuckSchema, schema_of
from fastdistill_sql.engines.duck.opening import Guarded, reader
from fastdistill_sql.engines.duck.running import run
from fastdistill_sql.execute import Budget, Failure, Table


@frozen
class DuckEngine:
    """DuckDB, in this process: a worker."""

    dialect: str = "duckdb"

    @property
    def version(self) -> str:
        """The library's."""
        return f"duckdb {duckdb.__version__}"

    def schema(self, path: Path, /) -> DuckSchema:
        """Tables, keys, types and views of the file."""
        guarded = self.guard(path)
        stat = path.stat()
        try:
            return _schema(guarded, path, stat.st_mtime_ns)
        except duckdb.Error as error:
            raise TaskError("broken-database", f"cannot read the schema of {path}: {error}") from error

    def guard(self, path: Path, /) -> Guarded:
        """The file under guard."""
        return reader(path)

    def build(self, schema: DuckSchema, rows: Rows, /) -> Guarded:
        """A database in memory."""
        return build(schema, rows)

    def run(self, database: Guarded, query: str, budget: Budget, /) -> Table | Failure:
        """The rows of `query`."""
        return run(database, query, budget)

    def close(self, database: Guarded, /) -> None:
        """Close it."""
        database.close()


@lru_cache(maxsize=64)
def _schema(guarded: Guarded, path: Path, changed: int) -> DuckSchema:
    return schema_of(guarded.connection)


ENGINE: Engine[DuckSchema, Guarded] = DuckEngine()
