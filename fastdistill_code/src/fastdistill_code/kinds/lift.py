"""Lifts assert-style tests into calls and checks, by their syntax alone: nothing here runs them.

`assert candidate(args) == value` and its relatives become call cases. What goes beyond is left to the
checker process: then `lift` returns None, for tests are lifted as a whole or not at all.
"""

import ast
from typing import Any

from fastdistill_code.jobs import CallInput
from fastdistill_code.kinds.evaluate import FUNCTIONS, Evaluator, Unliftable, bind, dotted
from fastdistill_code.kinds.forms import simple
from fastdistill_code.kinds.suite import Check, Holds, Raises, Suite
from fastdistill_code.wire import WireError, encode

_MOST_CALLS = 2000
_MATH = ("math",)
_PREFIX = "result "
"""Stands before the names of results: no test can have a name with a space."""


def lift(source: str, entry_point: str, *, check: bool) -> Suite | None:
    """The suite of a `check(candidate)` function, or of module-level asserts that call `entry_point`."""
    try:
        tree = ast.parse(source)
        lifter = _Lifter({entry_point, "candidate"} if check else {entry_point})
        body = _check_body(tree, lifter) if check else tree.body
        lifter.statements(body)
    except (Unliftable, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return Suite(calls=tuple(lifter.calls), checks=tuple(lifter.checks)) if lifter.checks else None


def _check_body(tree: ast.Module, lifter: "_Lifter") -> list[ast.stmt]:
    """The statements of `check`; assignments beside it are made first."""
    body: list[ast.stmt] | None = None
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == "check":
            if len(node.args.args) != 1:
                raise Unliftable("check takes one argument")
            lifter.callees.add(node.args.args[0].arg)
            body = node.body
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
            lifter.statement(node)
    if body is None:
        raise Unliftable("no function check")
    return body


class _Lifter:
    def __init__(self, callees: set[str]) -> None:
        self.callees = callees
        self.calls: list[CallInput] = []
        self.checks: list[Check] = []
        self.env: dict[str, Any] = {}
        self.deferred: dict[str, ast.expr] = {}

    def statements(self, body: list[ast.stmt]) -> None:
        for node in body:
            self.statement(node)

    def statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assert(test=test):
                self.claim(test)
            case ast.Import(names=names) if all(n.name in _MATH and n.asname is None for n in names):
                pass
            case ast.Pass() | ast.Expr(value=ast.Constant() | ast.Name()):
                pass
            case ast.Expr(value=ast.Call(func=ast.Name(id="print"))):
                pass
            case ast.Expr(value=ast.Call() as call) if dotted(call.func) in self.callees:
                self.call(call)
            case ast.Assign(targets=[target], value=value):
                self.assign(target, value)
            case ast.For(target=target, iter=items, body=body, orelse=[]):
                for item in list(Evaluator(self.env).value(items)):
                    bind(self.env, target, item)
                    self.statements(body)
            case ast.Try(body=body, handlers=[handler], orelse=[], finalbody=[]):
                self.attempt(body, handler)
            case ast.With(items=[item], body=[ast.Expr(value=ast.Call() as call)]):
                self.raises(item.context_expr, call)
            case _:
                raise Unliftable(type(node).__name__)

    def assign(self, target: ast.expr, value: ast.expr) -> None:
        if not self.mentions(value):
            if isinstance(target, ast.Name):
                self.deferred.pop(target.id, None)
            bind(self.env, target, Evaluator(self.env).value(value))
        elif isinstance(target, ast.Name):
            names: dict[str, int] = {}
            self.deferred[target.id] = self.replaced(value, names)
            self.env.pop(target.id, None)
        else:
            raise Unliftable("unpacking of a result")

    def attempt(self, body: list[ast.stmt], handler: ast.ExceptHandler) -> None:
        """`try: candidate(..) [; assert False]  except Name: pass`."""
        rest_fails = all(
            isinstance(n, ast.Assert) and isinstance(n.test, ast.Constant) and not n.test.value
            for n in body[1:]
        )
        first = body[0]
        if not (
            len(body) > 1 and rest_fails and isinstance(handler.type, ast.Name) and _passes(handler.body)
        ):
            raise Unliftable("try")
        if handler.type.id in ("AssertionError", "Exception", "BaseException"):
            raise Unliftable("a handler that catches the assert too")
        if not (isinstance(first, ast.Expr) and isinstance(first.value, ast.Call)):
            raise Unliftable("try")
        self.checks.append(Raises(index=self.call(first.value), type_name=handler.type.id))

    def raises(self, context: ast.expr, call: ast.Call) -> None:
        match context:
            case ast.Call(func=function, args=[ast.Name(id=name)], keywords=[]) if (
                dotted(function) == "pytest.raises"
            ):
                self.checks.append(Raises(index=self.call(call), type_name=name))
            case _:
                raise Unliftable("with")

    def mentions(self, node: ast.AST) -> bool:
        return any(
            isinstance(n, ast.Name) and (n.id in self.callees or n.id in self.deferred)
            for n in ast.walk(node)
        )

    def call(self, node: ast.Call) -> int:
        if dotted(node.func) not in self.callees:
            raise Unliftable("a call of something else")
        evaluator = Evaluator(self.env)
        args = evaluator.value(ast.Tuple(elts=node.args, ctx=ast.Load()))
        kwargs = {word.arg: evaluator.value(word.value) for word in node.keywords if word.arg}
        if len(kwargs) != len(node.keywords) or len(self.calls) >= _MOST_CALLS:
            raise Unliftable("** or too many calls")
        try:
            encode([args, kwargs])
        except WireError as error:
            raise Unliftable(str(error)) from None
        self.calls.append(CallInput(args=args, kwargs=kwargs))
        return len(self.calls) - 1

    def replaced(self, node: ast.expr, names: dict[str, int]) -> ast.expr:
        """`node` with names of results in place of calls; `names` gathers them."""
        replaced: ast.expr = _Replace(self, names).visit(ast.parse(ast.unparse(node), mode="eval").body)
        return replaced

    def claim(self, test: ast.expr) -> None:
        if not self.mentions(test):
            if not Evaluator(self.env).value(test):
                raise Unliftable("an assert that fails by itself")
            return
        names: dict[str, int] = {}
        expression = self.replaced(test, names)
        found = simple(expression, names, Evaluator(self.env)) if len(names) == 1 else None
        used = {n.id for n in ast.walk(expression) if isinstance(n, ast.Name)}
        env = {name: value for name, value in self.env.items() if name in used}
        self.checks.append(found or Holds(expression=expression, names=names, env=env))
        if found is None:
            _known(expression, names, env)


class _Replace(ast.NodeTransformer):
    def __init__(self, lifter: _Lifter, names: dict[str, int]) -> None:
        self.lifter, self.names = lifter, names

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if dotted(node.func) not in self.lifter.callees:
            return self.generic_visit(node)
        index = self.lifter.call(node)
        name = f"{_PREFIX}{index}"
        self.names[name] = index
        return ast.Name(id=name, ctx=ast.Load())

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in self.lifter.callees:
            raise Unliftable("the candidate as a value")
        if node.id in self.lifter.deferred:
            found = self.lifter.deferred[node.id]
            for inner in ast.walk(found):
                if isinstance(inner, ast.Name) and inner.id.startswith(_PREFIX):
                    self.names[inner.id] = int(inner.id.removeprefix(_PREFIX))
            return found
        return node


def _passes(body: list[ast.stmt]) -> bool:
    return all(isinstance(node, ast.Pass) for node in body)


def _known(expression: ast.expr, names: dict[str, int], env: dict[str, Any]) -> None:
    """Raise `Unliftable` unless the evaluator knows every function and name of the expression."""
    for node in ast.walk(expression):
        if isinstance(node, ast.Call) and dotted(node.func) not in FUNCTIONS:
            raise Unliftable("a call of something else")
        if isinstance(node, (ast.Lambda, ast.JoinedStr, ast.DictComp, ast.Await, ast.NamedExpr)):
            raise Unliftable(type(node).__name__)
