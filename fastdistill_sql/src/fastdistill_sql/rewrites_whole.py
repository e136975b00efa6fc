"""Rewrites of a whole query: names, the order of a join, a query around it, its text."""

from collections.abc import Callable, Iterator

from sqlglot import exp

Node = exp.Expr


def each(tree: Node, change: Callable[[Node], Node | None]) -> Iterator[Node]:
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


def aliases(tree: Node) -> Iterator[Node]:
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
        yield from each(tree, change)


def join_order(tree: Node) -> Iterator[Node]:
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


def wrap(tree: Node) -> Iterator[str]:
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


def layout(tree: Node) -> Iterator[str]:
    """The same tokens on many lines, with a comment."""
    yield tree.sql("sqlite", pretty=True) + "\n-- that is all"


def not_equal(tree: Node) -> Iterator[str]:
    """`!=` for `<>`, outside of literals."""
    own = tree.sql("sqlite")
    if "<>" in own and "<>" not in "".join(str(n.this) for n in tree.find_all(exp.Literal)):
        yield own.replace("<>", "!=")
