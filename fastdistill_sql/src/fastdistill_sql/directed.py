"""The last search for a difference: variants made for gold and candidate together.

What only the candidate mentions (a literal, a column, a join, a threshold) decides which rows these hold.
Made only
once the candidate has agreed with the gold everywhere else, and only if it is another query.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from attrs import frozen

from fastdistill_sql.anatomy import both, dissect
from fastdistill_sql.building import construct
from fastdistill_sql.guard import Guarded
from fastdistill_sql.laws import Assume
from fastdistill_sql.lexer import tokens
from fastdistill_sql.neighbours import Material, gather, variant
from fastdistill_sql.schema import read_schema
from fastdistill_sql.suite import UNMADE, parse

FIRST, SEEDS = 9_000_000, 24
"""Seeds of these variants: none of the suite's."""


@frozen
class Search:
    """What the last search looks through: nothing, and why, or variants made of `material`."""

    material: Material | None = None
    why: str = ""

    def variants(self) -> Iterator[tuple[int, Guarded]]:
        """Each seed and its database."""
        if self.material is not None:
            for seed in range(FIRST, FIRST + SEEDS):
                yield seed, construct(self.material.plan, variant(self.material, seed))


def search(path: Path, gold: str, candidate: str, assume: Assume = "data") -> Search:
    """A search for a difference between both queries; an empty one if they are the same or unreadable."""
    if candidate.strip("; \n") == gold.strip("; \n") or _words(candidate) == _words(gold):
        return Search()
    mine, golds = parse(candidate), parse(gold)
    if mine is None or golds is None:
        return Search(why="the query is beyond the parser")
    if mine == golds:
        return Search()
    try:
        schema = read_schema(path)
        sound = dissect(golds, schema)
        return Search(
            gather(path, schema, both(sound, dissect(mine, schema)), (gold, candidate), sound, assume)
        )
    except UNMADE as error:
        return Search(why=f"{type(error).__name__}: {error}"[:200])


@lru_cache(maxsize=1024)
def _words(query: str) -> list[str]:
    """`query` without what SQLite does not see: spaces, comments, the case of names."""
    return [t.text if t.kind == "string" else t.text.lower() for t in tokens(query) if not t.blank]
