"""Rows of neighbour databases as plain data, made by the generator over the task's SQLite twin."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import field, frozen

from fastdistill import structure
from fastdistill_sql.building import restore
from fastdistill_sql.compare import Comparison
from fastdistill_sql.directed import search
from fastdistill_sql.engines import Rows, engine_of
from fastdistill_sql.execute import Failure, Value, run
from fastdistill_sql.guard import Guarded, reader
from fastdistill_sql.laws import Assume
from fastdistill_sql.schema import quoted
from fastdistill_sql.suite import BUDGET, make

VERSION = 1


@frozen(kw_only=True)
class Variant:
    """A neighbour database."""

    seed: int
    rows: Rows = field(repr=False)


@frozen(kw_only=True)
class Variants:
    """The neighbours of a task, and how many of the gold's one-edit neighbours they kill on the twin."""

    variants: tuple[Variant, ...] = ()
    killed: int = 0
    total: int = 0
    telling: int = 0
    """Variants on which the gold has rows."""
    greatest: float = 0.0
    """The size of the largest number in the data."""
    why: str = ""
    """Why there are none."""


def make_twin(payload: dict[str, Any]) -> None:
    """Write the SQLite twin of `database` to the file `into`."""
    from fastdistill_sql.engines.duck import twin

    twin.make_twin(Path(payload["database"]), Path(payload["into"]))


def make_variants(payload: dict[str, Any]) -> None:
    """Write the variants for `gold` over `database`, whose twin is `twin`, to the file `into`."""
    comparison = structure(payload["comparison"], Comparison)
    found = _made(payload, comparison)
    Path(payload["into"]).write_bytes(dump(found))


def _made(payload: dict[str, Any], comparison: Comparison) -> Variants:
    from fastdistill_sql.engines.duck.twin import translated

    gold, path = translated(payload["gold"]), Path(payload["twin"])
    if gold is None:
        return Variants(why="the gold is beyond the parser")
    tried = run(reader(path), gold, BUDGET)
    if isinstance(tried, Failure) and tried.reason not in ("too-expensive", "too-large"):
        return Variants(why=f"the gold says nothing in SQLite: {tried.detail}"[:200])
    columns = columns_of(payload["dialect"], Path(payload["database"]))
    suite = make(path, gold, comparison, payload["assume"])
    return Variants(
        variants=tuple(
            Variant(seed=kept.seed, rows=_rows(restore(kept.data), columns)) for kept in suite.variants
        ),
        killed=suite.killed,
        total=suite.total,
        telling=suite.telling,
        greatest=suite.greatest,
        why=suite.why,
    )


def directed(
    dialect: str, database: Path, twin: Path, pair: tuple[str, str], assume: Assume
) -> Iterator[Variant]:
    """Variants made for a gold and a candidate together; none where SQLite cannot read one of them.

    The translated candidate is never run: it only says which rows might part it from the gold.
    """
    from fastdistill_sql.engines.duck.twin import translated

    gold, candidate = (translated(query) for query in pair)
    if gold is None or candidate is None:
        return
    columns = columns_of(dialect, database)
    for seed, made in search(twin, gold, candidate, assume).variants():
        yield Variant(seed=seed, rows=_rows(made, columns))


def columns_of(dialect: str, database: Path) -> dict[str, list[str]]:
    """The columns of each table, by its lower-case name."""
    tables = engine_of(dialect).schema(database).tables
    return {table.name.lower(): [column.name for column in table.columns] for table in tables}


def _rows(database: Guarded, columns: dict[str, list[str]]) -> Rows:
    """The rows of each table that is there, columns in the order of the task's own schema."""
    connection = database.connection
    there = {str(name).lower() for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    found: dict[str, list[tuple[Value, ...]]] = {}
    for table, names in columns.items():
        if table in there:
            chosen = ", ".join(map(quoted, names))
            found[table] = list(connection.execute(f"SELECT {chosen} FROM {quoted(table)}"))  # noqa: S608  quoted
    connection.close()
    return found


def dump(found: Variants) -> bytes:
    """`found` as JSON."""
    data = {
        "killed": found.killed,
        "total": found.total,
        "telling": found.telling,
        "greatest": found.greatest,
        "why": found.why,
        "variants": [
            {
                "seed": v.seed,
                "rows": {t: [[_plain(x) for x in r] for r in rows] for t, rows in v.rows.items()},
            }
            for v in found.variants
        ],
    }
    return json.dumps(data, ensure_ascii=True, separators=(",", ":")).encode()


def load(raw: bytes) -> Variants:
    """What `dump` wrote."""
    data = json.loads(raw)
    return Variants(
        variants=tuple(
            Variant(
                seed=one["seed"],
                rows={t: [tuple(_value(x) for x in r) for r in rows] for t, rows in one["rows"].items()},
            )
            for one in data["variants"]
        ),
        killed=data["killed"],
        total=data["total"],
        telling=data["telling"],
        greatest=data["greatest"],
        why=data["why"],
    )


def _plain(value: Value) -> Any:
    return {"b": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _value(value: Any) -> Value:
    return base64.b64decode(value["b"]) if isinstance(value, dict) else value
