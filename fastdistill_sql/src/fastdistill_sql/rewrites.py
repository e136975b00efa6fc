"""Rewrites of a query that mean the same on every database, NULLs included: what a gate must not reject.

Each is made from the syntax tree, at one kind of place, and only where its rule holds.
"""

from collections.abc import Callable, Iterator

from sqlglot import exp

from fastdistill_sql.edits import Neighbour

Node = exp.Expr


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


def _each(tree: Node, change: Callable[[Node], Node | None]) -> Iterator[Node]:
    """A copy of `tree` with every place changed that `change` has something for."""
    whole = exp.Subquery(this=tree.copy())
    touched = False
    for node in list(whole.this.walk()):
        made = change(node)
        if made is not None:
            node.replace(made)
            touched = True
    if touched:
        yield whole.this


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

    return _each(tree, change)


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

    return _each(tree, change)


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

    return _each(tree, change)


def _de_morgan(tree: Node) -> Iterator[Node]:
    """`a AND b` as `NOT (NOT a OR NOT b)`."""

    def change(node: Node) -> Node | None:
        if not isinstance(node, exp.And) or isinstance(node.parent, exp.Connector):
            return None
        sides = [exp.Not(this=exp.Paren(this=s.copy())) for s in (node.left, node.right)]
        return exp.Paren(this=exp.Not(this=exp.Paren(this=exp.Or(this=sides[0], expression=sides[1]))))

    return _each(tree, change)


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

    yield from _each(tree, spread)


def _between(tree: Node) -> Iterator[Node]:
    """`x BETWEEN a AND b` as `x >= a AND x <= b`."""

    def change(node: Node) -> Node | None:
        if not isinstance(node, exp.Between) or not isinstance(node.this, exp.Column):
            return None
        low = exp.GTE(this=node.this.copy(), expression=node.args["low"].copy())
        high = exp.LTE(this=node.this.copy(), expression=node.args["high"].copy())
        return exp.Paren(this=exp.And(this=low, expression=high))

    return _each(tree, change)


def _count_one(tree: Node) -> Iterator[Node]:
    """`COUNT(*)` as `COUNT(1)`."""

    def change(node: Node) -> Node | None:
        if isinstance(node, exp.Count) and isinstance(node.this, exp.Star):
            return exp.Count(this=exp.Literal.number(1))
        return None

    return _each(tree, change)


def _aliases(tree: Node) -> Iterator[Node]:
    """Every table's alias renamed, wherever it is used."""
    names: dict[str, str] = {}
    for table in tree.find_all(exp.Table):
        if table.alias:
            names.setdefault(table.alias.lower(), f"r{len(names)}")
    if not names:
        return

    def change(node: Node) -> Node | None:
        if isinstance(node, exp.Table) and node.alias:
            renamed = node.copy()
            renamed.set("alias", exp.TableAlias(this=exp.to_identifier(names[node.alias.lower()])))
            return renamed
        if isinstance(node, exp.Column) and node.table.lower() in names:
            column = node.copy()
            column.set("table", exp.to_identifier(names[node.table.lower()]))
            return column
        return None

    if not any(alias in {c.alias.lower() for c in tree.find_all(exp.CTE, exp.Subquery)} for alias in names):
        yield from _each(tree, change)


def _join_order(tree: Node) -> Iterator[Node]:
    """`a JOIN b ON c` as `b JOIN a ON c`, where it is the only join and no star shows the order."""

    def change(node: Node) -> Node | None:
        if not isinstance(node, exp.Select) or node.is_star or len(node.args.get("joins") or ()) != 1:
            return None
        join, source = node.args["joins"][0], node.args.get("from_") or node.args.get("from")
        plain = not join.side and join.args.get("on") is not None and join.kind in ("", "INNER")
        if source is None or not plain or join.args.get("using") or _picky(node):
            return None
        turned = node.copy()
        inner = turned.args["joins"][0]
        outer = turned.args.get("from_") or turned.args["from"]
        first, second = outer.this.copy(), inner.this.copy()
        outer.set("this", second)
        inner.set("this", first)
        return turned

    for select in tree.find_all(exp.Select):
        made = change(select)
        if made is not None:
            whole = exp.Subquery(this=tree.copy())
            for place in list(whole.find_all(exp.Select)):
                if place == select:
                    place.replace(made)
                    yield whole.this
                    return


def _picky(select: exp.Select) -> bool:
    """Whether the order of reading can show: LIMIT, or a text that gathers rows."""
    return bool(select.args.get("limit") or select.find(exp.GroupConcat))


def _wrap(tree: Node) -> Iterator[str]:
    """The whole query as a subquery or as a common table expression, where no order is to be kept."""
    if (
        not isinstance(tree, exp.Query)
        or tree.args.get("order")
        or tree.args.get("limit")
        or tree.args.get("with_")
    ):
        return
    own = tree.sql("sqlite")
    if own.upper().startswith("WITH"):
        return
    yield f"SELECT * FROM ({own}) AS answer"  # noqa: S608  only ever run under guard
    yield f"WITH answer AS ({own}) SELECT * FROM answer"  # noqa: S608  the same


def _layout(tree: Node) -> Iterator[str]:
    """The same tokens on many lines, with a comment."""
    yield tree.sql("sqlite", pretty=True) + "\n-- that is all"


def _not_equal(tree: Node) -> Iterator[str]:
    """`!=` for `<>`, outside of literals."""
    own = tree.sql("sqlite")
    if "<>" in own and "<>" not in "".join(str(n.this) for n in tree.find_all(exp.Literal)):
        yield own.replace("<>", "!=")


def _like_free(tree: Node) -> Iterator[Node]:
    """A condition that is always true, added."""

    def change(node: Node) -> Node | None:
        if isinstance(node, exp.Where):
            both = exp.And(this=exp.Paren(this=node.this.copy()), expression=exp.EQ(
                this=exp.Literal.number(1), expression=exp.Literal.number(1)))  # fmt: skip
            return exp.Where(this=both)
        return None

    return _each(tree, change)


KINDS: dict[str, Callable[[Node], Iterator[Node] | Iterator[str]]] = {
    "mirror": _mirror,
    "contrary": _contrary,
    "commute": _commute,
    "de-morgan": _de_morgan,
    "in-or": _in_or,
    "between": _between,
    "count-one": _count_one,
    "aliases": _aliases,
    "join-order": _join_order,
    "wrap": _wrap,
    "layout": _layout,
    "not-equal": _not_equal,
    "always-true": _like_free,
}
"""Every kind of rewrite by name."""
