"""Names of values: `x = 5` names 5, `x + 1 = 5` names nothing, and `2x = 10` is solved.

A name is part of a value: two answers that name different things are different, and where one of them names
nothing its values are taken in the order of the names.
"""

from fractions import Fraction

from fastdistill_math.identity import free, identical
from fastdistill_math.linear import linear
from fastdistill_math.policy import Policy
from fastdistill_math.quantity import distance
from fastdistill_math.tree import Node, NotMath, num, rational

_STATES = frozenset(["eq", "approx"])
_VALUED = frozenset(
    [
        "sum",
        "prod",
        "int",
        "lim",
        "det",
        "factorial",
        "factorial2",
        "binom",
        "sin",
        "cos",
        "tan",
        "cot",
        "sec",
        "csc",
        "ln",
        "log",
        "exp",
        "abs",
        "floor",
        "ceil",
    ]
)
_SIGNS = frozenset(["angle", "triangle", "overline", "Delta"])
_COUNTS = frozenset("abcdkmnpqr")
_HEADS = frozenset(
    ["y", "f", "g", "h", "F", "G", "H", "u", "v", "w", "z", "P", "Q", "T", "S", "N", "V", "A", "R", "a"]
)


def is_name(node: Node) -> bool:
    """Whether `node` only names a quantity: x, x_1, f(x), AB, NO/BO, A:B; no sums, products of
    unknowns or numbers.
    """
    match node.kind:
        case "sym" | "sub":
            return True
        case "call":
            return node.value not in _VALUED or (node.value == "abs" and _segment(node.args[0]))
        case "mul" | "div" | "ratio" | "seq":
            return all(_segment(arg) for arg in node.args)
        case "const":
            return bool(node.value in ("e", "i"))
    return False


def _segment(node: Node) -> bool:
    """One capital letter, a sign like an angle's, or a product or ratio of those."""
    if node.kind == "sym":
        return bool(node.value[:1].isupper() or node.value in _SIGNS or len(node.value) > 1)
    if node.kind == "call" and node.value in ("overline", "P", "Pr"):
        return True
    return node.kind in ("mul", "div") and all(map(_segment, node.args))


def spelled(node: Node) -> str:
    """A simple tree as people write it, without spaces; empty where it has no simple spelling."""
    match node.kind:
        case "num" | "dec":
            value = rational(node)
            return str(value) if value is not None else ""
        case "sym":
            return (
                f"\\{node.value}"
                if len(node.value) > 1 and node.value.isalpha() and node.value in _GREEK
                else str(node.value)
            )
        case "const":
            return {"pi": "\\pi"}.get(node.value, str(node.value))
        case "add":
            parts = [spelled(arg) for arg in node.args]
            return "" if "" in parts else "+".join(parts).replace("+-", "-")
        case "neg":
            inner = spelled(node.args[0])
            return f"-{inner}" if inner else ""
        case "mul":
            parts = [spelled(arg) for arg in node.args]
            return "" if "" in parts else "".join(parts)
        case "div":
            top, bottom = spelled(node.args[0]), spelled(node.args[1])
            return f"\\frac{{{top}}}{{{bottom}}}" if top and bottom else ""
        case "pow":
            base, exponent = spelled(node.args[0]), spelled(node.args[1])
            return (
                f"{base}^{exponent if len(exponent) == 1 else '{' + exponent + '}'}"
                if base and exponent
                else ""
            )
        case "call":
            parts = [spelled(arg) for arg in node.args]
            if node.value == "abs" and parts[0]:
                return f"|{parts[0]}|"
            return "" if "" in parts else f"\\{node.value}{''.join(parts)}"
    return ""


_GREEK = frozenset(
    ["alpha", "beta", "gamma", "delta", "theta", "lambda", "mu", "omega", "phi", "sigma", "tau"]
)


def asked(node: Node, policy: Policy) -> bool:
    """Whether the problem itself writes this expression, so that an answer may name its value by it."""
    text = spelled(node)
    return len(text) > 1 and bool(policy.letters) and text in policy.letters


