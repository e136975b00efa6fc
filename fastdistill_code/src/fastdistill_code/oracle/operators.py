"""Small faults put into a program's syntax tree, one at a time: what a careless author could have
written.
"""

import ast
import copy
from collections.abc import Callable, Iterator

from attrs import frozen

from fastdistill_code.syntax import bound_by

Change = Callable[[ast.AST], None]


@frozen(kw_only=True)
class Broken:
    """A program with one fault."""

    kind: str
    source: str


_NEGATED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_BOUNDARY: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip
_TWINS = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list",
          "lower": "upper", "upper": "lower", "startswith": "endswith", "endswith": "startswith",
          "isupper": "islower", "islower": "isupper", "floor": "ceil", "ceil": "floor"}  # fmt: skip


def faults(source: str, entry_point: str | None = None) -> list[Broken]:
    """Every single fault that this module knows, in the order of the source, without repeats.

    With an entry point, only in what it may use: a fault elsewhere changes nothing.
    """
    tree = ast.parse(source)
    plain = ast.unparse(tree)
    found: dict[str, Broken] = {}
    untouched = _untouched(tree) | _unused(tree, entry_point)
    for place, node in enumerate(ast.walk(tree)):
        if place in untouched:
            continue
        for kind, change in _changes(node):
            changed = copy.deepcopy(tree)
            change(next(n for i, n in enumerate(ast.walk(changed)) if i == place))
            text = ast.unparse(ast.fix_missing_locations(changed))
            if text != plain and text not in found:
                found[text] = Broken(kind=kind, source=text)
    return list(found.values())


def constants(source: str, entry_point: str | None = None) -> list[int | float | str]:
    """The numbers and texts that the program compares or builds with, in its order.

    With an entry point, only those in what it may use. None of what is not Python.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    untouched = _untouched(tree) | _unused(tree, entry_point)
    found = [
        node.value
        for place, node in enumerate(ast.walk(tree))
        if isinstance(node, ast.Constant) and place not in untouched
    ]
    return [value for value in found if type(value) in (int, float, str)]  # type: ignore[misc]


def from_a_set(source: str) -> bool:
    """Whether a list or tuple is made of a set somewhere: its order means nothing."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("list", "tuple")
        and len(node.args) == 1
        and _is_set(node.args[0])
        for node in ast.walk(tree)
    )


def _is_set(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="set" | "frozenset")) | ast.Set() | ast.SetComp():
            return True
        case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr() | ast.Sub() | ast.BitXor()):
            return _is_set(left)
        case ast.Call(func=ast.Attribute(value=inner, attr="union" | "intersection" | "difference")):
            return _is_set(inner)
    return False


def _untouched(tree: ast.AST) -> set[int]:
    """The places of what does not bear on results: docstrings, annotations, asserts, error messages."""
    roots: list[ast.AST] = []
    for node in ast.walk(tree):
        match node:
            case (
                ast.Expr(value=ast.Constant())
                | ast.Assert()
                | ast.Raise()
                | ast.Import()
                | ast.ImportFrom()
            ):
                roots.append(node)
            case ast.BinOp(op=ast.Add() | ast.Sub(), right=ast.Constant() as margin) if _root(node.left):
                roots.append(margin)
            case ast.Slice(lower=ast.Constant(value=0) as start):
                roots.append(start)
            case ast.FunctionDef(returns=returns):
                roots += [returns] if returns is not None else []
            case ast.arg(annotation=ast.expr() as annotation):
                roots.append(annotation)
            case ast.AnnAssign(annotation=annotation):
                roots.append(annotation)
            case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
                roots.append(node)
    inside = {id(n) for root in roots for n in ast.walk(root)}
    return {i for i, node in enumerate(ast.walk(tree)) if id(node) in inside}


