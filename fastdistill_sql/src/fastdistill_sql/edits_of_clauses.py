"""Edits of a query's clauses: DISTINCT, joins, LIMIT, order, sets, groups, and rows left out."""

from collections.abc import Iterator

from sqlglot import exp

from fastdistill_sql.schema import Schema

_SETS = {exp.Union: exp.Intersect, exp.Intersect: exp.Union, exp.Except: exp.Union}


def twin(node: exp.Expr, kind: type[exp.Expr] | None = None) -> exp.Expr:
    """A node like `node`, of another `kind` if one is given, that shares its parts: to be written once.

    The parts still belong to `node`; a clause may be put in or taken out, never changed in place.
    """
    made = (kind or type(node))()
    made.args = dict(node.args)
    return made


def distinct(node: exp.Expr, _: Schema) -> Iterator[exp.Expr]:
    """DISTINCT put in or taken out."""
    if isinstance(node, exp.Select):
        changed = twin(node)
        changed.set("distinct", None if node.args.get("distinct") else exp.Distinct())
        yield changed


def join_kind(node: exp.Expr, _: Schema) -> Iterator[exp.Expr]:
    """An inner join for a left one, and the other way."""
    if isinstance(node, exp.Join) and (node.args.get("on") or node.args.get("using")):
        changed = node.copy()
        if node.side:
            changed.set("side", None)
            changed.set("kind", None)
        else:
            changed.set("kind", None)
            changed.set("side", "LEFT")
        yield changed


def limit(node: exp.Expr, _: Schema) -> Iterator[exp.Expr]:
    """LIMIT forgotten."""
    if isinstance(node, exp.Select) and node.args.get("limit"):
        changed = twin(node)
        changed.set("limit", None)
        yield changed


def direction(node: exp.Expr, _: Schema) -> Iterator[exp.Expr]:
    """The other direction, or another order."""
    if isinstance(node, exp.Ordered):
        changed = node.copy()
        changed.set("desc", not node.args.get("desc"))
        changed.set("nulls_first", None)
        yield changed
    elif isinstance(node, exp.Order) and node.parent is not None and not node.find_ancestor(exp.Window):
        owner = node.parent
        if isinstance(owner, exp.Query):
            yield exp.Order(expressions=[exp.Ordered(this=exp.Literal.number(1))])


def set_operation(node: exp.Expr, _: Schema) -> Iterator[exp.Expr]:
    """UNION for UNION ALL, INTERSECT for UNION, and their like."""
    if isinstance(node, exp.SetOperation):
        if isinstance(node, exp.Union):
            changed = twin(node)
            changed.set("distinct", not node.args.get("distinct"))
            yield changed
        other = twin(node, _SETS[type(node)])
        other.set("distinct", True)
        yield other


def group(node: exp.Expr, _: Schema) -> Iterator[exp.Expr]:
    """One column less to group by."""
    if isinstance(node, exp.Group) and len(node.expressions) > 1:
        yield exp.Group(expressions=[e.copy() for e in node.expressions[1:]])
        yield exp.Group(expressions=[e.copy() for e in node.expressions[:-1]])


def only_known(node: exp.Expr, _: Schema) -> Iterator[exp.Expr]:
    """Rows without a shown value left out, where nobody asked for that."""
    if isinstance(node, exp.Select) and node.parent is not None:
        columns = [c for item in node.selects for c in item.find_all(exp.Column)]
        for column in dict.fromkeys(c for c in columns if not isinstance(c.this, exp.Star)):
            test: exp.Expr = exp.Not(this=exp.Is(this=column.copy(), expression=exp.Null()))
            where = node.args.get("where")
            if where is not None:
                before = where.this.copy()
                before = exp.Paren(this=before) if isinstance(before, exp.Connector) else before
                test = exp.And(this=before, expression=test)
            changed = twin(node)
            changed.set("where", exp.Where(this=test))
            yield changed


def top(node: exp.Expr, _: Schema) -> Iterator[exp.Expr]:
    """`x = (SELECT MAX(x) ...)` by ORDER BY and LIMIT 1: one row where several tie."""
    if isinstance(node, exp.Select) and node.args.get("where") and not node.args.get("limit"):
        for test in node.args["where"].find_all(exp.EQ):
            inner = test.expression.unnest()
            if (
                isinstance(inner, exp.Select)
                and inner.selects
                and isinstance(inner.selects[0], (exp.Max, exp.Min))
            ):
                changed = twin(node)
                changed.set("limit", exp.Limit(expression=exp.Literal.number(1)))
                yield changed
                return
