"""Probes in a program's branches: which ways it went, told by the program itself while it runs.

They are put into the syntax tree, so they see both ways of a condition inside an expression too, cost
little, and are the same on every version of Python. Only bodies of functions are probed.
"""

import ast

from fastdistill_code.oracle.operators import reached

HIT, HITS = "fd_branch_taken", "fd_branches_taken"
_MOST = 120
_HELPERS = f"""

{HITS} = set()

def {HIT}(number, value):
    {HITS}.add(2 * number + (1 if value else 0))
    return value
"""


def probed(source: str, entry_point: str | None = None) -> tuple[str, frozenset[int]]:
    """The program with probes, and the numbers of all ways that they can tell.

    A condition has two ways, a loop's body, a handler and a case have one. With an entry point, only what
    it leads to is probed.
    """
    tree = ast.parse(source)
    placed = _Probes()
    for node in reached(tree, entry_point):
        placed.visit(node)
    tree.body[_start(tree) : _start(tree)] = ast.parse(_HELPERS).body
    return ast.unparse(ast.fix_missing_locations(tree)), frozenset(placed.ways)


def _start(tree: ast.Module) -> int:
    """The place behind what has to be first: a docstring, imports from the future."""
    place = 0
    for node in tree.body:
        match node:
            case ast.Expr(value=ast.Constant()) | ast.ImportFrom(module="__future__"):
                place += 1
            case _:
                break
    return place


class _Probes(ast.NodeTransformer):
    def __init__(self) -> None:
        self.ways: set[int] = set()
        self._count = 0
        self._inside = False

    def _number(self, *ways: int) -> int | None:
        if not self._inside or self._count >= _MOST:
            return None
        self.ways |= {2 * self._count + way for way in ways}
        self._count += 1
        return self._count - 1

    def _test(self, test: ast.expr) -> ast.expr:
        if isinstance(test, ast.Constant) or (number := self._number(0, 1)) is None:
            return test
        return _call(number, test)

    def _enter(self, body: list[ast.stmt]) -> None:
        if (number := self._number(1)) is not None:
            body.insert(0, ast.Expr(_call(number, ast.Constant(True))))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        before, self._inside = self._inside, True
        node.body = [self.visit(statement) for statement in node.body]
        self._inside = before
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        node.test = self._test(node.test)
        return node

    def visit_While(self, node: ast.While) -> ast.AST:
        self.generic_visit(node)
        node.test = self._test(node.test)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        node.test = self._test(node.test)
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        node.values = [*map(self._test, node.values[:-1]), node.values[-1]]
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        self.generic_visit(node)
        node.ifs = [self._test(test) for test in node.ifs]
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        self.generic_visit(node)
        self._enter(node.body)
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.generic_visit(node)
        self._enter(node.body)
        return node

    def visit_match_case(self, node: ast.match_case) -> ast.AST:
        self.generic_visit(node)
        self._enter(node.body)
        return node


def _call(number: int, value: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(HIT, ast.Load()), [ast.Constant(number), value], [])
