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
        case ast.Call(func=function, args=[left, right], keywords=words) if (
            dotted(function) == "math.isclose"
        ):
            return _isclose(left, right, name, index, words, constant)
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


_ITERATED: dict[str, tuple[str, tuple[type, ...]]] = {
    "set": ("as-set", (set, frozenset)),
    "sorted": ("as-sorted", (list,)),
    "list": ("as-list", (list,)),
    "tuple": ("as-list", (tuple,)),
}
"""What goes through the answer, and the types of value that it can equal."""


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
        case ast.Call(
            func=ast.Name(id="set" | "sorted" | "list" | "tuple" as way), args=[ast.Name()], keywords=[]
        ):
            comparer, kinds = _ITERATED[way]
            if type(value) not in kinds or identity:
                return None
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
    return Returns(index=index, value=pair[1], match=Match(comparer="python", absolute=tolerance))


def _isclose(
    left: ast.expr, right: ast.expr, name: str, index: int, words: list[ast.keyword], constant: Evaluator
) -> Check | None:
    """`math.isclose` with its own margins: relative to the larger of both unless it says so."""
    pair = _sides(left, right, name, constant)
    if pair is None or not isinstance(pair[0], ast.Name) or type(pair[1]) not in (int, float):
        return None
    margins = {word.arg: constant.value(word.value) for word in words}
    relative, absolute = margins.pop("rel_tol", 1e-9), margins.pop("abs_tol", 0.0)
    if margins or not all(type(m) in (int, float) and m >= 0 for m in (relative, absolute)):
        return None
    match = Match(comparer="python", relative=float(relative), absolute=float(absolute))
    return Returns(index=index, value=pair[1], match=match)
