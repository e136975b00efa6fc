"""Variants for a candidate's own literals: a threshold or a name that the gold never mentions.

Made only once the candidate has agreed with the gold everywhere else, and only if it has such literals.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from sqlglot import exp

from fastdistill_sql.anatomy import Anatomy, constant, dissect
from fastdistill_sql.guard import Guarded, reader
from fastdistill_sql.neighbours import build, gather, variant
from fastdistill_sql.schema import read_schema
from fastdistill_sql.suite import parse

SEEDS = (9_000_000, 9_000_001, 9_000_002, 9_000_003)
_LITERAL = re.compile(r"'(?:[^']|'')*'|(?<![\w.])\d+(?:\.\d+)?")


def extra_variants(path: Path, gold: str, candidate: str) -> Iterator[tuple[int, Guarded]]:
    """Variants with the seeds `SEEDS`, or none if every literal of `candidate` is in `gold` as well."""
    if set(_LITERAL.findall(candidate)) <= set(_LITERAL.findall(gold)):
        return
    mine, golds = parse(candidate), parse(gold)
    if mine is None or golds is None or constants(mine) <= constants(golds):
        return
    schema = read_schema(path)
    one, other = dissect(golds, schema), dissect(mine, schema)
    both = Anatomy(
        constants=tuple(dict.fromkeys((*other.constants, *one.constants))),
        joins=tuple(dict.fromkeys((*one.joins, *other.joins))),
        tables=one.tables | other.tables,
        columns=one.columns | other.columns,
    )
    material = gather(reader(path), schema, both)
    for seed in SEEDS:
        yield seed, build(schema, variant(material, seed))


def constants(tree: exp.Expression) -> set[object]:
    """The values of all literals in `tree`."""
    return {constant(literal) for literal in tree.find_all(exp.Literal)}
