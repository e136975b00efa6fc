"""The common forms of an assert over one result, as checks that name the expected value."""

import ast
from typing import Any

from fastdistill_code.compare import Match
from fastdistill_code.kinds.evaluate import Evaluator, Unliftable, dotted
from fastdistill_code.kinds.suite import Check, Returns


def simple(expression: ast.expr, names: dict[str, int], constant: Evaluator) -> Check | None:
    """The check of a common form: `result == value`, `abs(result - value) < eps`, `result`, `not
    result`.
    """
    (name, index) = next(iter(names.items()))
    match expression:
        case ast.Name():
            return Returns(index=index, value=True, match=Match(comparer="truth"))
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name()):
            return Returns(index=index, value=False, match=Match(comparer="truth"))
        case ast.Compare(left=left, ops=[ast.Eq() | ast.Is() as op], comparators=[right]):
            return _equality(left, right, name, index, constant, identity=isinstance(op, ast.Is))
        case ast.Compare(
            left=ast.Call(func=function, args=[ast.BinOp(left=left, op=ast.Sub(), right=right)]),
            ops=[ast.Lt() | ast.LtE()],
            comparators=[margin],
        ) if dotted(function) in ("abs", "math.fabs"):
            return _closeness(left, right, name, index, margin, constant)
        case ast.Call(func=function, args=[left, right], keywords=[]) if dotted(function) == "math.isclose":
            pair = _sides(left, right, name, constant)
            return pair and Returns(
                index=index, value=pair[1], match=Match(comparer="python", tolerance=1e-9)
            )
    return None


def _sides(left: ast.expr, right: ast.expr, name: str, constant: Evaluator) -> tuple[ast.expr, Any] | None:
    """The side with the result, and the value of the other one."""
    for one, other in ((left, right), (right, left)):
        if any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(one)):
            try:
                return one, constant.value(other)
            except Unliftable:
                return None
    return None


def _equality(
    left: ast.expr, right: ast.expr, name: str, index: int, constant: Evaluator, *, identity: bool
) -> Check | None:
    pair = _sides(left, right, name, constant)
    if pair is None:
        return None
    side, value = pair
    match side:
        case ast.Name():
            comparer = "exact" if identity else "python"
        case ast.Call(func=ast.Name(id="set"), args=[ast.Name()], keywords=[]):
            comparer = "set"
        case ast.Call(func=ast.Name(id="sorted"), args=[ast.Name()], keywords=[]):
            comparer = "unordered"
        case ast.Call(func=ast.Name(id="tuple" | "list"), args=[ast.Name()], keywords=[]):
            comparer = "json"
        case _:
            return None
    return Returns(index=index, value=value, match=Match(comparer=comparer))


def _closeness(
    left: ast.expr, right: ast.expr, name: str, index: int, margin: ast.expr, constant: Evaluator
) -> Check | None:
    pair = _sides(left, right, name, constant)
    if pair is None or not isinstance(pair[0], ast.Name):
        return None
    tolerance = constant.value(margin)
    if not isinstance(tolerance, float) or type(pair[1]) not in (int, float):
        return None
    # The test's margin is absolute, ours grows with the value: never wider than the test's.
    return Returns(
        index=index,
        value=pair[1],
        match=Match(comparer="python", tolerance=tolerance / max(1.0, abs(pair[1]))),
    )
