"""Variants for what only the candidate mentions: a threshold, a name, a column the gold never looks at.

Made only once the candidate has agreed with the gold everywhere else, and only if there is any such thing.
"""

from collections.abc import Iterator
from pathlib import Path

from sqlglot import exp

from fastdistill_sql.anatomy import Anatomy, constant, dissect
from fastdistill_sql.guard import Guarded, reader
from fastdistill_sql.neighbours import build, gather, variant
from fastdistill_sql.schema import read_schema
from fastdistill_sql.suite import parse

SEEDS = range(9_000_000, 9_000_016)


def extra_variants(path: Path, gold: str, candidate: str) -> Iterator[tuple[int, Guarded]]:
    """Variants with the seeds `SEEDS`, or none if `candidate` mentions nothing that `gold` does not."""
    mine, golds = parse(candidate), parse(gold)
    if mine is None or golds is None or mine == golds:
        return
    schema = read_schema(path)
    one, other = dissect(golds, schema), dissect(mine, schema)
    if constants(mine) <= constants(golds) and other.columns <= one.columns and forms(mine) <= forms(golds):
        return
    both = Anatomy(
        constants=tuple(dict.fromkeys((*other.constants, *one.constants))),
        joins=tuple(dict.fromkeys((*one.joins, *other.joins))),
        tables=one.tables | other.tables,
        columns=one.columns | other.columns,
        most=max(one.most, other.most),
    )
    material = gather(reader(path), schema, both)
    for seed in SEEDS:
        yield seed, build(schema, variant(material, seed))


def constants(tree: exp.Expr) -> set[object]:
    """The values of all literals in `tree`."""
    return {constant(literal) for literal in tree.find_all(exp.Literal)}


def forms(tree: exp.Expr) -> set[str]:
    """What kinds of tests, functions and modifiers `tree` is made of."""
    nodes = tree.find_all(exp.Func, exp.Predicate, exp.Distinct, exp.Null, exp.Join, exp.Limit)
    return {
        f"{type(n).__name__} {n.args.get('side', '')} {n.name if isinstance(n, exp.Anonymous) else ''}"
        for n in nodes
    }
