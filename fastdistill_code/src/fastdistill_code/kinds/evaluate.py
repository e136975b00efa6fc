"""Evaluates the small part of Python that test files use for constants and comparisons; never `eval`.

Values are plain; the operators and functions are listed here, sizes and steps are bounded. Whatever lies
outside raises `Unliftable`.
"""

import ast
import math
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fastdistill_code.compare import python_equal

_MOST_STEPS = 200_000
_MOST_SIZE = 1_000_000


class Unliftable(Exception):
    """The code is beyond what is evaluated here; it has to run in the sandbox."""


_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
    ast.Invert: operator.invert,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: python_equal,
    ast.NotEq: lambda a, b: not python_equal(a, b),
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
    ast.Is: lambda a, b: a is b,
    ast.IsNot: lambda a, b: a is not b,
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "all": all,
    "any": any,
    "bool": bool,
    "bytes": bytes,
    "complex": complex,
    "dict": dict,
    "float": float,
    "frozenset": frozenset,
    "int": int,
    "len": len,
    "list": list,
    "max": max,
    "min": min,
    "range": range,
    "reversed": reversed,
    "round": round,
    "set": set,
    "sorted": sorted,
    "str": str,
    "sum": sum,
    "tuple": tuple,
    "zip": zip,
    "enumerate": enumerate,
    "math.fabs": math.fabs,
    "math.isclose": math.isclose,
    "math.sqrt": math.sqrt,
    "math.isnan": math.isnan,
    "math.floor": math.floor,
    "math.ceil": math.ceil,
}
_NAMES = {"math.pi": math.pi, "math.e": math.e, "math.inf": math.inf, "math.nan": math.nan}


def dotted(node: ast.expr) -> str:
    """`math.fabs` for such a chain of names, else an empty string."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return ""


class Evaluator:
    """Evaluates expressions over the names of `env`, within one allowance of steps."""

    def __init__(self, env: Mapping[str, Any]) -> None:
        self.env = dict(env)
        self._steps = 0

    def value(self, node: ast.expr) -> Any:
        """The value of `node`. Raises `Unliftable` for anything that is not listed or goes wrong."""
        try:
            return self._value(node)
        except Unliftable:
            raise
        except (
            ArithmeticError,
            TypeError,
            ValueError,
            LookupError,
            RecursionError,
            AttributeError,
        ) as error:
            raise Unliftable(f"{type(error).__name__} in {ast.unparse(node):.80}") from None

    def _step(self, count: int = 1) -> None:
        self._steps += count
        if self._steps > _MOST_STEPS:
            raise Unliftable("too many steps")

    def _value(self, node: ast.expr) -> Any:
        self._step()
        match node:
            case ast.Constant(value=value) if value is not ...:
                return value
            case ast.Name(id=name) if name in self.env:
                return self.env[name]
            case ast.Attribute() if dotted(node) in _NAMES and "math" not in self.env:
                return _NAMES[dotted(node)]
            case ast.List(elts=items):
                return self._items(items)
            case ast.Tuple(elts=items):
                return tuple(self._items(items))
            case ast.Set(elts=items):
                return set(self._items(items))
            case ast.Dict(keys=keys, values=values):
                return dict(zip(self._keys(keys), self._items(values), strict=True))
            case ast.UnaryOp(op=op, operand=operand):
                return _UNARY[type(op)](self._value(operand))
            case ast.BinOp(left=left, op=binary, right=right):
                return self._binary(type(binary), self._value(left), self._value(right))
            case ast.BoolOp(op=op_, values=values):
                return self._logic(isinstance(op_, ast.And), values)
            case ast.Compare(left=first, ops=ops, comparators=others):
                return self._chain(first, ops, others)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self._value(body if self._value(test) else orelse)
            case ast.Subscript(value=whole, slice=ast.Slice(lower=lower, upper=upper, step=step)):
                parts = [None if part is None else self._value(part) for part in (lower, upper, step)]
                return self._value(whole)[slice(*parts)]
            case ast.Subscript(value=whole, slice=index):
                return self._value(whole)[self._value(index)]
            case ast.Call(func=function, args=args, keywords=keywords):
                return self._call(function, args, keywords)
            case (
                ast.ListComp(elt=element, generators=[clause])
                | ast.GeneratorExp(elt=element, generators=[clause])
            ):
                return [self._value(element) for _ in self._each(clause)]
            case ast.SetComp(elt=element, generators=[clause]):
                return {self._value(element) for _ in self._each(clause)}
        raise Unliftable(f"{type(node).__name__}: {ast.unparse(node):.80}")

    def _keys(self, keys: list[ast.expr | None]) -> list[Any]:
        return self._items([key if key is not None else _refuse("**") for key in keys])

    def _items(self, nodes: list[ast.expr]) -> list[Any]:
        found: list[Any] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                found.extend(self._value(node.value))
            else:
                found.append(self._value(node))
        return found

    def _binary(self, op: type[ast.operator], left: Any, right: Any) -> Any:
        if op is ast.Pow and not (_small(left, 10**6) and _small(right, 400)):
            raise Unliftable("a power that is too large")
        if op is ast.Mult:
            for one, other in ((left, right), (right, left)):
                if hasattr(one, "__len__") and isinstance(other, int) and len(one) * other > _MOST_SIZE:
                    raise Unliftable("a repetition that is too long")
        if op is ast.Mod and isinstance(left, (str, bytes)):
            raise Unliftable("formatting")
        return _BINARY[op](left, right)

    def _logic(self, both: bool, nodes: list[ast.expr]) -> Any:
        value: Any = None
        for node in nodes:
            value = self._value(node)
            if bool(value) is not both:
                return value
        return value

    def _chain(self, first: ast.expr, ops: list[ast.cmpop], others: list[ast.expr]) -> bool:
        left = self._value(first)
        for op, node in zip(ops, others, strict=True):
            right = self._value(node)
            if not _COMPARE[type(op)](left, right):
                return False
            left = right
        return True

    def _call(self, function: ast.expr, args: list[ast.expr], keywords: list[ast.keyword]) -> Any:
        name = dotted(function)
        if name not in FUNCTIONS or name in self.env:
            raise Unliftable(f"a call of {ast.unparse(function):.60}")
        named = {word.arg or _refuse("**"): self._value(word.value) for word in keywords}
        given = self._items(args)
        if name == "range" and len(range(*given)) > _MOST_STEPS:
            raise Unliftable("a range that is too long")
        for one in given:
            self._step(len(one) if hasattr(one, "__len__") else 1)
        found = FUNCTIONS[name](*given, **named)
        return list(found) if name in ("range", "reversed", "zip", "enumerate") else found

    def _each(self, clause: ast.comprehension) -> Iterator[None]:
        if clause.is_async:
            raise Unliftable("async")
        kept = dict(self.env)
        for item in list(self._value(clause.iter)):
            self._step()
            bind(self.env, clause.target, item)
            if all(self._value(test) for test in clause.ifs):
                yield
        self.env = kept


def bind(env: dict[str, Any], target: ast.expr, value: Any) -> None:
    """Give `target`, a name or a tuple of names, its value."""
    match target:
        case ast.Name(id=name):
            env[name] = value
        case ast.Tuple(elts=targets) | ast.List(elts=targets) if len(targets) == len(value):
            for one, part in zip(targets, value, strict=True):
                bind(env, one, part)
        case _:
            raise Unliftable(f"binding of {ast.unparse(target):.60}")


def _small(value: Any, most: int) -> bool:
    return not isinstance(value, int) or abs(value) <= most


def _refuse(what: str) -> Any:
    raise Unliftable(what)
