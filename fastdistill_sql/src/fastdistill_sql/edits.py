"""One-edit neighbours of a query: the slips that models make, each the same tree but for one place.

A neighbour may still mean the same; who needs a wrong query checks it against databases.
"""

from collections.abc import Callable, Iterator
from itertools import islice

from attrs import frozen
from sqlglot import exp

from fastdistill_sql.edits_of_clauses import (
    direction,
    distinct,
    group,
    join_kind,
    limit,
    only_known,
    set_operation,
    top,
)
from fastdistill_sql.schema import Column, Schema, Table

MOST = 80
"""Neighbours of one query; kinds take turns."""


@frozen
class Neighbour:
    """A query one edit away."""

    kind: str
    sql: str


_COMPARISONS: dict[type[exp.Expr], tuple[type[exp.Expr], ...]] = {
    exp.GT: (exp.GTE, exp.LT),
    exp.GTE: (exp.GT, exp.LTE),
    exp.LT: (exp.LTE, exp.GT),
    exp.LTE: (exp.LT, exp.GTE),
    exp.EQ: (exp.NEQ,),
    exp.NEQ: (exp.EQ,),
}
_AGGREGATES: dict[type[exp.Expr], tuple[type[exp.Expr], ...]] = {
    exp.Sum: (exp.Avg, exp.Max),
    exp.Avg: (exp.Sum, exp.Max),
    exp.Min: (exp.Max,),
    exp.Max: (exp.Min, exp.Sum),
}


def neighbours(tree: exp.Expr, schema: Schema, most: int = MOST) -> list[Neighbour]:
    """Up to `most` different one-edit neighbours of `tree`, in a fixed order; no more are made."""
    own = tree.sql("sqlite")
    whole = exp.Subquery(this=tree.copy())  # so that the root can be replaced as well
    nodes = list(whole.this.walk())
    kinds = [_of_kind(whole, nodes, kind, own, schema) for kind in KINDS]
    found: dict[str, str] = {}
    while kinds and len(found) < most:
        for edits in list(kinds):
            edit = next(edits, None)
            if edit is None:
                kinds.remove(edits)
            else:
                found.setdefault(edit.sql, edit.kind)
    return [Neighbour(kind, sql) for sql, kind in islice(found.items(), most)]


def _of_kind(
    whole: exp.Expr, nodes: list[exp.Expr], kind: str, own: str, schema: Schema
) -> Iterator[Neighbour]:
    """Each place of the tree in `whole` changed in turn by one kind of edit, and changed back."""
    edit = KINDS[kind]
    for node in nodes:
        for changed in list(edit(node, schema)):
            parent = node.parent
            node.replace(changed)
            sql = whole.this.sql("sqlite", copy=False)
            changed.replace(node)
            if parent is not None and sql != own:
                yield Neighbour(kind, sql)


def _drop_condition(node: exp.Expr, _: Schema) -> Iterator[exp.Expr]:
    if isinstance(node, (exp.And, exp.Or)):
        yield node.right.copy()
        yield node.left.copy()
    elif isinstance(node, (exp.Where, exp.Having)):
        yield type(node)(this=exp.true())
    elif isinstance(node, exp.Not) and not isinstance(node.this, exp.Null):
        yield node.this.copy()


def _flip_comparison(node: exp.Expr, _: Schema) -> Iterator[exp.Expr]:
    for other in _COMPARISONS.get(type(node), ()):
        yield other(this=node.this.copy(), expression=node.expression.copy())
    if isinstance(node, exp.Between):
        low, high = node.args["low"], node.args["high"]
        yield exp.And(
            this=exp.GT(this=node.this.copy(), expression=low.copy()),
            expression=exp.LTE(this=node.this.copy(), expression=high.copy()),
        )
        yield exp.And(
            this=exp.GTE(this=node.this.copy(), expression=low.copy()),
            expression=exp.LT(this=node.this.copy(), expression=high.copy()),
        )


def _and_or(node: exp.Expr, _: Schema) -> Iterator[exp.Expr]:
    if isinstance(node, (exp.And, exp.Or)):
        other = exp.Or if isinstance(node, exp.And) else exp.And
        yield exp.Paren(this=other(this=node.left.copy(), expression=node.right.copy()))


def _aggregate(node: exp.Expr, _: Schema) -> Iterator[exp.Expr]:
    for other in _AGGREGATES.get(type(node), ()):
        yield other(this=node.this.copy())
    if isinstance(node, (exp.Sum, exp.Avg)):
        inner = node.this
        plain = inner.expressions[0] if isinstance(inner, exp.Distinct) else None
        yield type(node)(this=plain.copy() if plain else exp.Distinct(expressions=[inner.copy()]))
    if isinstance(node, exp.Avg):
        yield exp.Div(this=exp.Sum(this=node.this.copy()), expression=exp.Count(this=exp.Star()))


