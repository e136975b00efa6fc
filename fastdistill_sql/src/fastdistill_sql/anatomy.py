"""What a query compares: its literals with the columns they stand against, and columns that join."""

from collections.abc import Iterator

from attrs import frozen
from sqlglot import exp

from fastdistill_sql.schema import Schema

Place = tuple[str, str]
"""Table and column, lower case."""
Constant = int | float | str


@frozen(kw_only=True)
class Anatomy:
    """What a variant must know of a query so that its rows matter to it."""

    constants: tuple[tuple[Place, Constant], ...]
    joins: tuple[tuple[Place, Place], ...]
    tables: frozenset[str]
    columns: frozenset[Place]
    most: int = 0
    """The largest LIMIT, up to 30: a variant needs more rows than that for it to tell."""


_PREDICATES = (exp.Predicate, exp.In, exp.Between, exp.Like, exp.ILike, exp.Glob, exp.Case, exp.If)


def dissect(tree: exp.Expr, schema: Schema) -> Anatomy:
    """The anatomy of `tree`; names that the schema does not have are passed over."""
    names = _aliases(tree, schema)
    constants: dict[tuple[Place, Constant], None] = {}
    joins: dict[tuple[Place, Place], None] = {}
    columns: set[Place] = set()
    for column in tree.find_all(exp.Column):
        columns.update(_places(column, names, schema))
    for literal in tree.find_all(exp.Literal):
        value = constant(literal)
        if value is not None:
            for place in _against(literal, names, schema):
                constants[place, value] = None
    for test in tree.find_all(exp.EQ, exp.In):
        for pair in _joined(test, names, schema):
            joins[pair] = None
    return Anatomy(
        constants=tuple(constants),
        joins=tuple(joins),
        tables=frozenset(names.values()),
        columns=frozenset(columns),
        most=_largest_limit(tree),
    )


def _largest_limit(tree: exp.Expr) -> int:
    limits = [int(limit.expression.name) for limit in tree.find_all(exp.Limit) if limit.expression.is_int]
    return max((limit for limit in limits if limit <= 30), default=0)


def constant(literal: exp.Literal) -> Constant | None:
    """A literal's value, its minus sign included."""
    if literal.is_string:
        return str(literal.this)
    sign = -1 if isinstance(literal.parent, exp.Neg) else 1
    try:
        return sign * int(literal.this)
    except ValueError:
        try:
            return sign * float(literal.this)
        except ValueError:
            return None


def _aliases(tree: exp.Expr, schema: Schema) -> dict[str, str]:
    found: dict[str, str] = {}
    for table in tree.find_all(exp.Table):
        known = schema.table(table.name)
        if known is not None:
            found[table.alias_or_name.lower()] = known.name.lower()
    return found


def _places(column: exp.Column, names: dict[str, str], schema: Schema) -> Iterator[Place]:
    tables = [names[column.table.lower()]] if column.table.lower() in names else sorted(set(names.values()))
    for name in tables:
        table = schema.table(name)
        if table is not None and table.column(column.name) is not None:
            yield name, column.name.lower()


def _against(literal: exp.Literal, names: dict[str, str], schema: Schema) -> Iterator[Place]:
    """The columns in the nearest predicate around `literal` that has any."""
    around: exp.Expr | None = literal.parent
    while around is not None and not isinstance(around, (exp.Select, exp.Limit, exp.Offset)):
        if isinstance(around, _PREDICATES):
            found = [p for c in around.find_all(exp.Column) for p in _places(c, names, schema)]
            if found:
                yield from dict.fromkeys(found)
                return
        around = around.parent


def _joined(test: exp.Expr, names: dict[str, str], schema: Schema) -> Iterator[tuple[Place, Place]]:
    left, right = test.this, test.args.get("expression")
    if isinstance(test, exp.In):
        right = test.args.get("query")
    here = _bare(left) if isinstance(left, exp.Expr) else None
    there = _bare(right) if isinstance(right, exp.Expr) else None
    if here is not None and there is not None:
        for one in _places(here, names, schema):
            for other in _places(there, names, schema):
                if one != other:
                    yield one, other


def _bare(side: exp.Expr) -> exp.Column | None:
    """The column that `side` is, also as the one output of a subquery or under LOWER and the like."""
    inner = side.unnest()
    if isinstance(inner, exp.Select) and inner.selects:
        inner = inner.selects[0].unalias()
    found = inner if isinstance(inner, exp.Column) else inner.find(exp.Column)
    return found if isinstance(found, exp.Column) else None
