"""What reading and rules need to know of other dialects than SQLite's, without asking their engines.

An engine that a hostile text could keep busy or bring down works in a worker alone, so that here is only a
parser in plain Python, and it is asked about few and short texts.
"""

import re
from typing import TYPE_CHECKING

from attrs import define

from fastdistill_sql.grammar import Stop, stop

if TYPE_CHECKING:
    from sqlglot import exp  # it waits for the first task in another dialect

DIALECTS = {"sqlite": "SQLite", "duckdb": "DuckDB"}
"""Dialects that a task may name, and what people call them."""
BEGINS = ("select", "values", "with", "from", "table", "pivot", "unpivot")
"""Words that begin a query that reads, in any dialect here."""
_BEYOND = re.compile(r"\$\w*\$|\b[eE]'")
_LONGEST, _MOST = 8_000, 8


def known() -> str:
    """The dialects, for a message."""
    return ", ".join(map(repr, DIALECTS))


def beyond_lexer(query: str) -> bool:
    """Whether `query` may hold literals that SQLite's lexer does not know."""
    return _BEYOND.search(query) is not None


@define
class Reader:
    """The grammar of `dialect` for one reply: SQLite's, and what else the parser takes for a query."""

    dialect: str
    left: int = _MOST

    def __call__(self, text: str) -> Stop | None:
        """Where the grammar stops in `text`, or None."""
        halt = stop(text)
        if halt is None or self.left <= 0 or len(text) > _LONGEST:
            return halt
        self.left -= 1
        return None if _parsed(text, self.dialect) is not None else halt


def tables_named(query: str, dialect: str) -> frozenset[str]:
    """The tables that `query` names, in lower case; none where it is beyond the parser."""
    from sqlglot import exp

    tree = _parsed(query, dialect)
    if tree is None:
        return frozenset()
    made = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    return frozenset(table.name.lower() for table in tree.find_all(exp.Table)) - made


def _parsed(query: str, dialect: str) -> "exp.Expr | None":
    from sqlglot import exp, parse
    from sqlglot.errors import SqlglotError

    try:
        trees = parse(query, dialect=dialect)
    except (SqlglotError, RecursionError):
        return None
    one = trees[0] if len(trees) == 1 else None
    return one if isinstance(one, exp.Query) else None
