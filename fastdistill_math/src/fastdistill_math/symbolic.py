"""The last rung: sympy, on a tree of our own. No text is ever given to it, so none is ever evaluated."""

from collections.abc import Callable
from typing import Any

import sympy

from fastdistill_math.equal import Answer
from fastdistill_math.exact import exact
from fastdistill_math.tree import Node, NotMath

MAX_NODES = 400
_UNKNOWN = Answer(None, "undecided")


def symbolic(a: Node, b: Node) -> Answer:
    """What sympy proves of a - b; runs as long as it runs, so only in a worker with a deadline."""
    if sum(1 for _ in a.walk()) + sum(1 for _ in b.walk()) > MAX_NODES:
        return _UNKNOWN

    difference = convert(a) - convert(b)
    if difference.has(sympy.Integral, sympy.Limit, sympy.Sum, sympy.Product, sympy.Derivative):
        difference = _done(difference)
    if not difference.free_symbols and not difference.has(*_OPEN):
        return _as_number(difference)
    simplified = sympy.simplify(difference)
    if simplified == 0:
        return Answer(True, "sympy")
    verdict = simplified.equals(0)
    return Answer(bool(verdict), "sympy") if verdict is not None else _UNKNOWN


def _done(expression: Any) -> Any:
    """Work out sums, limits and integrals.

    An improper integral of no product goes to the rules of textbooks first: sympy's own order begins with
    Meijer's functions, whose table costs a fresh worker a third of a second. Products are the other way
    round: by parts, each limit costs as much again.
    """
    quick = {
        one: one.doit(manual=True)
        for one in expression.atoms(sympy.Integral)
        if not one.function.is_Mul and any(bound.is_infinite for bound in one.limits[0][1:])
    }
    found = {one: value for one, value in quick.items() if not value.has(*_OPEN)}
    return expression.xreplace(found).doit()


_OPEN = (sympy.Integral, sympy.Limit, sympy.Sum, sympy.Product, sympy.Derivative)
_DIGITS = 60


def _as_number(difference: Any) -> Answer:
    """Whether a closed form without letters is zero, to many digits."""
    value = sympy.N(difference, _DIGITS)
    if not value.is_number or value.has(sympy.nan, sympy.oo, sympy.zoo):
        return _UNKNOWN
    if abs(value) > sympy.Float(10) ** (10 - _DIGITS):
        return Answer(False, "sympy")
    return Answer(True, "sympy")


def convert(node: Node) -> Any:
    """The sympy expression of a tree. Raises `NotMath` for what has none here."""
    known = exact(node)
    if known is not None:
        return sympy.Rational(known.numerator, known.denominator)
    args = node.args
    match node.kind:
        case "sym":
            return sympy.Symbol(node.value, real=True)
        case "const":
            return {"pi": sympy.pi, "e": sympy.E, "i": sympy.I, "inf": sympy.oo}[node.value]
        case "add":
            return sympy.Add(*map(convert, args))
        case "mul":
            return sympy.Mul(*map(convert, args))
        case "neg":
            return -convert(args[0])
        case "div":
            return convert(args[0]) / convert(args[1])
        case "percent":
            return convert(args[0]) / 100
        case "pow":
            return convert(args[0]) ** convert(args[1])
        case "root":
            return sympy.root(convert(args[1]), convert(args[0]))
        case "call":
            return _call(node)
    raise NotMath(f"no symbolic value for {node.kind}")


def _call(node: Node) -> Any:

    name, args = node.value, node.args
    if name in ("sum", "prod") and args[1].kind == "rel":
        counter = (convert(args[1].args[0]), convert(args[1].args[1]), convert(args[2]))
        return (sympy.Sum if name == "sum" else sympy.Product)(convert(args[0]), counter)
    if name == "lim" and args[1].kind == "rel" and args[1].value == ("to",):
        variable = sympy.Symbol(args[1].args[0].value, real=True)
        return sympy.Limit(convert(args[0]), variable, convert(args[1].args[1]))
    if name == "int":
        return _integral(node)
    names: dict[str, Callable[..., Any]] = {
        "ln": sympy.log, "exp": sympy.exp, "abs": sympy.Abs, "factorial": sympy.factorial,
        "binom": sympy.binomial, "floor": sympy.floor, "ceil": sympy.ceiling, "arcsin": sympy.asin,
        "arccos": sympy.acos, "arctan": sympy.atan, "gcd": sympy.gcd, "lcm": sympy.lcm,
        "max": sympy.Max, "min": sympy.Min, "sgn": sympy.sign, "factorial2": sympy.factorial2,
        "log": sympy.log,
    }  # fmt: skip
    values = [convert(arg) for arg in args]
    if name == "log10":
        return sympy.log(values[0], 10)
    if name in ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh"):
        return getattr(sympy, name)(*values)
    if name in names:
        return names[name](*values)
    if name.rstrip("'").isalpha() and len(name) <= 2:
        return sympy.Function(name)(*values)
    raise NotMath(f"no symbolic value for {name}")


def _factors(node: Node) -> list[Node]:
    return [each for arg in node.args for each in _factors(arg)] if node.kind == "mul" else [node]


def _integral(node: Node) -> Any:

    body, lower, upper = node.args
    factors = _factors(body)
    if len(factors) >= 2 and factors[-2] == Node("sym", (), "d") and factors[-1].kind == "sym":
        variable = convert(factors[-1])
        inner = sympy.Mul(*map(convert, factors[:-2]))
        if lower == Node("sym", (), ""):
            return sympy.Integral(inner, variable)
        return sympy.Integral(inner, (variable, convert(lower), convert(upper)))
    raise NotMath("an integral without its variable")
