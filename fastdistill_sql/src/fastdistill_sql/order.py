"""What a gold query says about order and exactness, by its syntax tree: keys, LIMIT and so ties; sums;
rounding.

A gold that orders or limits is run once more without LIMIT and with its keys as further columns; rows with
equal keys tie, and an answer may show them in any order and cut them where it likes. The plan is held
against the
gold's own rows: where rewriting changed what the gold says, its own rows decide, row by row.
"""

from collections.abc import Callable
from functools import lru_cache, partial
from math import isclose
from typing import Any

from attrs import evolve, frozen
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from fastdistill_sql.compare import ABSOLUTE, RELATIVE, Comparison, Expected, agrees
from fastdistill_sql.execute import Budget, Failure, Row, Table, run
from fastdistill_sql.lexer import words

_LOST = 2e-14
"""Of the largest number (or its square, where numbers are multiplied): what a sum of some may lose."""
_NUDGE = 1e-12
"""By how much of itself a number is moved before rounding, to see whether its last bit decides."""


@frozen(kw_only=True)
class Plan:
    """How to run a gold so that its ties are known, and how exact its numbers are."""

    query: str = ""
    """The gold with all its rows and keys; empty where only its own rows will do."""
    keys: int = 0
    """How many columns at the end are keys alone."""
    outputs: tuple[int, ...] = ()
    """Output columns that are keys."""
    ordered: bool = False
    limited: bool = False
    start: int = 0
    count: int | None = None
    degree: int = 0
    """0: no reals are computed; 1: sums; 2: products."""
    bags: tuple[tuple[int, str], ...] = ()
    nudged: tuple[str, ...] = ()
    """The gold with what it rounds moved a little up, and down."""


Run = Callable[[Any, str, Budget], Table | Failure]
Ask = Callable[[str, Budget], Table | Failure]


def expected(
    database: Any,
    gold: str,
    budget: Budget,
    greatest: float = 0.0,
    *,
    run: Run = run,
    dialect: str = "sqlite",
) -> Expected | Failure:
    """The gold's result with its ties; `greatest` is the size of the largest number in the data.

    In SQLite, unless another engine's `run` and `dialect` are named.
    """
    own = run(database, gold, budget)
    if isinstance(own, Failure):
        return own
    steps = database.used
    plan = plan_of(gold, dialect)
    if plan is None:
        strict = _strict(own) if _says_order(gold) else Expected(width=own.width, rows=own.rows)
        return evolve(strict, steps=steps)
    found = _ranked(partial(run, database), own, plan, budget) if plan.ordered or plan.limited else None
    if found is None:
        found = (
            Expected(width=own.width, rows=own.rows)
            if not plan.ordered and not plan.limited
            else _strict(own)
        )
    found = evolve(found, absolute=_absolute(plan, greatest), bags=plan.bags, steps=steps)
    return _nudged(partial(run, database), found, plan, budget) if plan.nudged else found


def _absolute(plan: Plan, greatest: float) -> float:
    return max(ABSOLUTE, min(1e-3, _LOST * greatest**plan.degree)) if plan.degree else ABSOLUTE


def _ranked(ask: Ask, own: Table, plan: Plan, budget: Budget) -> Expected | None:
    """The result with its ties, if the plan gives what the gold gives."""
    wide = ask(plan.query, budget) if plan.query else Failure("no-statement", "")
    if isinstance(wide, Failure) or wide.width != own.width + plan.keys:
        return None
    rows = [row[: own.width] for row in wide.rows]
    groups = _runs(wide, plan, own.width) if plan.ordered else None
    found = Expected(
        width=own.width, rows=rows, groups=groups, start=plan.start, count=plan.count, bags=plan.bags
    )
    return found if agrees(found, own, Comparison(), tuple(range(own.width))) else None


def _nudged(ask: Ask, found: Expected, plan: Plan, budget: Budget) -> Expected:
    """`found` with what rounding would give, were a last bit another one."""
    others: list[Expected] = []
    for query in plan.nudged:
        other = ask(query, budget)
        if not isinstance(other, Table) or other.width != found.width or len(other.rows) != found.size:
            continue
        if other.rows != found.window(found.rows):
            groups = (1,) * len(other.rows) if found.groups is not None else None
            others.append(Expected(width=found.width, rows=other.rows, groups=groups))
    return evolve(found, others=tuple(others)) if others else found


def _strict(own: Table) -> Expected:
    return Expected(width=own.width, rows=own.rows, groups=(1,) * len(own.rows))


def _says_order(gold: str) -> bool:
    return any(depth == 0 and word in ("order", "limit") for depth, word in words(gold))


def _runs(wide: Table, plan: Plan, width: int) -> tuple[int, ...]:
    columns = (*plan.outputs, *range(width, width + plan.keys))
    sizes: list[int] = []
    last: Row | None = None
    for row in wide.rows:
        key = tuple(row[i] for i in columns)
        if last is not None and _tied(key, last):
            sizes[-1] += 1
        else:
            sizes.append(1)
            last = key
    return tuple(sizes)


