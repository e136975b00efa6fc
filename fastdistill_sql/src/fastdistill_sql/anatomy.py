"""What a query compares: its literals with the columns they stand against, columns that join, and its
conditions.
"""

from collections.abc import Iterator

from attrs import frozen
from sqlglot import exp

from fastdistill_sql.names import Names, Place
from fastdistill_sql.schema import Schema

Constant = int | float | str
MOST_ROWS = 1_200
"""The largest count or LIMIT that variants are grown to."""


@frozen
class Demand:
    """What the rows of one table, read through one alias, must all obey to reach the result."""

    table: str
    conditions: tuple[str, ...]
    """Each a test over columns of that table alone, by their bare names."""


@frozen(kw_only=True)
class Anatomy:
    """What a variant must know of a query so that its rows matter to it."""

    constants: tuple[tuple[Place, Constant], ...] = ()
    joins: tuple[tuple[Place, Place], ...] = ()
    tables: frozenset[str] = frozenset()
    columns: frozenset[Place] = frozenset()
    demands: tuple[Demand, ...] = ()
    tests: tuple[tuple[str, str], ...] = ()
    """Single tests by table, wherever in the query they stand."""
    measures: tuple[tuple[str, str, float], ...] = ()
    """Computations over one table's columns that are held against a number: table, expression, number."""
    most: int = 0
    """The largest LIMIT with its OFFSET: a variant needs more rows than that for it to tell."""
    counts: tuple[int, ...] = ()
    """Numbers that counts are held against."""
    groups: frozenset[Place] = frozenset()
    """Columns that rows are grouped by."""
    orphans: bool = False
    """Whether rows without a partner may be what is asked for."""


_PREDICATES = (exp.Predicate, exp.In, exp.Between, exp.Like, exp.ILike, exp.Glob, exp.Case, exp.If)
_TESTS = (
    exp.EQ,
    exp.NEQ,
    exp.GT,
    exp.GTE,
    exp.LT,
    exp.LTE,
    exp.In,
    exp.Between,
    exp.Like,
    exp.Glob,
    exp.Is,
)


def dissect(tree: exp.Expr, schema: Schema) -> Anatomy:
    """The anatomy of `tree`; names that the schema does not have are passed over."""
    names = Names(schema, tree)
    constants: dict[tuple[Place, Constant], None] = {}
    joins: dict[tuple[Place, Place], None] = {}
    demands: dict[Demand, None] = {}
    tests: dict[tuple[str, str], None] = {}
    measures: dict[tuple[str, str, float], None] = {}
    columns: set[Place] = set()
    groups: set[Place] = set()
    limits: list[int] = []
    counts: set[int] = set()
    for part in names.trees:
        for node in part.walk():
            if isinstance(node, exp.Column):
                for place in names.places(node):
                    columns.update(_filled(place, schema))
            elif isinstance(node, exp.Literal):
                value = constant(node)
                if value is not None:
                    for place in _against(node, names):
                        constants[place, value] = None
            elif isinstance(node, exp.Select):
                demands.update(dict.fromkeys(_demands(node, names)))
            elif isinstance(node, exp.Group):
                groups.update(p for c in node.find_all(exp.Column) for p in names.places(c))
            elif isinstance(node, (exp.Limit, exp.Offset)):
                limits += [int(node.expression.name)] if node.expression and node.expression.is_int else []
            if isinstance(node, (exp.EQ, exp.In)):
                joins.update(dict.fromkeys(_joined(node, names)))
            if isinstance(node, _TESTS):
                found = _single(node, names)
                if found is not None:
                    tests[found[1:]] = None
                counts.update(_counted(node, names))
                measures.update(dict.fromkeys(_measured(node, names)))
    tables = {t.name.lower() for p in names.trees for t in p.find_all(exp.Table) if schema.table(t.name)}
    return Anatomy(
        constants=tuple(constants),
        joins=tuple(joins),
        tables=frozenset(tables),
        columns=frozenset(columns),
        demands=tuple(demands),
        tests=tuple(tests),
        measures=tuple(measures),
        most=min(MOST_ROWS, sum(sorted(n for n in limits if n <= MOST_ROWS)[-2:])),
        counts=tuple(sorted(n for n in counts if 0 < n <= MOST_ROWS)),
        groups=frozenset(groups),
        orphans=any(_seeks_orphans(part) for part in names.trees),
    )


def _filled(place: Place, schema: Schema) -> Iterator[Place]:
    """`place`, or the columns that a generated one is made of."""
    yield place
    table = schema.table(place[0])
    if table is not None and table.column(place[1]) is None:
        for name in table.sources(place[1]):
            yield place[0], name


