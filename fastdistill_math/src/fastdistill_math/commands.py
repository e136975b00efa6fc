"""LaTeX commands that take arguments: fractions, roots, binomials, fences, set braces."""

from collections.abc import Callable

from fastdistill_math.tree import Node, num
from fastdistill_math.upper import Upper


def _frac(at: Upper) -> Node:
    top = at.group()
    return Node("div", (top, at.group()))


def _sqrt(at: Upper) -> Node:
    degree = num(2)
    if at.now.text == "[":
        at.take()
        degree = at.sum()
        at.expect("]")
    if at.now.text == "(":
        at.take()
        inner = at.items()
        at.expect(")")
        return Node("root", (degree, inner))
    return Node("root", (degree, at.group()))


def _cbrt(at: Upper) -> Node:
    root = _sqrt(at)
    return Node("root", (num(3), root.args[1]))


def _binom(at: Upper) -> Node:
    if at.now.text == "(":
        return at.applied("binom")
    top = at.group()
    return Node("call", (top, at.group()), "binom")


def _fence(closer: str, name: str) -> Callable[[Upper], Node]:
    def read(at: Upper) -> Node:
        inner = at.items()
        at.expect(closer)
        if name == "seq":
            return Node("seq", inner.args if inner.kind == "list" else (inner,), "()")
        return Node("call", (inner,), name)

    return read


def _bars(at: Upper) -> Node:
    closer = at.peek(-1).text
    at.bars += 1
    inner = at.sum()
    at.bars -= 1
    at.expect(closer)
    return Node("call", (inner,), "abs")


def _braces(at: Upper) -> Node:
    if at.now.text == r"\}":
        at.take()
        return Node("set")
    bars, builder = at.bars, at.builder
    at.bars, at.builder = 1, True
    inner = at.items()
    at.bars, at.builder = bars, builder
    if at.now.text in ("|", r"\vert", ":"):
        at.take()
        conditions = at.items()
        at.expect(r"\}")
        if inner.kind in ("sym", "list", "seq"):
            return conditions
        if inner.kind == "rel":
            more = conditions.args if conditions.kind == "list" else (conditions,)
            return Node("list", (inner, *more))
        return Node("given", (inner, conditions), True)
    at.expect(r"\}")
    return Node("set", inner.args if inner.kind == "list" else (inner,))


def _overline(at: Upper) -> Node:
    inner = at.group()
    return Node("call", (inner,), "overline")


def _gamma(at: Upper) -> Node:
    if at.now.text != "(":
        return Node("sym", (), "Gamma")
    inner = at.applied("Gamma")
    return Node("call", (Node("add", (inner.args[0], num(-1))),), "factorial")


COMMANDS: dict[str, Callable[[Upper], Node]] = {
    "frac": _frac,
    "sqrt": _sqrt,
    "surd": _sqrt,
    "cbrt": _cbrt,
    "binom": _binom,
    "lfloor": _fence(r"\rfloor", "floor"),
    "lceil": _fence(r"\rceil", "ceil"),
    "langle": _fence(r"\rangle", "seq"),
    "vert": _bars,
    "|": _bars,
    "{": _braces,
    "overline": _overline,
    "emptyset": lambda _: Node("set"),
    "mathbbR": lambda _: Node("sym", (), "R"),
    "mathbbZ": lambda _: Node("sym", (), "Z"),
    "mathbbN": lambda _: Node("sym", (), "N"),
    "mathbbQ": lambda _: Node("sym", (), "Q"),
    "mathbbC": lambda _: Node("sym", (), "C"),
    "Gamma": _gamma,
    "prime": lambda _: Node("sym", (), "'"),
}
