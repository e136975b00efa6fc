"""Tests that draw their own inputs, drawn again: the same tests with other seeds."""

import ast

_MOST = 1
"""Each costs a run of all tests."""
_DRAWING = ("seed", "Random")


def reseeded(tests: str) -> list[str]:
    """The tests with other seeds; none of tests that draw nothing."""
    try:
        tree = ast.parse(tests)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    if not any(isinstance(node, ast.Import | ast.ImportFrom) and _draws(node) for node in ast.walk(tree)):
        return []
    return [_with_seed(tests, 1_000_003 * (turn + 1)) for turn in range(_MOST)]


def _draws(node: ast.Import | ast.ImportFrom) -> bool:
    names = [alias.name for alias in node.names]
    return "random" in [*names, node.module if isinstance(node, ast.ImportFrom) else ""]


def _with_seed(tests: str, seed: int) -> str:
    changed = _Seeds(seed).visit(ast.parse(tests))
    return f"import random\nrandom.seed({seed})\n{ast.unparse(ast.fix_missing_locations(changed))}\n"


class _Seeds(ast.NodeTransformer):
    def __init__(self, seed: int) -> None:
        self.seed = seed

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        match node.args:
            case [ast.Constant(value=int(value))] if name in _DRAWING:
                node.args = [ast.Constant(value + self.seed)]
        return node