def _seeks_orphans(tree: exp.Expr) -> bool:
    """Whether `tree` tells rows with a partner from rows without."""
    if tree.find(exp.Except) or any(join.side for join in tree.find_all(exp.Join)):
        return True
    return any(node.this.find(exp.In, exp.Exists) for node in tree.find_all(exp.Not))


def both(one: Anatomy, other: Anatomy) -> Anatomy:
    """What matters to either of two queries."""
    return Anatomy(
        constants=tuple(dict.fromkeys((*one.constants, *other.constants))),
        joins=tuple(dict.fromkeys((*one.joins, *other.joins))),
        tables=one.tables | other.tables,
        columns=one.columns | other.columns,
        demands=tuple(dict.fromkeys((*one.demands, *other.demands))),
        tests=tuple(dict.fromkeys((*one.tests, *other.tests))),
        measures=tuple(dict.fromkeys((*one.measures, *other.measures))),
        most=max(one.most, other.most),
        counts=tuple(sorted({*one.counts, *other.counts})),
        groups=one.groups | other.groups,
        orphans=one.orphans,
    )


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


def _against(literal: exp.Literal, names: Names) -> Iterator[Place]:
    """The columns in the nearest predicate around `literal` that has any."""
    around: exp.Expr | None = literal.parent
    while around is not None and not isinstance(around, (exp.Select, exp.Limit, exp.Offset)):
        if isinstance(around, _PREDICATES):
            found = [p for c in around.find_all(exp.Column) for p in names.places(c)]
            if found:
                yield from dict.fromkeys(found)
                return
        around = around.parent


def _joined(test: exp.Expr, names: Names) -> Iterator[tuple[Place, Place]]:
    left, right = test.this, test.args.get("expression")
    if isinstance(test, exp.In):
        right = test.args.get("query")
    here = _bare(left) if isinstance(left, exp.Expr) else None
    there = _bare(right) if isinstance(right, exp.Expr) else None
    if here is not None and there is not None:
        for one in names.places(here):
            for other in names.places(there):
                if one != other:
                    yield one, other


def _bare(side: exp.Expr) -> exp.Column | None:
    """The column that `side` is, also as the one output of a subquery or under LOWER and the like."""
    inner = side.unnest()
    if isinstance(inner, exp.Select) and inner.selects:
        inner = inner.selects[0].unalias()
    found = inner if isinstance(inner, exp.Column) else inner.find(exp.Column)
    return found if isinstance(found, exp.Column) else None


def _demands(select: exp.Select, names: Names) -> Iterator[Demand]:
    """For each alias that `select` reads, the conditions that a row of it alone can meet or miss."""
    by_alias: dict[tuple[int, str], tuple[str, list[str]]] = {}
    wheres = [select.args["where"].this] if select.args.get("where") else []
    wheres += [join.args["on"] for join in select.args.get("joins") or () if join.args.get("on")]
    for condition in wheres:
        for conjunct in condition.flatten() if isinstance(condition, exp.And) else [condition]:
            found = _single(conjunct, names)
            if found is not None:
                by_alias.setdefault(found[0], (found[1], []))[1].append(found[2])
    for table, conditions in by_alias.values():
        yield Demand(table, tuple(conditions))


def _single(test: exp.Expr, names: Names) -> tuple[tuple[int, str], str, str] | None:
    """Source, table and text of a test that reads one row of one table."""
    if test.find(exp.Query, exp.AggFunc, exp.Window):
        return None
    sources: set[tuple[int, str]] = set()
    tables: set[str] = set()
    copied = exp.Paren(this=test.copy())
    for column, original in zip(
        list(copied.find_all(exp.Column)), list(test.find_all(exp.Column)), strict=True
    ):
        meanings = names.meanings(original)
        if len(meanings) != 1 or not meanings[0].exact:
            return None
        sources.add(meanings[0].source)
        tables.add(meanings[0].place[0])
        column.replace(exp.column(meanings[0].place[1], quoted=True))
    if len(sources) != 1 or len(tables) != 1:
        return None
    return sources.pop(), tables.pop(), copied.this.sql("sqlite")


def _counted(test: exp.Expr, names: Names) -> Iterator[int]:
    """Whole numbers that a count is held against in `test`."""
    if test.find(exp.Count) or any(names.counts(c) for c in test.find_all(exp.Column)):
        for literal in test.find_all(exp.Literal):
            if literal.is_int:
                yield int(literal.name)


def _measured(test: exp.Expr, names: Names) -> Iterator[tuple[str, str, float]]:
    """A computation over a row that `test` holds against a number."""
    if not isinstance(test, exp.Binary):
        return
    for side, other in ((test.left, test.right), (test.right, test.left)):
        value = constant(other) if isinstance(other, exp.Literal) else None
        if isinstance(value, (int, float)) and not isinstance(side, exp.Literal):
            found = _single(side, names)
            if found is not None:
                yield found[1], found[2], float(value)
