"""What a gold query says about order, by its syntax tree: its ORDER BY keys, its LIMIT, and so its ties.

A gold that orders or limits is run once more without LIMIT and with its keys as further columns; rows with
equal keys tie, and an answer may show them in any order and cut them where it likes.
"""

from functools import lru_cache

from attrs import frozen
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from fastdistill_sql.compare import Expected
from fastdistill_sql.execute import Budget, Failure, Row, Table, run
from fastdistill_sql.guard import Guarded


@frozen(kw_only=True)
class Plan:
    """How to run a gold so that its ties are known."""

    query: str
    keys: int = 0
    """How many columns at the end are keys alone."""
    outputs: tuple[int, ...] = ()
    """Output columns that are keys."""
    ordered: bool = False
    start: int = 0
    count: int | None = None


def expected(database: Guarded, gold: str, budget: Budget) -> Expected | Failure:
    """The gold's result with its ties."""
    own = run(database, gold, budget)
    plan = plan_of(gold)
    if isinstance(own, Failure) or plan is None or plan.query == gold:
        return own if isinstance(own, Failure) else Expected(width=own.width, rows=own.rows)
    wide = run(database, plan.query, budget) if plan.query else Failure("no-statement", "")
    if isinstance(wide, Failure) or wide.width != own.width + plan.keys:
        return _strict(own)
    rows = [row[: own.width] for row in wide.rows]
    groups = _runs(wide, plan, own.width) if plan.ordered else None
    found = Expected(width=own.width, rows=rows, groups=groups, start=plan.start, count=plan.count)
    return found if found.size == len(own.rows) else _strict(own)


def _strict(own: Table) -> Expected:
    return Expected(width=own.width, rows=own.rows, groups=(1,) * len(own.rows))


def _runs(wide: Table, plan: Plan, width: int) -> tuple[int, ...]:
    columns = (*plan.outputs, *range(width, width + plan.keys))
    sizes: list[int] = []
    last: Row | None = None
    for row in wide.rows:
        key = tuple(row[i] for i in columns)
        if key == last:
            sizes[-1] += 1
        else:
            sizes.append(1)
            last = key
    return tuple(sizes)


@lru_cache(maxsize=2048)
def plan_of(gold: str) -> Plan | None:
    """How the outermost query orders and limits; None if it does neither, or cannot be parsed."""
    try:
        tree = parse_one(gold, dialect="sqlite")
    except (SqlglotError, RecursionError):
        return None
    if not isinstance(tree, exp.Query) or not (tree.args.get("order") or tree.args.get("limit")):
        return None
    start, count = _number(tree.args.get("offset"), 0), _number(tree.args.get("limit"), None)
    if start is None or (tree.args.get("limit") and count is None):
        return Plan(query="", ordered=True)  # LIMIT by an expression: compared row by row
    tree.set("limit", None)
    tree.set("offset", None)
    order = tree.args.get("order")
    if order is None:
        return Plan(query=tree.sql("sqlite"), start=start, count=count)
    keys = [item.this if isinstance(item, exp.Ordered) else item for item in order.expressions]
    outputs, hidden = _placed(tree, keys)
    if hidden and (not isinstance(tree, exp.Select) or tree.args.get("distinct")):
        return Plan(query="", ordered=True)  # the keys cannot be shown: compared row by row
    for number, key in enumerate(hidden):
        tree.select(exp.alias_(key.copy(), f"fd_key_{number}"), copy=False)
    return Plan(
        query=tree.sql("sqlite"),
        keys=len(hidden),
        outputs=tuple(outputs),
        ordered=True,
        start=start,
        count=count,
    )


def _number(clause: exp.Expr | None, default: int | None) -> int | None:
    if clause is None:
        return default
    value = clause.expression
    if isinstance(value, exp.Literal) and value.is_int:
        return int(value.name)
    return None


def _placed(tree: exp.Query, keys: list[exp.Expr]) -> tuple[list[int], list[exp.Expr]]:
    """Keys that are output columns, by index, and those that must be added."""
    shown = list(tree.selects)
    outputs: list[int] = []
    hidden: list[exp.Expr] = []
    for key in keys:
        place = _place(shown, key)
        if place is not None and not tree.is_star:
            outputs.append(place)
        else:
            hidden.append(key)
    return outputs, hidden


def _place(shown: list[exp.Expr], key: exp.Expr) -> int | None:
    if isinstance(key, exp.Literal) and key.is_int:
        return int(key.name) - 1 if 0 < int(key.name) <= len(shown) else None
    for index, item in enumerate(shown):
        bare = item.unalias()
        if bare == key or (
            isinstance(key, exp.Column) and not key.table and item.alias_or_name.lower() == key.name.lower()
        ):
            return index
    return None
