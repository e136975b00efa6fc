"""A task's suite: the neighbour databases that tell its gold from the gold's own one-edit neighbours.

Made in a worker, kept by the store as one line of JSON and the databases' images, loaded by whichever
worker judges.
The same inputs give the same bytes.
"""

import json
from functools import lru_cache
from pathlib import Path

import apsw
from attrs import frozen
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from fastdistill import TaskError
from fastdistill_sql.anatomy import dissect
from fastdistill_sql.building import construct, image
from fastdistill_sql.compare import Comparison, Expected, matching
from fastdistill_sql.edits import Neighbour, neighbours
from fastdistill_sql.execute import Budget, Failure, swift
from fastdistill_sql.guard import Guarded
from fastdistill_sql.laws import Assume
from fastdistill_sql.neighbours import VERSION, Material, gather, variant
from fastdistill_sql.schema import read_schema
from fastdistill_sql.steady import steady

SEEDS = 32
"""Variants that are tried for one task."""
FURTHER = 96
"""The same as long as the gold has rows on none."""
KEPT = 10
"""Variants that a suite holds at most."""
GENERIC = 5
"""Variants kept for what no neighbour stands for, as long as the gold has rows on them."""
IDLE = 5
"""Variants in a row that kill nothing, after which the search ends."""
EDITS = 32
"""One-edit neighbours of the gold that are tried."""
UNMADE = (
    apsw.Error,
    SqlglotError,
    RecursionError,
    MemoryError,
    ArithmeticError,
    LookupError,
    TypeError,
    ValueError,
)
"""What may go wrong while variants are made: a task is judged without them, and the evidence says so."""
BUDGET = Budget(steps=1_000_000, rows=5_000, cells=50_000, bytes=2**21)
"""For one query on a variant; these have a few dozen rows."""
GENERATOR = f"{VERSION}.3"


@frozen(kw_only=True)
class Kept:
    """A variant of a suite."""

    seed: int
    data: bytes


@frozen(kw_only=True)
class Suite:
    """The kept variants, and how many of the gold's neighbours they kill."""

    variants: tuple[Kept, ...] = ()
    killed: int = 0
    total: int = 0
    telling: int = 0
    """Variants on which the gold has rows."""
    greatest: float = 0.0
    why: str = ""
    """Why there are no variants."""


@lru_cache(maxsize=1024)
def parse(query: str) -> exp.Expr | None:
    """The tree of `query`, or None if it is beyond the parser; shared, so never to be changed."""
    try:
        tree = parse_one(query, dialect="sqlite")
    except (SqlglotError, RecursionError):
        return None
    return tree if isinstance(tree, exp.Query) else None


def make(path: Path, gold: str, comparison: Comparison, assume: Assume = "data") -> Suite:
    """The suite for `gold` over the database at `path`; one without variants says why. Raises `TaskError`
    only.
    """
    tree = parse(gold)
    if tree is None:
        return Suite(why="the gold is beyond the parser")
    try:
        schema = read_schema(path)
        material = gather(path, schema, dissect(tree, schema), (gold,), assume=assume)
        if not material.tables:
            return Suite(why="the gold reads no table that a variant could hold")
        alive = neighbours(tree, schema, EDITS)
        found = _search(material, gold, alive, comparison)
    except TaskError:
        raise
    except UNMADE as error:
        return Suite(why=f"{type(error).__name__}: {error}"[:200])
    return found


def _search(material: Material, gold: str, alive: list[Neighbour], comparison: Comparison) -> Suite:
    total = len(alive)
    kept: list[Kept] = []
    spare: list[Kept] = []
    telling = idle = fair = 0
    for seed in range(FURTHER):
        enough = len(kept) + len(spare) >= GENERIC and telling >= GENERIC
        if len(kept) >= KEPT or (enough and (not alive or idle >= IDLE)) or (seed >= SEEDS and telling):
            break
        left, found, tells = _try(material, seed, gold, alive, comparison)
        idle = idle + 1 if len(left) == len(alive) else 0
        fair += found is not None
        telling += tells
        if found is not None and len(left) < len(alive):
            kept.append(found)
        elif found is not None and tells and len(spare) < GENERIC:
            spare.append(found)
        alive = left
    kept += spare[: max(0, min(KEPT - len(kept), GENERIC - len(kept) // 2))]
    why = (
        ""
        if kept
        else (
            "the gold is empty on every variant" if fair else "the gold has no steady result on any variant"
        )
    )
    return Suite(
        variants=tuple(kept),
        killed=total - len(alive),
        total=total,
        telling=telling,
        greatest=material.greatest,
        why=why,
    )


def _try(
    material: Material, seed: int, gold: str, alive: list[Neighbour], comparison: Comparison
) -> tuple[list[Neighbour], Kept | None, bool]:
    """The neighbours that this seed's variant leaves, the variant if it is fair, whether gold has rows."""
    database = construct(material.plan, variant(material, seed))
    try:
        wanted = steady(database, gold, BUDGET, comparison, material.greatest)
        if wanted is None:
            return alive, None, False
        left = [n for n in alive if not kills(database, wanted, n.sql, comparison)]
        return left, Kept(seed=seed, data=image(database)), tells(wanted)
    finally:
        database.connection.close()


def tells(wanted: Expected) -> bool:
    """Whether a gold's result says anything: a value that is neither NULL nor zero."""
    return any(v not in (None, 0) for row in wanted.rows for v in row)


def kills(database: Guarded, wanted: Expected, query: str, comparison: Comparison) -> bool:
    """Whether `query` runs on `database` and its result is not the wanted one."""
    found = swift(database, query, wanted.width, BUDGET)
    return not isinstance(found, Failure) and not matching(wanted, found, comparison)


def dump(suite: Suite) -> bytes:
    """`suite` as one line of JSON and the images."""
    head = {
        "generator": GENERATOR,
        "killed": suite.killed,
        "total": suite.total,
        "telling": suite.telling,
        "greatest": suite.greatest,
        "why": suite.why,
        "variants": [[kept.seed, len(kept.data)] for kept in suite.variants],
    }
    line = json.dumps(head, ensure_ascii=True, separators=(",", ":")).encode()
    return line + b"\n" + b"".join(kept.data for kept in suite.variants)


def load(raw: bytes) -> Suite:
    """What `dump` wrote."""
    line, _, data = raw.partition(b"\n")
    head = json.loads(line)
    at = 0
    variants: list[Kept] = []
    for seed, size in head["variants"]:
        variants.append(Kept(seed=seed, data=data[at : at + size]))
        at += size
    return Suite(
        variants=tuple(variants),
        killed=head["killed"],
        total=head["total"],
        telling=head["telling"],
        greatest=head["greatest"],
        why=head["why"],
    )
