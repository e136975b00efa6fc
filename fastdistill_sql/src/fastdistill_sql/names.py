"""Which column of which table a name in a query means, through aliases, derived tables, CTEs and views."""

from collections.abc import Iterator

from attrs import define, field, frozen
from sqlglot import exp

from fastdistill_sql.building import views_read
from fastdistill_sql.schema import Schema, Table

Place = tuple[str, str]
"""Table and column, lower case."""
_DEEPEST = 8


@frozen
class Meaning:
    """A column of a table that a name in a query stands for."""

    place: Place
    source: tuple[int, str]
    """The SELECT and the alias in it through which it is read."""
    exact: bool
    """Whether the name is that column itself, and not a computation over it."""


@define
class Names:
    """Looks names of one query up."""

    schema: Schema
    tree: exp.Expr
    trees: list[exp.Expr] = field(init=False)
    """The query and the views that it reads."""
    _views: dict[str, exp.Expr] = field(init=False)
    _ctes: dict[str, exp.Expr] = field(init=False)
    _sources: dict[int, dict[str, Table | exp.Expr | None]] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        """Gather the bodies of views and common table expressions."""
        bodies = views_read(self.schema, self.tree)
        self.trees = [self.tree, *bodies]
        self._views = {}
        for body in bodies:
            owner = body.parent
            name = owner.this.name.lower() if isinstance(owner, exp.Create) and owner.this else ""
            self._views[name] = body
        self._ctes = {c.alias.lower(): c.this for t in self.trees for c in t.find_all(exp.CTE)}

    def sources(self, select: exp.Expr) -> dict[str, Table | exp.Expr | None]:
        """What the FROM of `select` reads, by alias."""
        found = self._sources.get(id(select))
        if found is None:
            found = self._sources[id(select)] = dict(self._read(select))
        return found

    def _read(self, select: exp.Expr) -> Iterator[tuple[str, Table | exp.Expr | None]]:
        first = select.args.get("from_") or select.args.get("from")
        items = [first.this] if first is not None else []
        items += [join.this for join in select.args.get("joins") or ()]
        while items:
            item = items.pop(0)
            items += [join.this for join in item.args.get("joins") or ()]
            alias = item.alias_or_name.lower()
            if isinstance(item, exp.Table):
                name = item.name.lower()
                yield alias, self._ctes.get(name) or self._views.get(name) or self.schema.table(name)
            elif isinstance(item, exp.Subquery):
                if isinstance(item.this, exp.Table):
                    items.append(item.this)
                else:
                    yield alias, item.unnest()

    def meanings(self, column: exp.Column) -> list[Meaning]:
        """What `column` may stand for: one, but where names are not qualified or not known."""
        select = column.find_ancestor(exp.Select)
        while select is not None:
            found = list(self._within(select, column.table.lower(), column.name.lower()))
            if found:
                return found
            select = select.find_ancestor(exp.Select)
        return []

    def _within(self, select: exp.Expr, table: str, name: str, depth: int = 0) -> Iterator[Meaning]:
        for alias, source in self.sources(select).items():
            if table and alias != table:
                continue
            if isinstance(source, Table):
                if source.column(name) is not None or self._generated(source, name):
                    yield Meaning((source.name.lower(), name), (id(select), alias), exact=True)
            elif source is not None and depth < _DEEPEST:
                for place, exact in self._output(source, name, depth + 1):
                    yield Meaning(place, (id(select), alias), exact)

    def _generated(self, table: Table, name: str) -> bool:
        return name in table.sql.lower() and " as" in table.sql.lower()

    def _output(self, query: exp.Expr, name: str, depth: int) -> Iterator[tuple[Place, bool]]:
        """What the output column `name` of `query` is made of."""
        inner = query.unnest()
        while isinstance(inner, exp.SetOperation):
            inner = inner.left.unnest()
        if not isinstance(inner, exp.Select):
            return
        for item in inner.selects:
            if isinstance(item, exp.Star) or (
                isinstance(item, exp.Column) and isinstance(item.this, exp.Star)
            ):
                owner = item.table.lower() if isinstance(item, exp.Column) else ""
                for meaning in self._within(inner, owner, name, depth):
                    yield meaning.place, meaning.exact
            elif item.alias_or_name.lower() == name:
                bare = item.unalias()
                columns = [bare] if isinstance(bare, exp.Column) else list(bare.find_all(exp.Column))
                for column in columns:
                    for meaning in self._within(inner, column.table.lower(), column.name.lower(), depth):
                        yield meaning.place, meaning.exact and column is bare
                return

    def counts(self, column: exp.Column) -> bool:
        """Whether `column` is what a SELECT, a derived table or a view calls a count."""
        select = column.find_ancestor(exp.Select)
        queries = [] if select is None else [select, *self.sources(select).values()]
        for query in queries:
            inner = query.unnest() if isinstance(query, exp.Expr) else None
            while isinstance(inner, exp.SetOperation):
                inner = inner.left.unnest()
            for item in inner.selects if isinstance(inner, exp.Select) else ():
                if isinstance(item, exp.Alias) and item.alias.lower() == column.name.lower():
                    return item.find(exp.Count) is not None
        return False

    def places(self, column: exp.Column) -> list[Place]:
        """The columns that `column` may stand for."""
        return list(dict.fromkeys(m.place for m in self.meanings(column)))
