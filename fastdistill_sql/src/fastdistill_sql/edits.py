"""One-edit neighbours of a query: the slips that models make, each the same tree but for one place.

A neighbour may still mean the same; who needs a wrong query checks it against databases.
"""

from collections.abc import Callable, Iterator

from attrs import frozen
from sqlglot import exp

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
_SETS = {exp.Union: exp.Intersect, exp.Intersect: exp.Union, exp.Except: exp.Union}


def neighbours(tree: exp.Expr, schema: Schema, most: int = MOST) -> list[Neighbour]:
    """Up to `most` different one-edit neighbours of `tree`, in a fixed order."""
    own = tree.sql("sqlite")
    kinds = [list(_of_kind(tree, kind, own, schema)) for kind in KINDS]
    found: dict[str, str] = {}
    for turn in range(max((len(k) for k in kinds), default=0)):
        for edits in kinds:
            if turn < len(edits):
                found.setdefault(edits[turn].sql, edits[turn].kind)
    return [Neighbour(kind, sql) for sql, kind in found.items()][:most]


def _of_kind(tree: exp.Expr, kind: str, own: str, schema: Schema) -> Iterator[Neighbour]:
    """Each place of a copy of `tree` changed in turn by one kind of edit, and changed back."""
    edit = KINDS[kind]
    whole = exp.Subquery(this=tree.copy())  # so that the root can be replaced as well
    for node in list(whole.this.walk()):
        for changed in list(edit(node, schema)):
            parent = node.parent
            node.replace(changed)
            sql = whole.this.sql("sqlite")
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


def _distinct(node: exp.Expr, _: Schema) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Select):
        changed = node.copy()
        changed.set("distinct", None if node.args.get("distinct") else exp.Distinct())
        yield changed


def _join_kind(node: exp.Expr, _: Schema) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Join) and (node.args.get("on") or node.args.get("using")):
        changed = node.copy()
        if node.side:
            changed.set("side", None)
            changed.set("kind", None)
        else:
            changed.set("kind", None)
            changed.set("side", "LEFT")
        yield changed


def _limit(node: exp.Expr, _: Schema) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Select) and node.args.get("limit"):
        changed = node.copy()
        changed.set("limit", None)
        yield changed


def _direction(node: exp.Expr, _: Schema) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Ordered):
        changed = node.copy()
        changed.set("desc", not node.args.get("desc"))
        changed.set("nulls_first", None)
        yield changed
    elif isinstance(node, exp.Order) and node.parent is not None and not node.find_ancestor(exp.Window):
        owner = node.parent
        if isinstance(owner, exp.Query):
            yield exp.Order(expressions=[exp.Ordered(this=exp.Literal.number(1))])


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


def _set_operation(node: exp.Expr, _: Schema) -> Iterator[exp.Expr]:
    if isinstance(node, exp.SetOperation):
        changed = node.copy()
        if isinstance(node, exp.Union):
            changed.set("distinct", not node.args.get("distinct"))
            yield changed
        other = _SETS[type(node)]
        yield other(**{**node.copy().args, "distinct": True})


def _group(node: exp.Expr, _: Schema) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Group) and len(node.expressions) > 1:
        yield exp.Group(expressions=[e.copy() for e in node.expressions[1:]])
        yield exp.Group(expressions=[e.copy() for e in node.expressions[:-1]])


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


def _known(node: exp.Expr, _: Schema) -> Iterator[exp.Expr]:
    """Rows without a shown value left out, where nobody asked for that."""
    if isinstance(node, exp.Select) and node.parent is not None:
        columns = [c for item in node.selects for c in item.find_all(exp.Column)]
        for column in dict.fromkeys(c for c in columns if not isinstance(c.this, exp.Star)):
            test = exp.Not(this=exp.Is(this=column.copy(), expression=exp.Null()))
            yield node.copy().where(test, copy=False)


def _top(node: exp.Expr, _: Schema) -> Iterator[exp.Expr]:
    """`x = (SELECT MAX(x) ...)` by ORDER BY and LIMIT 1: one row where several tie."""
    if isinstance(node, exp.Select) and node.args.get("where") and not node.args.get("limit"):
        for test in node.args["where"].find_all(exp.EQ):
            inner = test.expression.unnest()
            if (
                isinstance(inner, exp.Select)
                and inner.selects
                and isinstance(inner.selects[0], (exp.Max, exp.Min))
            ):
                yield node.copy().limit(1)
                return


KINDS: dict[str, Callable[[exp.Expr, Schema], Iterator[exp.Expr]]] = {
    "drop-condition": _drop_condition,
    "flip-comparison": _flip_comparison,
    "and-or": _and_or,
    "aggregate": _aggregate,
    "count": _count,
    "distinct": _distinct,
    "join-kind": _join_kind,
    "limit": _limit,
    "direction": _direction,
    "literal": _literal,
    "matching": _matching,
    "other-column": _column,
    "negation": _negation,
    "set-operation": _set_operation,
    "group": _group,
    "nulls": _nulls,
    "left-out-nulls": _known,
    "one-of-ties": _top,
}
"""Every kind of edit by name."""