def _tied(one: Row, other: Row) -> bool:
    return all(
        a == b
        or (
            isinstance(a, float)
            and isinstance(b, float)
            and isclose(a, b, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
        )
        for a, b in zip(one, other, strict=True)
    )


@lru_cache(maxsize=2048)
def plan_of(gold: str, dialect: str = "sqlite") -> Plan | None:
    """How the outermost query orders and limits, and what it computes; None if it cannot be parsed."""
    try:
        tree = parse_one(gold, dialect=dialect)
    except (SqlglotError, RecursionError):
        return None
    if not isinstance(tree, exp.Query):
        return None
    exact = {"degree": _degree(tree), "bags": _bags(tree), "nudged": _nudges(tree, dialect)}
    start, count = _number(tree.args.get("offset"), 0), _number(tree.args.get("limit"), None)
    order = tree.args.get("order")
    limited = bool(tree.args.get("limit") or tree.args.get("offset"))
    if order is None and not limited:
        return Plan(**exact)  # type: ignore[arg-type]
    if start is None or (tree.args.get("limit") and count is None):
        return Plan(ordered=True, **exact)  # type: ignore[arg-type]  # LIMIT by an expression: compared row by row
    tree.set("limit", None)
    tree.set("offset", None)
    window = {"limited": limited, "start": start, "count": count, **exact}
    if order is None:
        return Plan(query=tree.sql(dialect), **window)  # type: ignore[arg-type]
    keys = [item.this if isinstance(item, exp.Ordered) else item for item in order.expressions]
    outputs, hidden = _placed(tree, keys)
    if hidden and (not isinstance(tree, exp.Select) or tree.args.get("distinct")):
        return Plan(ordered=True, **exact)  # type: ignore[arg-type]  # keys that cannot be shown: row by row
    for number, key in enumerate(hidden):
        tree.select(exp.alias_(key.copy(), f"fd_key_{number}"), copy=False)
    return Plan(query=tree.sql(dialect), keys=len(hidden), outputs=tuple(outputs), ordered=True, **window)  # type: ignore[arg-type]


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
            hidden.append(_spelled(shown, key))
    return outputs, hidden


def _spelled(shown: list[exp.Expr], key: exp.Expr) -> exp.Expr:
    """`key` with the aliases of output columns written out, for it will stand beside them."""
    meant = {item.alias.lower(): item.unalias() for item in shown if isinstance(item, exp.Alias)}
    whole = exp.Paren(this=key.copy())
    for column in list(whole.find_all(exp.Column)):
        if not column.table and column.name.lower() in meant:
            column.replace(exp.Paren(this=meant[column.name.lower()].copy()))
    inner: exp.Expr = whole.this
    return inner


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


def _degree(tree: exp.Expr) -> int:
    """How numbers of the data enter what is computed: not, in sums, or in products."""
    for node in tree.find_all(exp.Mul, exp.Pow, exp.Anonymous):
        if isinstance(node, exp.Anonymous):
            if node.name.lower() in ("pow", "power"):
                return 2
        elif node.this.find(exp.Column) and node.expression.find(exp.Column):
            return 2
    return 1 if tree.find(exp.Sum, exp.Avg, exp.Add, exp.Sub, exp.Div, exp.Mul) else 0


def _bags(tree: exp.Query) -> tuple[tuple[int, str], ...]:
    """Output columns that gather values without saying in which order."""
    found: list[tuple[int, str]] = []
    for index, item in enumerate(tree.selects):
        gathered = item.unalias()
        if isinstance(gathered, exp.GroupConcat) and not gathered.find(exp.Order):
            between = gathered.args.get("separator")
            if between is None or (isinstance(between, exp.Literal) and between.is_string):
                found.append((index, "," if between is None else str(between.this)))
    return tuple(found)


def _nudges(tree: exp.Query, dialect: str) -> tuple[str, ...]:
    """The query with every rounded computation moved a little, both ways."""
    found: list[str] = []
    for factor in (1 + _NUDGE, 1 - _NUDGE):
        whole = exp.Subquery(this=tree.copy())
        touched = False
        for node in list(whole.find_all(exp.Round, exp.Cast)):
            inner = node.this
            if isinstance(node, exp.Cast) and not node.to.is_type(
                exp.DataType.Type.INT, exp.DataType.Type.BIGINT
            ):
                continue
            if not inner.find(exp.Div, exp.Mul, exp.Avg, exp.Sum) or (
                isinstance(node, exp.Cast) and not inner.find(exp.Avg, exp.Div, exp.Mul)
            ):
                continue
            node.set(
                "this",
                exp.Mul(this=exp.Paren(this=inner.copy()), expression=exp.Literal.number(repr(factor))),
            )
            touched = True
        if touched:
            found.append(whole.this.sql(dialect))
    return tuple(found)
