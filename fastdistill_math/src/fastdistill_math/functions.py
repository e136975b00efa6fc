"""Named functions: with an exponent, a base, a bracket, or the factors that follow them."""

from fastdistill_math.names import FUNCTION_NAMES, FUNCTIONS
from fastdistill_math.tree import Node, num
from fastdistill_math.upper import Upper


def function(at: Upper, name: str) -> Node:
    """A named function: with an exponent, a bracket, or the factors that follow it."""
    name = FUNCTION_NAMES.get(name, name)
    power: Node | None = None
    base: Node | None = None
    while at.now.text in ("^", "_"):
        if at.take().text == "^":
            power = at.exponent()
        else:
            base = at.group()
    call = at.applied(name) if at.now.text == "(" else Node("call", (bare_argument(at),), name)
    call = Node("call", tuple(map(_radians, call.args)), name)
    if name == "cis":
        angle = call.args[0]
        turned = Node("mul", (Node("const", (), "i"), Node("call", (angle,), "sin")))
        call = Node("add", (Node("call", (angle,), "cos"), turned))
    if name == "log" and base is not None:
        call = Node("call", (*call.args, base), "log")
    elif base is not None:
        call = Node("call", (*call.args, base), f"{name}_")
    if power is None:
        return call
    minus_one = power == Node("neg", (num(1),))
    if minus_one and name in ("sin", "cos", "tan"):
        return Node("call", call.args, f"arc{name}")
    return Node("pow", (call, power))


def bare_argument(at: Upper) -> Node:
    r"""`\sin 2x`: the factors side by side, up to a sign, an operator or another function."""
    negative = at.now.text == "-"
    if negative:
        at.take()
    node = at.factor()
    while at.starts_factor() and at.now.text.lstrip("\\") not in FUNCTIONS and at.now.text != "(":
        node = Node("mul", (node, at.factor()))
    return Node("neg", (node,)) if negative else node


def _radians(node: Node) -> Node:
    """An argument in degrees as a multiple of pi."""
    if node.kind == "unit" and node.value == "deg":
        return Node("mul", (node.args[0], Node("div", (Node("const", (), "pi"), num(180)))))
    return node
