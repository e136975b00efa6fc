"""Rewritings of a program that keep its meaning: a gate that rejects one of them rejects too much."""

import ast
import copy
from collections.abc import Iterator

from attrs import frozen

from fastdistill_code.syntax import parse


@frozen(kw_only=True)
class Rewritten:
    """A program that does the same in another way."""

    kind: str
    source: str


def rewritings(source: str, entry_point: str | None) -> Iterator[Rewritten]:
    """What can be rewritten of `source`, each rewriting alone; nothing that equals the source's own
    form.
    """
    tree = parse(source)
    if tree is None:
        return
    plain = ast.unparse(tree)
    yield Rewritten(kind="reformat", source=f"{plain}\n")
    seen = {plain}
    for kind, change in (
        ("strip-docstrings", _Docstrings()),
        ("strip-hints", _Hints()),
        ("rename-locals", _Rename(entry_point)),
        ("dead-code", _DeadCode()),
        ("comprehension-to-loop", _Unrolled()),
        ("for-to-while", _While()),
        ("swap-branches", _Branches()),
    ):
        changed = ast.fix_missing_locations(change.visit(copy.deepcopy(tree)))
        text = ast.unparse(changed)
        if text not in seen and parse(text) is not None:
            seen.add(text)
            yield Rewritten(kind=kind, source=f"{text}\n")


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


class _Docstrings(ast.NodeTransformer):
    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        if _is_text(node.body[0]):
            node.body = node.body[1:] or [ast.Pass()]
        return node


class _Hints(ast.NodeTransformer):
    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = None
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is None or not isinstance(node.target, ast.Name):
            return node
        return ast.Assign(targets=[node.target], value=node.value)


_SCOPES = (
    ast.FunctionDef,
    ast.Lambda,
    ast.ClassDef,
    ast.Global,
    ast.Nonlocal,
    ast.Import,
    ast.ImportFrom,
    ast.ExceptHandler,
    ast.Match,
)


class _Rename(ast.NodeTransformer):
    """Renames the local variables of plain functions, never arguments: those may be passed by name."""

    def __init__(self, entry_point: str | None) -> None:
        self.entry_point = entry_point

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        inner = [n for n in ast.walk(node) if n is not node]
        if any(isinstance(n, _SCOPES) for n in inner):
            return node
        arguments = {a.arg for a in inner if isinstance(a, ast.arg)}
        names = {
            n.id for n in inner if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        } - arguments
        new = {name: f"renamed_{i}" for i, name in enumerate(sorted(names))}
        for n in inner:
            if isinstance(n, ast.Name) and n.id in new:
                n.id = new[n.id]
        return node


class _DeadCode(ast.NodeTransformer):
    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        start = 1 if _is_text(node.body[0]) and len(node.body) > 1 else 0
        node.body[start:start] = ast.parse(
            "unused_total = 0\nif unused_total > 1:\n    unused_total -= 1"
        ).body
        return node


class _Unrolled(ast.NodeTransformer):
    """`return [.. for ..]` as a loop over a growing list, where the names of both stay apart."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        body: list[ast.stmt] = []
        for inner in node.body:
            match inner:
                case ast.Return(
                    value=ast.ListComp(
                        elt=element, generators=[ast.comprehension(ifs=ifs, is_async=0) as clause]
                    )
                ) if not any(isinstance(n, (ast.Lambda, ast.NamedExpr)) for n in ast.walk(inner)):
                    body += self._loop(element, clause, ifs)
                case _:
                    body.append(inner)
        node.body = body
        return node

    @staticmethod
    def _loop(element: ast.expr, clause: ast.comprehension, ifs: list[ast.expr]) -> list[ast.stmt]:
        append = ast.Attribute(ast.Name("gathered", ast.Load()), "append", ast.Load())
        grow: ast.stmt = ast.Expr(ast.Call(append, [element], []))
        for test in reversed(ifs):
            grow = ast.If(test, [grow], [])
        start = ast.Assign([ast.Name("gathered", ast.Store())], ast.List([], ast.Load()))
        loop = ast.For(clause.target, clause.iter, [grow], [])
        return [start, loop, ast.Return(ast.Name("gathered", ast.Load()))]


class _While(ast.NodeTransformer):
    """A `for` over `range(...)` with one argument as a `while`; only bodies that neither jump nor
    rebind.
    """

    def __init__(self) -> None:
        self.count = 0

    def visit_For(self, node: ast.For) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        match node:
            case ast.For(
                target=ast.Name(id=name),
                iter=ast.Call(func=ast.Name(id="range"), args=[end], keywords=[]),
                orelse=[],
            ) if not isinstance(end, ast.Starred) and self._calm(node.body, name):
                self.count += 1
                step, stop = f"step_{self.count}", f"stop_{self.count}"
                made = ast.parse(
                    f"{step} = 0\n{stop} = 0\nwhile {step} < {stop}:\n    {name} = {step}\n    {step} += 1"
                )
                bound = made.body[1]
                loop = made.body[2]
                assert isinstance(bound, ast.Assign) and isinstance(loop, ast.While)  # noqa: S101, PT018
                bound.value = end
                loop.body += node.body
                return made.body
        return node

    @staticmethod
    def _calm(body: list[ast.stmt], name: str) -> bool:
        return not any(isinstance(n, (ast.Yield, ast.YieldFrom)) for inner in body for n in ast.walk(inner))


class _Branches(ast.NodeTransformer):
    """`if a: x else: y` as `if not a: y else: x`."""

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        if node.orelse and not isinstance(node.orelse[0], ast.If):
            node.test = ast.UnaryOp(ast.Not(), node.test)
            node.body, node.orelse = node.orelse, node.body
        return node
