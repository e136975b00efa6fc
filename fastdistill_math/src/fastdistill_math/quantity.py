"""Numbers with something behind them: percent signs, units, and the rounding of decimals."""

from fractions import Fraction

from attrs import frozen

from fastdistill_math.exact import exact
from fastdistill_math.policy import Policy
from fastdistill_math.tree import Node, NotMath, num
from fastdistill_math.units import Measure, measure

_PERCENT = frozenset(["percent", "percentage", "pct", "per cent", "percents", "percentage points"])
_DOUBLE = 15
_DEGREE = Node("div", (Node("const", (), "pi"), num(180)))
_TURN = 7
"""A bare number below it may be an angle in radians."""


@frozen
class Scaled:
    """Pairs of plain numbers of which one must be equal; `told` is False where units alone cannot tell."""

    pairs: tuple[tuple[Node, Node], ...] = ()
    told: bool = True


_UNTOLD = Scaled(told=False)


def normal(node: Node) -> Node:
    """`28 pct` as 28 %, the sign inside the unit; other nodes unchanged."""
    if node.kind == "neg" and node.args[0].kind in ("unit", "percent"):
        inner = normal(node.args[0])
        return Node(inner.kind, (Node("neg", inner.args),), inner.value)
    if node.kind == "unit" and node.value.strip(" .").lower() in _PERCENT:
        return Node("percent", node.args)
    if node.kind == "mul" and node.args[-1].kind in ("unit", "percent"):
        last = node.args[-1]
        if not any(arg.has("unit", "percent") for arg in node.args[:-1]):
            return Node(last.kind, (Node("mul", (*node.args[:-1], *last.args)),), last.value)
    return node


def scaled(gold: Node, answer: Node, policy: Policy) -> Scaled:
    """Bring two quantities to one unit; no pairs where the units contradict each other."""
    gold, answer = normal(gold), normal(answer)
    if gold.kind == "percent" or answer.kind == "percent":
        return _percents(gold, answer, policy)
    if gold.kind == "compound" or answer.kind == "compound":
        return _compounds(gold, answer, policy)
    left, right = _unit(gold), _unit(answer)
    if left and right:
        return _both(gold.args[0], answer.args[0], left, right)
    if right:
        return _answer_only(gold, answer, right, policy)
    if policy.unit is not None:
        return Scaled()
    pairs = [(gold.args[0], answer)]
    if left == "deg":
        pairs.append((_times(gold.args[0], _DEGREE), answer))
    return Scaled(tuple(pairs))


def _unit(node: Node) -> str:
    return str(node.value) if node.kind == "unit" else ""


def _times(node: Node, factor: Node) -> Node:
    return Node("mul", (node, factor))


def _percents(gold: Node, answer: Node, policy: Policy) -> Scaled:
    if gold.kind == answer.kind:
        return Scaled(((gold.args[0], answer.args[0]),))
    percent, other = (gold, answer) if gold.kind == "percent" else (answer, gold)
    if other.kind == "unit":
        found = measure(str(other.value))
        return _UNTOLD if found is None or found.nouns else Scaled()
    plain = Node("div", (percent.args[0], num(100)))
    pairs = [(other, plain) if percent is answer else (plain, other)]
    if policy.percent:
        pairs.append((other, percent.args[0]) if percent is answer else (percent.args[0], other))
    return Scaled(tuple(pairs))


def _compounds(gold: Node, answer: Node, policy: Policy) -> Scaled:
    """`3 h 30 min` in the base unit of what it measures; a number without a unit is no compound."""
    left, right = _in_base(gold), _in_base(answer)
    if left is None or right is None:
        return Scaled() if gold.kind in ("num", "dec", "neg", "div") or not _unit(gold) else _UNTOLD
    if left[0] != right[0]:
        return Scaled()
    return Scaled(((left[1], right[1]),))


def _in_base(node: Node) -> tuple[dict[str, int], Node] | None:
    parts = node.args if node.kind == "compound" else (node,)
    values, powers = [], None
    for part in parts:
        found = measure(str(part.value)) if part.kind == "unit" else None
        if found is None or found.nouns or (powers is not None and powers != dict(found.powers)):
            return None
        powers = dict(found.powers)
        values.append(_times(part.args[0], num(found.factor)))
    return None if powers is None else (powers, Node("add", tuple(values)))


