"""The last search for a difference: variants made for gold and candidate together.

What only the candidate mentions (a literal, a column, a join, a threshold) decides which rows these hold.
Made only
once the candidate has agreed with the gold everywhere else, and only if it is another query.
"""

from collections.abc import Iterator
from pathlib import Path

import apsw
from sqlglot.errors import SqlglotError

from fastdistill_sql.anatomy import both, dissect
from fastdistill_sql.building import construct
from fastdistill_sql.guard import Guarded
from fastdistill_sql.laws import Assume
from fastdistill_sql.neighbours import gather, variant
from fastdistill_sql.schema import read_schema
from fastdistill_sql.suite import parse

FIRST, SEEDS = 9_000_000, 24
"""Seeds of these variants: none of the suite's."""


def directed_variants(
    path: Path, gold: str, candidate: str, assume: Assume = "data"
) -> Iterator[tuple[int, Guarded]]:
    """Variants for both queries, or none if they are the same or one is beyond the parser."""
    mine, golds = parse(candidate), parse(gold)
    if mine is None or golds is None or mine == golds:
        return
    schema = read_schema(path)
    try:
        sound = dissect(golds, schema)
        material = gather(
            path, schema, both(sound, dissect(mine, schema)), (gold, candidate), sound, assume
        )
    except (apsw.Error, SqlglotError, RecursionError, ArithmeticError, LookupError, TypeError, ValueError):
        return
    for seed in range(FIRST, FIRST + SEEDS):
        yield seed, construct(material.plan, variant(material, seed))
