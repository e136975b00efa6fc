"""Numbers with something behind them: percent signs, units, and the rounding of decimals."""

import re
from fractions import Fraction

from fastdistill_math.exact import exact
from fastdistill_math.policy import Policy
from fastdistill_math.tree import Node, NotMath, num
from fastdistill_math.units import dimension

_PERCENT = frozenset(["percent", "percentage", "pct", "per cent", "percents", "percentage points"])
_COMPOUND = re.compile(r"(?<!\^)(?<!\^-)\d")
_DOUBLE = 15
_DEGREE = Node("div", (Node("const", (), "pi"), num(180)))


def normal(node: Node) -> Node:
    """`28 pct` as 28 %, the sign inside the unit; other nodes unchanged."""
    if node.kind == "neg" and node.args[0].kind in ("unit", "percent"):
        inner = normal(node.args[0])
        return Node(inner.kind, (Node("neg", inner.args),), inner.value)
    if node.kind == "unit" and node.value.strip(" .").lower() in _PERCENT:
        return Node("percent", node.args)
    return node


def scaled(gold: Node, answer: Node, policy: Policy) -> list[tuple[Node, Node]]:
    """The pairs of plain numbers of which one must be equal; none where the units contradict each other."""
    gold, answer = normal(gold), normal(answer)
    if gold.kind == "percent" or answer.kind == "percent":
        return _percents(gold, answer, policy)
    left, right = _unit(gold), _unit(answer)
    if left and right:
        return _both(gold, answer, left, right)
    if right:
        return _answer_only(gold, answer, right, policy)
    pairs = [(gold.args[0], answer)] if policy.unit is None else []
    if left == "deg":
        pairs.append((_times(gold.args[0], _DEGREE), answer))
    return pairs


def _unit(node: Node) -> str:
    return str(node.value) if node.kind == "unit" else ""


def _times(node: Node, factor: Node) -> Node:
    return Node("mul", (node, factor))


def _percents(gold: Node, answer: Node, policy: Policy) -> list[tuple[Node, Node]]:
    if gold.kind == answer.kind:
        return [(gold.args[0], answer.args[0])]
    if gold.kind == "percent":
        plain = answer.args[0] if answer.kind == "unit" else answer
        return [(gold.args[0], plain), (Node("div", (gold.args[0], num(100))), plain)]
    plain = gold.args[0] if gold.kind == "unit" else gold
    pairs = [(plain, Node("div", (answer.args[0], num(100))))]
    if policy.percent:
        pairs.append((plain, answer.args[0]))
    return pairs


def _both(gold: Node, answer: Node, left: str, right: str) -> list[tuple[Node, Node]]:
    plain = (gold.args[0], answer.args[0])
    if _COMPOUND.search(left) or _COMPOUND.search(right):  # 2 hours 30 minutes
        return [plain] if left == right else []
    ours, theirs = dimension(left), dimension(right)
    if ours is None or theirs is None:
        return [plain]
    if ours[0] != theirs[0]:
        return []
    if ours[1] == theirs[1]:
        return [plain]
    return [(_times(plain[0], num(ours[1])), _times(plain[1], num(theirs[1])))]


def _answer_only(gold: Node, answer: Node, unit: str, policy: Policy) -> list[tuple[Node, Node]]:
    value = answer.args[0]
    if policy.unit is not None:
        return _both(Node("unit", (gold,), policy.unit), answer, policy.unit, unit)
    pairs = [(gold, value)]
    if unit == "deg" and any(n.kind == "const" and n.value == "pi" for n in gold.walk()):
        pairs.append((gold, _times(value, _DEGREE)))
    return pairs


def rounded_equal(gold: Node, answer: Node, policy: Policy) -> bool:
    """Whether two different numbers are one to the places that count; see `Policy`.

    A decimal with 15 digits or more may be the print of a double, and is given a double's precision.
    With `digits` both are rounded half up to that many places. Without, a decimal with at least
    `float_digits` significant digits stands for a value within one unit of its last place.
    """
    if policy.digits is not None:
        return _to_places(gold, answer, policy.digits)
    shown = [_decimal(node) for node in (gold, answer)]
    places = [p for digits, p in shown if digits >= policy.float_digits]
    most = max(digits for digits, _ in shown)
    if not places or (most < _DOUBLE and any(0 < digits < policy.float_digits for digits, _ in shown)):
        return False
    gap, size = distance(gold, answer), real_value(gold)
    if gap is None or size is None:
        return False
    double = abs(size) / 2**51 if most >= _DOUBLE else Fraction(0)
    return gap < max(1 / Fraction(10) ** min(places), double)


def _decimal(node: Node) -> tuple[int, int]:
    while node.kind == "neg":
        node = node.args[0]
    return (node.value[1], node.value[2]) if node.kind == "dec" else (0, 0)


def real_value(node: Node) -> Fraction | None:
    """A rational within 2^-160, relative, of a real constant; None for anything else."""
    known = exact(node)
    if known is not None:
        return known
    if node.has("sym", "sub"):
        return None
    from fastdistill_math.numeric import Point, value  # mpmath waits for the worker
    from fastdistill_math.precision import mp

    with mp.workprec(256):
        try:
            disc = value(node, Point())
        except NotMath:
            return None
        if not disc.real or disc.rad > abs(disc.mid) * mp.ldexp(1, -160):
            return None
        sign, mantissa, power, _ = disc.mid._mpf_
    size: Fraction = Fraction(int(mantissa)) * Fraction(2) ** int(power)
    return -size if sign else size


def distance(a: Node, b: Node) -> Fraction | None:
    """|a - b| of two real constants."""
    left, right = real_value(a), real_value(b)
    return None if left is None or right is None else abs(left - right)


def _to_places(gold: Node, answer: Node, places: int) -> bool:
    left, right = real_value(gold), real_value(answer)
    if left is None or right is None:
        return False
    scale = Fraction(10) ** places
    return (left * scale + Fraction(1, 2)) // 1 == (right * scale + Fraction(1, 2)) // 1