def split(node: Node) -> Node:
    """`(p, q) = (3, 2)` as `p = 3, q = 2`, and `5 = x` as `x = 5`; other nodes unchanged."""
    if node.kind == "rel" and node.value == ("eq",) and len(node.args) == 2:
        left, right = node.args
        if is_name(right) and not is_name(left) and not free(left):
            return Node("rel", (right, left), node.value)
    if node.kind != "rel" or node.value != ("eq",) or any(arg.kind != "seq" for arg in node.args):
        return node
    names, values = node.args[0].args, node.args[1].args
    if len(names) != len(values) or not all(name.kind in ("sym", "sub") for name in names):
        return node
    return Node("list", tuple(Node("rel", pair, ("eq",)) for pair in zip(names, values, strict=True)))


def value_of(node: Node, policy: Policy) -> list[Node] | None:
    """What a chain `x = a = b` says that its name is: every further member; None where it names nothing."""
    if node.kind != "rel" or not set(node.value) <= _STATES:
        return None
    first, *rest = node.args
    if is_name(first) or asked(first, policy) or (not policy.letters and _counts(first)):
        return rest[::-1]
    return None


def _counts(node: Node) -> bool:
    """A sum of whole numbers' letters, as in "find m + n", where no problem is there to ask for it."""
    return node.kind == "add" and all(arg.kind == "sym" and arg.value in _COUNTS for arg in node.args)


def constants(node: Node) -> list[Node] | None:
    r"""The members of a chain of numbers, `2\sqrt3 \approx 3.46`, that are the same number; None if
    one is not.
    """
    if node.kind != "rel" or not set(node.value) <= _STATES or any(free(arg) for arg in node.args):
        return None
    first = node.args[0]
    for relation, member in zip(node.value, node.args[1:], strict=True):
        if first.kind in ("unit", "percent", "compound") or member.kind in ("unit", "percent", "compound"):
            continue
        try:
            equal = (
                close(first, member)
                if relation == "approx"
                else identical(first, member).equal or close(first, member)
            )
        except NotMath:
            return None
        if not equal:
            return []
    return list(node.args)


def close(a: Node, b: Node) -> bool:
    """Whether a decimal is another value to the places that it shows."""
    gap = distance(a, b)
    if gap is None:
        return identical(a, b).equal is True
    places = [part.value[2] for side in (a, b) for part in [_unsigned(side)] if part.kind == "dec"]
    return gap == 0 or bool(places and gap <= Fraction(1) / Fraction(10) ** min(places))


def _unsigned(node: Node) -> Node:
    return node.args[0] if node.kind == "neg" else node


def solved(node: Node) -> tuple[str, Node] | None:
    """The unknown and its value in a linear equation in one letter; None for anything else."""
    if node.kind != "rel" or node.value != ("eq",) or len(node.args) != 2:
        return None
    letters = free(node)
    if len(letters) != 1 or node.has("pm", "seq", "list", "set"):
        return None
    letter = next(iter(letters))
    line = linear(Node("add", (node.args[0], Node("neg", (node.args[1],)))), letter)
    return None if line is None else (letter, num(-line[1] / line[0]))


def head(node: Node) -> str:
    """The name of a name: `V` of `V(x, t)`, the letters of a segment."""
    if node.kind == "call" and node.value in ("overline", "abs"):
        return head(node.args[0])
    if node.kind == "call":
        return str(node.value)
    if node.kind in ("sym", "sub"):
        return str(node.value)
    return spelled(node)


def alike(ours: Node, theirs: Node) -> bool:
    """Whether two names may stand for one quantity: the same head, a text, or `y` for `f(x)`."""
    left, right = head(ours), head(theirs)
    if left == right or left.lower() == right.lower():
        return True
    if len(left) > 2 and left.isalpha() and ours.kind == "sym" and left not in _GREEK:
        return True
    if len(right) > 2 and right.isalpha() and theirs.kind == "sym" and right not in _GREEK:
        return True
    return "call" in (ours.kind, theirs.kind) and {left, right} <= _HEADS
