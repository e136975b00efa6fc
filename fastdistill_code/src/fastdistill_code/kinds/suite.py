"""A suite: calls to make, and checks on their results. Plain records; expected values stay on our side."""

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen

from fastdistill_code.compare import Match
from fastdistill_code.describe import brief
from fastdistill_code.jobs import CallInput, CallResult, Printed, Raised, Value
from fastdistill_code.kinds.evaluate import Evaluator, Unliftable


@frozen(kw_only=True)
class Returns:
    """Call `index` returns `value`."""

    index: int
    value: Any
    match: Match


@frozen(kw_only=True)
class Raises:
    """Call `index` raises the exception of this name, or one derived from it."""

    index: int
    type_name: str


@frozen(kw_only=True)
class Holds:
    """An expression over the results of some calls is true; `names` says which name stands for which
    call.
    """

    expression: ast.expr = field(eq=False)
    names: Mapping[str, int]
    env: Mapping[str, Any] = field(repr=False)

    @property
    def index(self) -> int:
        """The first of the calls."""
        return min(self.names.values(), default=0)

    @property
    def measures(self) -> bool:
        """Whether one value of the result has to equal another: `len(result) == 3`, `result[0] == "a"`."""
        match self.expression:
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
                return any(_measure(side) for side in (left, right))
        return False

    @property
    def digits(self) -> int | None:
        """The digits that are left by `round(result, digits) == value`; None for other expressions."""
        match self.expression:
            case ast.Compare(
                left=ast.Call(
                    func=ast.Name(id="round"), args=[ast.Name(id=name), ast.Constant(value=int(digits))]
                ),
                ops=[ast.Eq()],
            ) if name in self.names:
                return digits
        return None


_MEASURES = {
    *("len", "round", "sum", "min", "max", "abs", "str", "int", "float", "sorted", "set", "list", "tuple")
}


def _measure(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name), args=[inner, *_]) if name in _MEASURES:
            return _measure(inner) or isinstance(inner, ast.Name)
        case ast.Subscript(value=inner) | ast.BinOp(left=inner):
            return _measure(inner) or isinstance(inner, ast.Name)
    return False


@frozen(kw_only=True)
class Ends:
    """The program comes to its end on text `index`; what it printed is judged elsewhere."""

    index: int


Check = Returns | Raises | Holds | Ends


@frozen(kw_only=True)
class Suite:
    """What a task's tests come to. With `source` set they could not be lifted and run in a checker
    process.
    """

    calls: tuple[CallInput, ...] = ()
    stdin: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    source: str | None = None
    known: tuple[str | None, ...] = ()
    """Of texts whose outputs a checker judges: what it is given as the known output, if anything."""

    @property
    def plain(self) -> bool:
        """Whether one expected value answers each call, so that gold can speak for other inputs.

        An assert that compares two results of the candidate says nothing against that, nor does one that
        asks for the length, an item or another one value of a result.
        """
        own = all(not isinstance(c, Holds) or len(c.names) > 1 or c.measures for c in self.checks)
        return (
            self.source is None
            and own
            and any(
                isinstance(c, Returns) or (isinstance(c, Holds) and c.digits is not None)
                for c in self.checks
            )
        )


@frozen(kw_only=True)
class Failure:
    """A check that did not hold."""

    reason: str
    index: int
    detail: str
    expected: str = ""
    got: str = ""


def said(result: CallResult) -> str:
    """A result in a few words."""
    match result:
        case Value(value=value):
            return brief(value)
        case Printed(text=text):
            return brief(text)
        case Raised(type_name=name, message=message):
            return f"{name}: {message}"[:200] if message else name[:200]
    return str(result)[:200]


def failure(check: Check, results: Sequence[CallResult]) -> Failure | None:
    """What is wrong with the results by this check; None when it holds."""
    match check:
        case Returns(index=index, value=expected, match=match):
            return _returns(index, expected, match, results[index])
        case Raises(index=index, type_name=name):
            result = results[index]
            if isinstance(result, Raised) and name in (result.type_name, *result.kinds):
                return None
            return ended(index, result, f"raises {name}") or Failure(
                reason="wrong-value",
                index=index,
                detail="no error",
                expected=f"raises {name}",
                got=said(result),
            )
        case Holds():
            return _holds(check, results)
        case Ends(index=index):
            return ended(index, results[index], "comes to its end")


def _returns(index: int, expected: Any, match: Match, result: CallResult) -> Failure | None:
    wrong = ended(index, result, brief(expected))
    if wrong is not None:
        return wrong
    got = (
        result.value if isinstance(result, Value) else result.text if isinstance(result, Printed) else None
    )
    if match.same(expected, got):
        return None
    return Failure(
        reason="wrong-value", index=index, detail="another value", expected=brief(expected), got=brief(got)
    )


def _holds(check: Holds, results: Sequence[CallResult]) -> Failure | None:
    env = dict(check.env)
    text = ast.unparse(check.expression)[:200]
    for name, index in check.names.items():
        result = results[index]
        wrong = ended(index, result, text)
        if wrong is not None:
            return wrong
        env[name] = result.value if isinstance(result, Value) else None
    got = ", ".join(brief(env[name], 80) for name in check.names)
    try:
        held = bool(Evaluator(env).value(check.expression))
    except Unliftable as error:
        return Failure(reason="wrong-value", index=check.index, detail=str(error), expected=text, got=got)
    if held:
        return None
    return Failure(reason="wrong-value", index=check.index, detail="does not hold", expected=text, got=got)


_REASONS = {
    "Raised": "raised",
    "TooExpensive": "too-expensive",
    "Slept": "timeout",
    "TimedOut": "timed-out",
    "Died": "died",
    "Unencodable": "unencodable",
    "Skipped": "skipped",
}


def ended(index: int, result: CallResult, expected: str) -> Failure | None:
    """The failure that a result without a value is."""
    reason = _REASONS.get(type(result).__name__)
    if reason is None:
        return None
    return Failure(reason=reason, index=index, detail=said(result), expected=expected, got=said(result))
