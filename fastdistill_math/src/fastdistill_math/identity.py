"""Whether two expressions are the same number or the same function: from exact to numeric to symbolic.

Every rung either proves its answer or leaves it to the next; what none can tell stays unknown.
"""

from attrs import evolve, frozen

from fastdistill_math.exact import exact
from fastdistill_math.residue import Residues
from fastdistill_math.tree import Node, NotMath

VARIABLE = ("sym", "sub")
_TRIALS = 9
_NEEDED = 3


@frozen
class Answer:
    """`equal` is None where no rung could tell; `by` names the rung that did."""

    equal: bool | None
    by: str


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
    if found.equal is None:
        from fastdistill_math.symbolic import symbolic  # sympy is loaded only when it is needed

        return symbolic(a, b)
    return found


def _numeric(a: Node, b: Node) -> Answer:
    from fastdistill_math.numeric import Point  # mpmath waits for the worker

    difference = Node("add", (a, Node("neg", (b,))))
    variables = any(node.kind in VARIABLE for node in difference.walk())
    point = Point(integers=_counting(difference))
    found = _at_points(difference, point, variables)
    if found.equal is False and any(n.kind == "call" and n.value == "log" for n in difference.walk()):
        other = _at_points(difference, evolve(point, base_ten=True), variables)
        return other if other.equal else found
    return found


def _counting(node: Node) -> frozenset[str]:
    found: set[str] = set()
    for part in node.walk():
        if part.kind == "sub" or (
            part.kind == "call" and part.value in ("factorial", "binom", "sum", "prod")
        ):
            inner = part.args[1:] if part.value in ("sum", "prod") else part.args
            found.update(leaf.value for arg in inner for leaf in arg.walk() if leaf.kind == "sym")
    return frozenset(found)


def _at_points(difference: Node, point: object, variables: bool) -> Answer:
    from fastdistill_math.numeric import Point

    assert isinstance(point, Point)  # noqa: S101  for the type checker: the import waits
    seen, proved = 0, True
    for trial in range(_TRIALS if variables else 1):
        zero, proof = _vanishes(difference, evolve(point, trial=trial))
        if zero is False:
            return Answer(False, "interval")
        if zero:
            seen, proved = seen + 1, proved and proof
        if seen >= (_NEEDED if variables else 1) and trial >= (5 if variables else 0):
            return Answer(True, "root-bound" if proved else "digits")
    return Answer(None, "undecided")


def _vanishes(difference: Node, point: object) -> tuple[bool | None, bool]:
    """Whether the difference is zero at `point`: None where it has no value there."""
    from fastdistill_math.ball import Vague
    from fastdistill_math.bounds import separation
    from fastdistill_math.numeric import Point, value
    from fastdistill_math.precision import mp

    assert isinstance(point, Point)  # noqa: S101
    bits, proof = separation(difference, point)
    precision = 128
    while True:
        with mp.workprec(precision):
            try:
                disc = value(difference, point)
            except Vague:
                disc = None
            except NotMath:
                return None, False
            if disc is not None and not disc.has_zero:
                return False, True
            if disc is not None and disc.rad < mp.ldexp(1, -bits):
                return True, proof
        if precision > 2 * bits + 1024:
            return None, False
        precision *= 2