def _count(node: exp.Expr, schema: Schema) -> Iterator[exp.Expr]:
    if not isinstance(node, exp.Count):
        return
    inner = node.this
    if isinstance(inner, exp.Distinct):
        yield exp.Count(this=inner.expressions[0].copy())
    elif isinstance(inner, exp.Star):
        select = node.find_ancestor(exp.Select)
        for column in _columns_near(select, schema)[:3]:
            yield exp.Count(this=column)
    elif inner is not None:
        yield exp.Count(this=exp.Distinct(expressions=[inner.copy()]))
        yield exp.Count(this=exp.Star())


def _columns_near(select: exp.Expr | None, schema: Schema) -> list[exp.Expr]:
    found: list[exp.Expr] = []
    for table in select.find_all(exp.Table) if select else ():
        known = schema.table(table.name)
        nullable = [c for c in known.columns if not c.required] if known else []
        found += [exp.column(c.name, table=table.alias_or_name, quoted=True) for c in nullable]
    return found


def _literal(node: exp.Expr, _: Schema) -> Iterator[exp.Expr]:
    if not isinstance(node, exp.Literal) or isinstance(node.parent, (exp.Ordered, exp.Group)):
        return
    text = str(node.this)
    if node.is_string:
        yield exp.Literal.string(text.replace("%", "x%") if "%" in text else text + "x")
    elif node.is_int:
        yield exp.Literal.number(int(text) + 1)
        if int(text) > 0:
            yield exp.Literal.number(int(text) - 1)


def _matching(node: exp.Expr, _: Schema) -> Iterator[exp.Expr]:
    """LIKE for =, = for LIKE."""
    if isinstance(node, exp.EQ) and isinstance(node.expression, exp.Literal) and node.expression.is_string:
        pattern = f"%{node.expression.this}%"
        yield exp.Like(this=node.this.copy(), expression=exp.Literal.string(pattern))
    elif isinstance(node, exp.Like) and isinstance(node.expression, exp.Literal):
        plain = str(node.expression.this)
        yield exp.EQ(this=node.this.copy(), expression=exp.Literal.string(plain.strip("%")))
        yield exp.Like(this=node.this.copy(), expression=exp.Literal.string(plain.removeprefix("%")))


def _column(node: exp.Expr, schema: Schema) -> Iterator[exp.Expr]:
    """Another column of the same kind and table."""
    if not isinstance(node, exp.Column) or isinstance(node.this, exp.Star):
        return
    scope = node.find_ancestor(exp.Select)
    for table in scope.find_all(exp.Table) if scope else ():
        if node.table and table.alias_or_name.lower() != node.table.lower():
            continue
        known = schema.table(table.name)
        own = known.column(node.name) if known else None
        if known is not None and own is not None:
            for other in _alike(known, own):
                yield exp.column(other.name, table=node.args.get("table"), quoted=True)
            return


def _alike(table: Table, own: Column) -> list[Column]:
    at = table.columns.index(own)
    turned = table.columns[at + 1 :] + table.columns[:at]
    return [c for c in turned if c.kind == own.kind][:2]


def _negation(node: exp.Expr, _: Schema) -> Iterator[exp.Expr]:
    if isinstance(node, (exp.In, exp.Exists, exp.Is, exp.Like)) and not isinstance(node.parent, exp.Not):
        yield exp.Not(this=node.copy())


def _nulls(node: exp.Expr, _: Schema) -> Iterator[exp.Expr]:
    """A forgotten or a needless care for NULL."""
    if isinstance(node, exp.Coalesce):
        yield node.this.copy()
    elif isinstance(node, (exp.Sum, exp.Avg)):
        yield type(node)(this=exp.Coalesce(this=node.this.copy(), expressions=[exp.Literal.number(0)]))
    elif isinstance(node, exp.NEQ):
        yield exp.Paren(
            this=exp.Or(this=node.copy(), expression=exp.Is(this=node.this.copy(), expression=exp.Null()))
        )


KINDS: dict[str, Callable[[exp.Expr, Schema], Iterator[exp.Expr]]] = {
    "drop-condition": _drop_condition,
    "flip-comparison": _flip_comparison,
    "and-or": _and_or,
    "aggregate": _aggregate,
    "count": _count,
    "distinct": distinct,
    "join-kind": join_kind,
    "limit": limit,
    "direction": direction,
    "literal": _literal,
    "matching": _matching,
    "other-column": _column,
    "negation": _negation,
    "set-operation": set_operation,
    "group": group,
    "nulls": _nulls,
    "left-out-nulls": only_known,
    "one-of-ties": top,
}
"""Every kind of edit by name."""
