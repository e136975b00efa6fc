"""Sums, products and powers of matrices, folded to one matrix; unit vectors as coordinates."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from fastdistill_math.exact import whole
from fastdistill_math.tree import Node, num

MAX_SIDE, MAX_POWER = 8, 12
_AXES = ("iunit", "junit", "kunit")


def folded(node: Node) -> Node:
    """`node` with its matrices computed, as far as their sizes fit; unit vectors as a tuple."""
    if any(part.kind == "sym" and part.value in _AXES for part in node.walk()):
        return _coordinates(node) or node
    if not node.has("matrix"):
        return node
    return _fold(node)


def _fold(node: Node) -> Node:
    args = tuple(map(_fold, node.args)) if node.kind != "matrix" else node.args
    node = Node(node.kind, args, node.value)
    rows = [_rows(arg) for arg in args]
    known = [each for each in rows if each is not None]
    match node.kind:
        case "add" if len(known) == len(args) and len({(len(r), len(r[0])) for r in known}) == 1:
            return _matrix([[_add([r[i][j] for r in known]) for j in range(len(known[0][0]))]
                            for i in range(len(known[0]))])  # fmt: skip
        case "mul" if known:
            return _product(node)
        case "neg" if known:
            return _matrix([[Node("neg", (entry,)) for entry in row] for row in known[0]])
        case "div" if rows[0] is not None:
            return _matrix([[Node("div", (entry, args[1])) for entry in row] for row in rows[0]])
        case "pow" if rows[0] is not None:
            return _power(node, rows[0])
        case "call" if node.value == "det" and known and len(known[0]) == len(known[0][0]) <= 4:
            return _determinant(known[0])
    return node


def _product(node: Node) -> Node:
    scalars = [arg for arg in node.args if _rows(arg) is None]
    total: list[list[Node]] | None = None
    for arg in node.args:
        rows = _rows(arg)
        if rows is None:
            continue
        if total is None:
            total = rows
        elif len(total[0]) == len(rows):
            total = _times(total, rows)
        else:
            return node
    if total is None:
        return node
    if scalars:
        total = [[Node("mul", (*scalars, entry)) for entry in row] for row in total]
    return _matrix(total)


def _times(a: list[list[Node]], b: list[list[Node]]) -> list[list[Node]]:
    return [
        [_add([Node("mul", (row[k], b[k][j])) for k in range(len(b))]) for j in range(len(b[0]))]
        for row in a
    ]


def _power(node: Node, rows: list[list[Node]]) -> Node:
    if node.args[1].kind == "sym" and node.args[1].value in ("T", "top", "t"):
        return _matrix([list(column) for column in zip(*rows, strict=True)])
    exponent = whole(node.args[1])
    if exponent is None or not 1 <= exponent <= MAX_POWER or len(rows) != len(rows[0]) or len(rows) > 3:
        return node
    total = rows
    for _ in range(exponent - 1):
        total = _times(total, rows)
    return _matrix(total)


def _determinant(rows: list[list[Node]]) -> Node:
    if len(rows) == 1:
        return rows[0][0]
    terms = []
    for column, keep in enumerate(reversed(list(combinations(range(len(rows)), len(rows) - 1)))):
        minor = _determinant([[row[j] for j in keep] for row in rows[1:]])
        term = Node("mul", (rows[0][column], minor))
        terms.append(Node("neg", (term,)) if column % 2 else term)
    return _add(terms)


def _rows(node: Node) -> list[list[Node]] | None:
    if node.kind != "matrix" or not node.args or len(node.args) > MAX_SIDE:
        return None
    widths = {len(row.args) for row in node.args}
    if len(widths) != 1 or not 0 < next(iter(widths)) <= MAX_SIDE:
        return None
    return [list(row.args) for row in node.args]


def _matrix(rows: Sequence[Sequence[Node]]) -> Node:
    return Node("matrix", tuple(Node("row", tuple(row)) for row in rows))


def _add(terms: list[Node]) -> Node:
    return terms[0] if len(terms) == 1 else Node("add", tuple(terms))


def _coordinates(node: Node) -> Node | None:
    """`3i + 4j` of unit vectors as (3, 4); None where it is not linear in them."""
    parts: dict[str, list[Node]] = {axis: [] for axis in _AXES}
    for term, sign in _terms(node, 1):
        factors = term.args if term.kind == "mul" else (term,)
        axes = [f.value for f in factors if f.kind == "sym" and f.value in _AXES]
        rest = [f for f in factors if not (f.kind == "sym" and f.value in _AXES)]
        if len(axes) != 1 or any(p.kind == "sym" and p.value in _AXES for f in rest for p in f.walk()):
            return None
        value = Node("mul", tuple(rest)) if len(rest) > 1 else rest[0] if rest else num(1)
        parts[axes[0]].append(Node("neg", (value,)) if sign < 0 else value)
    size = 3 if parts["kunit"] else 2
    return Node("seq", tuple(_add(parts[axis] or [num(0)]) for axis in _AXES[:size]), "()")


def _terms(node: Node, sign: int) -> Iterator[tuple[Node, int]]:
    if node.kind == "add":
        for arg in node.args:
            yield from _terms(arg, sign)
    elif node.kind == "neg":
        yield from _terms(node.args[0], -sign)
    else:
        yield node, sign
