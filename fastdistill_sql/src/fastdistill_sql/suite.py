"""A task's suite: the neighbour databases that tell its gold from the gold's own one-edit neighbours.

Made in a worker, kept as JSON by the store, loaded by whichever worker judges. The same inputs give the
same bytes.
"""

import base64
import json
from pathlib import Path
from typing import Any

from attrs import frozen
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from fastdistill_sql.anatomy import dissect
from fastdistill_sql.compare import Comparison, Expected, matching
from fastdistill_sql.edits import Neighbour, neighbours
from fastdistill_sql.execute import Budget, Failure, Value, run
from fastdistill_sql.guard import Guarded, reader
from fastdistill_sql.neighbours import VERSION, Material, Rows, build, gather, variant
from fastdistill_sql.schema import Schema, quoted, read_schema
from fastdistill_sql.steady import steady

SEEDS = 36
"""Variants that are tried for one task."""
KEPT = 12
"""Variants that a suite holds at most."""
GENERIC = 6
"""Variants kept for what no neighbour stands for, as long as the gold has rows on them."""
BUDGET = Budget(steps=1_000_000, rows=5_000, cells=50_000, bytes=2**21)
"""For one query on a variant; these have a few dozen rows."""
GENERATOR = f"{VERSION}.1"


@frozen(kw_only=True)
class Kept:
    """A variant of a suite."""

    seed: int
    rows: dict[str, Rows]


@frozen(kw_only=True)
class Suite:
    """The kept variants, and how many of the gold's neighbours they kill."""

    schema: Schema
    variants: tuple[Kept, ...]
    killed: int
    total: int


def parse(query: str) -> exp.Expr | None:
    """The tree of `query`, or None if it is beyond the parser."""
    try:
        tree = parse_one(query, dialect="sqlite")
    except (SqlglotError, RecursionError):
        return None
    return tree if isinstance(tree, exp.Query) else None


def make(path: Path, gold: str, comparison: Comparison, *, first: int = 0, seeds: int = SEEDS) -> Suite:
    """The suite for `gold` over the database at `path`, from the seeds `first` to `first + seeds`."""
    schema = read_schema(path)
    tree = parse(gold)
    if tree is None or not schema.tables:
        return Suite(schema=schema, variants=(), killed=0, total=0)
    material = gather(reader(path), schema, dissect(tree, schema))
    alive = neighbours(tree, schema)
    total = len(alive)
    kept: list[Kept] = []
    spare: list[Kept] = []
    for seed in range(first, first + seeds):
        if len(kept) == KEPT or (not alive and len(kept) + len(spare) >= GENERIC):
            break
        left, found, telling = _try(material, seed, gold, alive, comparison)
        if found is not None and len(left) < len(alive):
            kept.append(found)
        elif found is not None and telling:
            spare.append(found)
        alive = left
    kept += spare[: max(0, min(KEPT - len(kept), GENERIC - len(kept) // 2))]
    return Suite(schema=schema, variants=tuple(kept), killed=total - len(alive), total=total)


def _try(
    material: Material, seed: int, gold: str, alive: list[Neighbour], comparison: Comparison
) -> tuple[list[Neighbour], Kept | None, bool]:
    """The neighbours that this seed's variant leaves, the variant if it is fair, whether gold has rows."""
    with_rows = build(material.schema, variant(material, seed))
    try:
        wanted = steady(with_rows, gold, BUDGET, comparison)
        if wanted is None:
            return alive, None, False
        left = [n for n in alive if not kills(with_rows, wanted, n.sql, comparison)]
        telling = bool(wanted.rows) and any(v not in (None, 0) for row in wanted.rows for v in row)
        return left, Kept(seed=seed, rows=_rows(with_rows, material.schema)), telling
    finally:
        with_rows.connection.close()


def kills(database: Guarded, wanted: Expected, query: str, comparison: Comparison) -> bool:
    """Whether `query` runs on `database` and its result is not the wanted one."""
    found = run(database, query, BUDGET)
    return not isinstance(found, Failure) and not matching(wanted, found, comparison)


def _rows(database: Guarded, schema: Schema) -> dict[str, Rows]:
    with database.unguarded() as connection:
        return {
            table.name: list(
                connection.execute(
                    f"SELECT {', '.join(quoted(c.name) for c in table.columns)} FROM {quoted(table.name)}"  # noqa: S608  quoted
                )
            )
            for table in schema.tables
        }


def dump(suite: Suite) -> str:
    """`suite` as JSON; the schema is read from the database again."""
    return json.dumps(
        {
            "generator": GENERATOR,
            "killed": suite.killed,
            "total": suite.total,
            "variants": [
                {
                    "seed": k.seed,
                    "rows": {t: [[_plain(v) for v in r] for r in rows] for t, rows in k.rows.items()},
                }
                for k in suite.variants
            ],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def load(text: str, schema: Schema) -> Suite:
    """What `dump` wrote."""
    data = json.loads(text)
    variants = tuple(
        Kept(
            seed=one["seed"],
            rows={t: [tuple(_value(v) for v in r) for r in rows] for t, rows in one["rows"].items()},
        )
        for one in data["variants"]
    )
    return Suite(schema=schema, variants=variants, killed=data["killed"], total=data["total"])


def _plain(value: Value) -> Any:
    return {"b": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _value(value: Any) -> Value:
    return base64.b64decode(value["b"]) if isinstance(value, dict) else value