def _changes(node: ast.AST) -> Iterator[tuple[str, Change]]:
    match node:
        case ast.Compare(ops=ops):
            for i, op in enumerate(ops):
                if type(op) in _NEGATED:
                    yield "negate-comparison", _set_op(i, _NEGATED[type(op)])
                if type(op) in _BOUNDARY and not _root(node):
                    yield "boundary", _set_op(i, _BOUNDARY[type(op)])
        case ast.BinOp(op=op_) | ast.AugAssign(op=op_) if type(op_) in _ARITHMETIC and not _text(node):
            yield "arithmetic", _assign("op", _ARITHMETIC[type(op_)]())
        case ast.BoolOp(op=logic):
            yield "logic", _assign("op", ast.Or() if isinstance(logic, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not()):
            yield "drop-not", _wrap_not("operand")
        case ast.If() | ast.IfExp() | ast.While():
            if not isinstance(node.test, (ast.Compare, ast.UnaryOp, ast.Constant)):
                yield "negate-condition", _wrap_not("test")
        case ast.comprehension(ifs=[_, *_]):
            yield "drop-filter", _assign("ifs", [])
        case ast.Return(value=ast.expr() as value) if not _falsy(value):
            yield "return-none", _assign("value", ast.Constant(None))
        case ast.Constant():
            yield from _constants(node)
        case ast.Call(func=ast.Name(id=name)) if name in _TWINS:
            yield "twin-call", _rename("id", _TWINS[name])
        case ast.Call(func=ast.Attribute(attr=name)) if name in _TWINS:
            yield "twin-call", _rename("attr", _TWINS[name])
        case ast.Slice(lower=lower, upper=upper) if _cuts(lower) or upper is not None:
            yield "slice", _assign("lower" if _cuts(lower) else "upper", None)
    yield from _statements(node)


def _statements(node: ast.AST) -> Iterator[tuple[str, Change]]:
    for name in ("body", "orelse"):
        block = getattr(node, name, None)
        if not isinstance(block, list) or isinstance(node, ast.Module):
            continue
        for i, inner in enumerate(block):
            if isinstance(inner, (ast.AugAssign, ast.Break, ast.Continue)) or (
                isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Call)
            ):
                yield "drop-statement", _drop(name, i)


def _constants(node: ast.Constant) -> Iterator[tuple[str, Change]]:
    value = node.value
    if isinstance(value, bool):
        yield "flip-constant", _assign("value", not value)
    elif isinstance(value, int):
        yield "off-by-one", _assign("value", value + 1)
    elif isinstance(value, float) and abs(value) > 0.01:
        yield "off-by-one", _assign("value", value + 1.0)
    elif isinstance(value, str):
        yield "text", _assign("value", value[:-1] if len(value) > 1 else value + "x")


def _set_op(index: int, op: type[ast.cmpop]) -> Change:
    def change(node: ast.AST) -> None:
        node.ops[index] = op()  # type: ignore[attr-defined]

    return change


def _assign(name: str, value: object) -> Change:
    return lambda node: setattr(node, name, value)


def _wrap_not(name: str) -> Change:
    return lambda node: setattr(node, name, ast.UnaryOp(op=ast.Not(), operand=getattr(node, name)))


def _rename(name: str, value: str) -> Change:
    return lambda node: setattr(node.func, name, value)  # type: ignore[attr-defined]


def _drop(name: str, index: int) -> Change:
    def change(node: ast.AST) -> None:
        getattr(node, name)[index] = ast.Pass()

    return change


def _cuts(lower: ast.expr | None) -> bool:
    return lower is not None and not (isinstance(lower, ast.Constant) and lower.value == 0)


def _falsy(value: ast.expr) -> bool:
    """None, False and their like, which None stands in for wherever only truth is asked."""
    return isinstance(value, ast.Constant) and not value.value


def _root(node: ast.AST) -> bool:
    """Whether a root is taken: the bound of a search for divisors, which may lie further without effect."""
    text = ast.unparse(node)
    return "** 0.5" in text or "sqrt" in text


def reached(tree: ast.Module, entry_point: str | None) -> list[ast.stmt]:
    """The top-level statements that the entry point leads to, by name; all where there is no such name."""
    named = {name: node for node in tree.body for name in bound_by(node)}
    if entry_point not in named:
        return tree.body
    found, left = set[str](), [entry_point]
    while left:
        name = left.pop()
        if name in found or name not in named:
            continue
        found.add(name)
        left += [n.id for n in ast.walk(named[name]) if isinstance(n, ast.Name)]
    return [node for node in tree.body if any(named.get(name) is node for name in found)]


def _unused(tree: ast.Module, entry_point: str | None) -> set[int]:
    """The places in top-level statements that the entry point does not lead to."""
    kept = {id(n) for node in reached(tree, entry_point) for n in ast.walk(node)}
    if len(reached(tree, entry_point)) == len(tree.body):
        return set()
    return {i for i, node in enumerate(ast.walk(tree)) if id(node) not in kept}


def _text(node: ast.BinOp | ast.AugAssign) -> bool:
    """A sum or format of text: another operator only raises, which tells nothing."""
    sides = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.value,)
    return any(
        isinstance(s, ast.JoinedStr) or (isinstance(s, ast.Constant) and isinstance(s.value, str))
        for s in sides
    )