def _both(gold: Node, answer: Node, left: str, right: str) -> Scaled:
    if left == right:
        return Scaled(((gold, answer),))
    ours, theirs = measure(left), measure(right)
    if ours is None or theirs is None:
        return _UNTOLD
    if {"angle": 1} in (ours.powers, theirs.powers) and {"radian": 1} in (ours.powers, theirs.powers):
        if ours.powers == {"angle": 1}:
            return Scaled(((_times(gold, _DEGREE), answer),))
        return Scaled(((gold, _times(answer, _DEGREE)),))
    if ours.nouns or theirs.nouns:
        return _counted(gold, answer, ours, theirs)
    if dict(ours.powers) != dict(theirs.powers):
        return Scaled()
    return Scaled(((_shifted(gold, ours), _shifted(answer, theirs)),))


def _counted(gold: Node, answer: Node, ours: Measure, theirs: Measure) -> Scaled:
    """Counted things: the same, or of one kind by a word more ("red apples"); else nobody can tell."""
    alike = ours.nouns <= theirs.nouns or theirs.nouns <= ours.nouns
    if dict(ours.powers) == dict(theirs.powers) and alike and ours.nouns and theirs.nouns:
        return Scaled(((_shifted(gold, ours), _shifted(answer, theirs)),))
    return _UNTOLD


def _shifted(value: Node, unit: Measure) -> Node:
    if unit.factor == 1 and not unit.offset:
        return value
    found = _times(value, num(unit.factor))
    return Node("add", (found, num(unit.offset))) if unit.offset else found


def _answer_only(gold: Node, answer: Node, unit: str, policy: Policy) -> Scaled:
    value = answer.args[0]
    if policy.unit is not None:
        return _both(gold, value, policy.unit, unit)
    found = measure(unit)
    if found is None or (found.nouns and not _droppable(unit, found, policy)):
        return _UNTOLD
    if found.powers != {"angle": 1}:
        return Scaled(((gold, value),))
    turned = (gold, _times(value, _DEGREE))
    size = exact(gold)
    if size is not None and abs(size) < _TURN and size and not policy.degrees:
        return Scaled((turned,), told=False)  # 1 may be 1 rad
    return Scaled((turned, (gold, value)))


def _droppable(unit: str, found: Measure, policy: Policy) -> bool:
    words = [word for word in unit.split() if word.isalpha()]
    if not unit.isascii() and len(unit) <= 4:
        return True  # a counting word, which stands in no list of nouns
    if len(words) > (2 if found.nouns else 4):
        return False
    return not policy.nouns or all(noun in policy.nouns for noun in found.nouns)


def rounded_equal(gold: Node, answer: Node, policy: Policy) -> bool:
    """Whether two different numbers are one to the places that count; see `Policy`.

    With `tolerance` they may differ by that part of the gold. With `digits` both are rounded half up to
    that many
    places, with `significant` to so many digits. Without, a decimal with at least `float_digits`
    significant digits
    stands for the value that it rounds; one with 15 or more may be the print of a double, and is given a
    double's
    precision.
    """
    if policy.tolerance is not None:
        return _within(gold, answer, Fraction(policy.tolerance))
    if policy.significant is not None:
        return _to_significant(gold, answer, policy.significant)
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
    return gap <= max(1 / (2 * Fraction(10) ** min(places)), double)


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
    from fastdistill_math import ball
    from fastdistill_math.numeric import Point, value  # FLINT waits for the worker

    with ball.precision(256):
        try:
            disc = value(node, Point())
        except NotMath:
            return None
        if not ball.is_real(disc) or not ball.known_to(disc, 160):
            return None
        mantissa, power = ball.middle(disc)
    if abs(power) > _MAX_POWER:
        return None
    return mantissa * Fraction(2) ** power


_MAX_POWER = 1 << 14


def distance(a: Node, b: Node) -> Fraction | None:
    """|a - b| of two real constants."""
    left, right = real_value(a), real_value(b)
    return None if left is None or right is None else abs(left - right)


def _within(gold: Node, answer: Node, part: Fraction) -> bool:
    gap, size = distance(gold, answer), real_value(gold)
    return gap is not None and size is not None and gap <= part * abs(size)


def _to_places(gold: Node, answer: Node, places: int) -> bool:
    left, right = real_value(gold), real_value(answer)
    return left is not None and right is not None and _rounded(left, places) == _rounded(right, places)


def _to_significant(gold: Node, answer: Node, digits: int) -> bool:
    left, right = real_value(gold), real_value(answer)
    if not left or not right:
        return False
    places = digits - 1 - _magnitude(left)
    return _rounded(left, places) == _rounded(right, places)


def _magnitude(value: Fraction) -> int:
    value, power = abs(value), 0
    while value >= 10:
        value, power = value / 10, power + 1
    while value < 1:
        value, power = value * 10, power - 1
    return power


def _rounded(value: Fraction, places: int) -> int:
    """Half away from zero."""
    scale = Fraction(10) ** places
    size = (abs(value) * scale + Fraction(1, 2)) // 1
    return int(size) if value > 0 else -int(size)
