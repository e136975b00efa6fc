"""Rewrites of a query that mean the same on every database, NULLs included: what a gate must not reject.

Each is made from the syntax tree, at one kind of place, and only where its rule holds.
"""

from collections.abc import Callable, Iterator

from sqlglot import exp

from fastdistill_sql.edits import Neighbour
from fastdistill_sql.rewrites_whole import Node, aliases, each, join_order, layout, not_equal, wrap


def rewrites(tree: exp.Expr) -> list[Neighbour]:
    """The rewrites of `tree` that differ from it in text, one or two of each kind."""
    own = tree.sql("sqlite")
    found: dict[str, str] = {}
    for kind, rewrite in KINDS.items():
        for changed in rewrite(tree):
            sql = changed if isinstance(changed, str) else changed.sql("sqlite")
            if sql != own:
                found.setdefault(sql, kind)
    return [Neighbour(kind, sql) for sql, kind in found.items()]


_MIRROR: dict[type[Node], type[exp.Binary]] = {
    exp.EQ: exp.EQ,
    exp.NEQ: exp.NEQ,
    exp.GT: exp.LT,
    exp.GTE: exp.LTE,
    exp.LT: exp.GT,
    exp.LTE: exp.GTE,
}
_CONTRARY: dict[type[Node], type[exp.Binary]] = {
    exp.EQ: exp.NEQ,
    exp.NEQ: exp.EQ,
    exp.GT: exp.LTE,
    exp.GTE: exp.LT,
    exp.LT: exp.GTE,
    exp.LTE: exp.GT,
}


def _plain(side: Node) -> bool:
    """A column or a literal: affinity and collation do not depend on which side it stands."""
    return isinstance(side, (exp.Column, exp.Literal))


def _mirror(tree: Node) -> Iterator[Node]:
    """`a > b` as `b < a`."""

    def change(node: Node) -> Node | None:
        kind = _MIRROR.get(type(node))
        if (
            kind is None
            or not isinstance(node, exp.Binary)
            or not (_plain(node.left) and _plain(node.right))
        ):
            return None
        return kind(this=node.right.copy(), expression=node.left.copy())

    return each(tree, change)


def _contrary(tree: Node) -> Iterator[Node]:
    """`a > b` as `NOT a <= b`: unknown stays unknown."""

    def change(node: Node) -> Node | None:
        kind = _CONTRARY.get(type(node))
        if (
            kind is None
            or not isinstance(node, exp.Binary)
            or not (_plain(node.left) and _plain(node.right))
        ):
            return None
        test = kind(this=node.left.copy(), expression=node.right.copy())
        return exp.Paren(this=exp.Not(this=exp.Paren(this=test)))

    return each(tree, change)


def _commute(tree: Node) -> Iterator[Node]:
    """`a AND b` as `b AND a`; only the topmost of a chain is turned."""

    def change(node: Node) -> Node | None:
        if not isinstance(node, (exp.And, exp.Or)) or isinstance(node.parent, (exp.And, exp.Or)):
            return None
        sides = [
            exp.Paren(this=s.copy()) if isinstance(s, exp.Connector) else s.copy()
            for s in (node.right, node.left)
        ]
        return type(node)(this=sides[0], expression=sides[1])

    return each(tree, change)


def _de_morgan(tree: Node) -> Iterator[Node]:
    """`a AND b` as `NOT (NOT a OR NOT b)`."""

    def change(node: Node) -> Node | None:
        if not isinstance(node, exp.And) or isinstance(node.parent, exp.Connector):
            return None
        sides = [exp.Not(this=exp.Paren(this=s.copy())) for s in (node.left, node.right)]
        return exp.Paren(this=exp.Not(this=exp.Paren(this=exp.Or(this=sides[0], expression=sides[1]))))

    return each(tree, change)


def _in_or(tree: Node) -> Iterator[Node]:
    """`x IN (1, 2)` as `x = 1 OR x = 2`; `x = 1` as `x IN (1)`."""

    def spread(node: Node) -> Node | None:
        if not isinstance(node, exp.In) or not node.expressions or not isinstance(node.this, exp.Column):
            return None
        if not all(isinstance(value, exp.Literal) for value in node.expressions):
            return None
        tests = [exp.EQ(this=node.this.copy(), expression=value.copy()) for value in node.expressions]
        whole: Node = tests[0]
        for test in tests[1:]:
            whole = exp.Or(this=whole, expression=test)
        return exp.Paren(this=whole)

    yield from each(tree, spread)


def _between(tree: Node) -> Iterator[Node]:
    """`x BETWEEN a AND b` as `x >= a AND x <= b`."""

    def change(node: Node) -> Node | None:
        if not isinstance(node, exp.Between) or not isinstance(node.this, exp.Column):
            return None
        low = exp.GTE(this=node.this.copy(), expression=node.args["low"].copy())
        high = exp.LTE(this=node.this.copy(), expression=node.args["high"].copy())
        return exp.Paren(this=exp.And(this=low, expression=high))

    return each(tree, change)


def _count_one(tree: Node) -> Iterator[Node]:
    """`COUNT(*)` as `COUNT(1)`."""

    def change(node: Node) -> Node | None:
        if isinstance(node, exp.Count) and isinstance(node.this, exp.Star):
            return exp.Count(this=exp.Literal.number(1))
        return None

    return each(tree, change)


def _like_free(tree: Node) -> Iterator[Node]:
    """A condition that is always true, added."""

    def change(node: Node) -> Node | None:
        if isinstance(node, exp.Where):
            both = exp.And(this=exp.Paren(this=node.this.copy()), expression=exp.EQ(
                this=exp.Literal.number(1), expression=exp.Literal.number(1)))  # fmt: skip
            return exp.Where(this=both)
        return None

    return each(tree, change)


KINDS: dict[str, Callable[[Node], Iterator[Node] | Iterator[str]]] = {
    "mirror": _mirror,
    "contrary": _contrary,
    "commute": _commute,
    "de-morgan": _de_morgan,
    "in-or": _in_or,
    "between": _between,
    "count-one": _count_one,
    "aliases": aliases,
    "join-order": join_order,
    "wrap": wrap,
    "layout": layout,
    "not-equal": not_equal,
    "always-true": _like_free,
}
"""Every kind of rewrite by name."""
