"""Labelled answers made from a task's gold, for the audit: wrong ones by one edit, right ones by rewriting.

A wrong answer's label is earned: it differs from every gold on a database that the gate never uses, made
from seeds of its own. An edit that differs nowhere is left out, for it may mean the same.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from fastdistill import Mutant, Task
from fastdistill_sql.anatomy import dissect
from fastdistill_sql.building import construct
from fastdistill_sql.compare import Comparison, Expected, matching
from fastdistill_sql.edits import Neighbour, neighbours
from fastdistill_sql.execute import Failure, run
from fastdistill_sql.guard import Guarded, reader
from fastdistill_sql.neighbours import gather, variant
from fastdistill_sql.payload import SqlPayload
from fastdistill_sql.quoting import as_literals
from fastdistill_sql.rewrites import rewrites
from fastdistill_sql.schema import read_schema
from fastdistill_sql.steady import steady
from fastdistill_sql.suite import BUDGET, parse

FIRST, SEEDS = 5_000_001, 24
"""The audit's own seeds: none of the gate's."""


def mutants(task: Task[SqlPayload]) -> Iterator[Mutant]:
    """Wrong and equivalent answers; nothing if the gold fails or cannot be parsed."""
    golds = literal_golds(task.payload)
    tree = parse(golds[0]) if golds else None
    if tree is None or isinstance(run(reader(task.payload.database), golds[0], BUDGET), Failure):
        return
    schema = read_schema(task.payload.database)
    for same in _same(task.payload, rewrites(tree)):
        yield Mutant(text=_dressed(same.sql), expect="accept", kind=same.kind)
    for wrong in _wrong(task.payload, neighbours(tree, schema)):
        yield Mutant(text=_dressed(wrong.sql), expect="reject", kind=wrong.kind)


def literal_golds(payload: SqlPayload) -> tuple[str, ...]:
    """The golds of `payload` with their double-quoted literals as literals."""
    return tuple(as_literals(reader(payload.database), gold)[0] for gold in payload.gold)


def _dressed(sql: str) -> str:
    return f"```sql\n{sql}\n```"


def _same(payload: SqlPayload, candidates: Iterable[Neighbour]) -> list[Neighbour]:
    """Those that run: some rewrites meet limits of SQLite's grammar."""
    real = reader(payload.database)
    return [c for c in candidates if not isinstance(run(real, c.sql, BUDGET), Failure)]


def _wrong(payload: SqlPayload, candidates: list[Neighbour]) -> list[Neighbour]:
    """Those that run and differ from every gold somewhere, in their order."""
    real = reader(payload.database)
    left = [c for c in candidates if not isinstance(run(real, c.sql, BUDGET), Failure)]
    differing: dict[str, set[int]] = {}
    grounds = chain([(real, _wanted(real, literal_golds(payload)))], _grounds(payload))
    for database, golds in grounds:
        for candidate in left:
            found = run(database, candidate.sql, BUDGET)
            if isinstance(found, Failure):
                continue
            for number, wanted in golds.items():
                if not matching(wanted, found, Comparison()):
                    differing.setdefault(candidate.sql, set()).add(number)
    return [c for c in left if len(differing.get(c.sql, ())) == len(payload.gold)]


def _wanted(database: Guarded, golds: Iterable[str]) -> dict[int, Expected]:
    found = {number: steady(database, gold, BUDGET, Comparison()) for number, gold in enumerate(golds)}
    return {number: wanted for number, wanted in found.items() if wanted is not None}


def _grounds(payload: SqlPayload) -> Iterator[tuple[Guarded, dict[int, Expected]]]:
    golds = literal_golds(payload)
    schema, tree = read_schema(payload.database), parse(golds[0])
    if tree is None:
        return
    material = gather(payload.database, schema, dissect(tree, schema), golds[:1])
    for seed in range(FIRST, FIRST + SEEDS):
        database = construct(material.plan, variant(material, seed))
        try:
            yield database, _wanted(database, golds)
        finally:
            database.connection.close()
