"""The database engines behind the gate, by dialect: four calls each.

    schema(path)                  what a database is made of
    guard(path)                   the real database, opened so that a hostile query cannot misuse it
    build(schema, rows)           a small database in memory that has that schema and those rows
    run(database, query, budget)  the rows of one query, or the reason why there are none

A new engine is a module here and a line in `_ENGINES`; the judgement in `engines.judging` is one for all.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, TypeVar

from fastdistill import TaskError
from fastdistill_sql.dialects import known
from fastdistill_sql.execute import Budget, Failure, Table, Value

S = TypeVar("S")
D = TypeVar("D")
Rows = Mapping[str, Sequence[Sequence[Value]]]
"""Rows by lower-case table; values in the order of the schema's columns."""


class Engine(Protocol[S, D]):
    """One way to run queries: `S` is its schema, `D` its open, guarded database."""

    @property
    def dialect(self) -> str:
        """Its name in a task row, and sqlglot's name for its language."""
        ...

    @property
    def version(self) -> str:
        """What its verdicts depend on."""
        ...

    def schema(self, path: Path, /) -> S:
        """What the file at `path` is made of. Raises `TaskError`: `missing-database`, `broken-database`."""
        ...

    def guard(self, path: Path, /) -> D:
        """The file at `path`, read only and kept open while it does not change. Raises as `schema` does."""
        ...

    def build(self, schema: S, rows: Rows, /) -> D:
        """A database in memory with the tables that `rows` names, and those rows that these take."""
        ...

    def run(self, database: D, query: str, budget: Budget, /) -> Table | Failure:
        """The rows of `query`. Never raises on what a query can do."""
        ...

    def close(self, database: D, /) -> None:
        """Let a database go that `build` made."""
        ...


_ENGINES = {"sqlite": "fastdistill_sql.engines.sqlite", "duckdb": "fastdistill_sql.engines.duck.engine"}


def engine_of(dialect: str) -> Engine[Any, Any]:
    """The engine of `dialect`.

    Raises `TaskError`: `unsupported-dialect`, or `engine-not-installed`, which names the extra.
    """
    if dialect not in _ENGINES:
        raise TaskError(
            "unsupported-dialect", f"dialect {dialect!r} cannot be run here; there are: {known()}"
        )
    try:
        engine: Engine[Any, Any] = import_module(_ENGINES[dialect]).ENGINE
    except ImportError as error:
        raise TaskError(
            "engine-not-installed",
            f"tasks in {dialect!r} need an engine that is not installed ({error.name}): "
            f"pip install 'fastdistill-sql[{dialect}]'",
        ) from error
    return engine
