"""Whether two expressions are the same number or the same function: from exact to numeric to symbolic.

Every rung either proves its answer or leaves it to the next; what none can tell stays unknown.
"""

from attrs import evolve

from fastdistill_math.equal import Answer
from fastdistill_math.exact import exact
from fastdistill_math.residue import Residues
from fastdistill_math.tree import Node, NotMath

VARIABLE = ("sym", "sub")
_TRIALS = 9
_LOGS = ("ln", "log", "log10")
_FEW, _NEEDED = 5, 3


def identical(a: Node, b: Node) -> Answer:
    """Compare two trees of numbers, variables and functions. Raises `NotMath` and `TooLarge`."""
    if a == b:
        return Answer(True, "structure")
    left, right = exact(a), exact(b)
    if left is not None and right is not None:
        return Answer(left == right, "exact")
    evaluator = Residues()
    same = evaluator.of(a) == evaluator.of(b)
    if same or evaluator.decisive:
        return Answer(same, "identity")
    found = _numeric(a, b)
    if found.equal is None and free(a) == free(b) and not a.has("seq") and not b.has("seq"):
        from fastdistill_math.symbolic import symbolic  # sympy is loaded only when it is needed

        return symbolic(a, b)
    return found


def free(node: Node) -> frozenset[str]:
    """The letters of a tree that no sum, product, limit or integral binds."""
    if node.kind in VARIABLE:
        inner = frozenset[str]().union(*map(free, node.args)) if node.args else frozenset[str]()
        return inner | {node.value} if node.value else inner
    found = frozenset[str]().union(*map(free, node.args)) if node.args else frozenset[str]()
    if node.kind == "call" and node.value in _BINDS:
        return found - _bound(node)
    return found


_BINDS = ("sum", "prod", "lim", "int", "iint", "oint")


def _bound(node: Node) -> frozenset[str]:
    lower = node.args[1] if len(node.args) > 1 else node
    if node.value in ("int", "iint", "oint"):
        factors = [part.value for part in node.args[0].walk() if part.kind == "sym" and part.value != "d"]
        definite = lower != Node("sym", (), "")
        return frozenset([*factors[:1], "d"]) if definite else frozenset("d")
    head = lower.args[0] if lower.kind == "rel" else lower
    return frozenset([head.value]) if head.kind in ("sym", "const") else frozenset[str]()


def _numeric(a: Node, b: Node) -> Answer:
    from fastdistill_math.numeric import Point  # FLINT waits for the worker

    both = Node("add", (a, Node("neg", (b,))))
    counting, dividing, stepped, complex_ = _roles(both)
    point = Point(integers=counting | dividing, counted=dividing, stepped=stepped, complex=complex_)
    found = _at_points(a, b, point)
    if found.equal is False and any(n.kind == "call" and n.value == "log" for n in both.walk()):
        other = _at_points(a, b, evolve(point, base_ten=True))
        return other if other.equal else found
    return found


def _roles(node: Node) -> tuple[frozenset[str], ...]:
    """Which letters count, which divide each other, which take steps, and which are complex."""
    counting, dividing, stepped, complex_ = set[str](), set[str](), set[str](), set[str]()
    for part in node.walk():
        letters = {leaf.value for leaf in part.walk() if leaf.kind == "sym"}
        if part.kind == "sub":
            counting |= letters
        elif part.kind == "pow":
            base = exact(part.args[0])
            inner = {leaf.value for leaf in part.args[1].walk() if leaf.kind == "sym"}
            if base is not None and base < 0:
                counting |= inner
            elif base == 0:
                stepped |= inner
        elif part.kind == "call":
            name = part.value
            if name in ("factorial", "factorial2", "binom"):
                counting |= letters
            elif name in ("sum", "prod"):
                counting |= {
                    leaf.value for arg in part.args[1:] for leaf in arg.walk() if leaf.kind == "sym"
                }
            elif name in ("gcd", "lcm", "mod"):
                dividing |= letters
            elif name in ("floor", "ceil", "abs", "sgn", "max", "min"):
                stepped |= letters
            elif name in ("overline", "Re", "Im"):
                complex_ |= letters
    return tuple(map(frozenset, (counting, dividing, stepped, complex_)))


def _at_points(a: Node, b: Node, point: object) -> Answer:
    """Compare at points of the variables; a point outside both domains says nothing.

    Where one side alone is outside the real domain, their complex values count; with several variables
    such a
    difference may come from a choice of branch only, and says nothing either.
    """
    from fastdistill_math.numeric import Point

    assert isinstance(point, Point)  # noqa: S101  for the type checker: the import waits
    letters = free(a) | free(b)
    difference = Node("add", (a, Node("neg", (b,))))
    watched = bool(letters) and not any(n.kind == "const" and n.value == "i" for n in difference.walk())
    watched = watched and any(map(_bounded, difference.walk()))
    seen, proved = 0, True
    for trial in range((_TRIALS if point.stepped or point.integers or watched else _FEW) if letters else 1):
        left, right = [False], [False]
        here = evolve(point, trial=trial)
        sides = (a, left), (b, right)
        zero, proof = _vanishes(difference, here, sides if watched else ())
        if left[0] and right[0]:
            continue
        if zero is False:
            if left[0] != right[0] and len(letters) > 1:
                continue
            return Answer(False, "interval")
        if zero:
            seen, proved = seen + 1, proved and proof
    if seen >= (_NEEDED if letters else 1):
        return Answer(True, "root-bound" if proved else "digits")
    return Answer(None, "undecided")


def _bounded(node: Node) -> bool:
    """Whether a node has no real value for some numbers: a root, a logarithm, a power that is not whole."""
    if node.kind == "pow":
        base, power = node.args
        known = exact(power)
        return (known is None or known.denominator != 1) and base.kind != "const" and bool(free(base))
    return node.kind == "root" or (node.kind == "call" and node.value in _LOGS)


def _vanishes(
    difference: Node, point: object, sides: tuple[tuple[Node, list[bool]], ...]
) -> tuple[bool | None, bool]:
    """Whether the difference is zero at `point`: None where it has no value there.

    Each of `sides` is told in its list whether it was evaluated outside the real domain.
    """
    from fastdistill_math import ball
    from fastdistill_math.bounds import separation
    from fastdistill_math.numeric import Point, value

    assert isinstance(point, Point)  # noqa: S101
    bits, proof = separation(difference, point, generic=bool(free(difference)))
    precision = 128
    for node, outside in sides:
        with ball.precision(precision):
            try:
                value(node, evolve(point, outside=outside))
            except NotMath:
                continue
    while True:
        with ball.precision(precision):
            try:
                disc = value(difference, point)
            except ball.Vague:
                disc = None
            except NotMath:
                return None, False
            if disc is not None and not ball.has_zero(disc):
                return False, True
            if disc is not None and ball.below(disc, -bits):
                return True, proof
        if precision > 2 * bits + 1024:
            return None, False
        precision = max(2 * precision, bits + 96)
