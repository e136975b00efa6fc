"""When a difference that cannot be told from zero is zero: for numbers built with roots, a proof.

The root bound of Burnikel, Funke, Mehlhorn, Schirra and Schmitt (2001) says below which size an algebraic
number is zero. Where other functions take part no such bound is known; they are charged as if they were
algebraic of degree 4, and the caller is told.
"""

from fastdistill_math.exact import exact, whole
from fastdistill_math.numeric import Point
from fastdistill_math.tree import Node

MAX_PRECISION = 12_000
_INFINITE = (Node("const", (), "inf"),)
GENERIC_BITS = 160
UNPROVED_BITS = 1_000
"""Where no bound is known: this many bits beyond four times those of the numbers written."""


def separation(node: Node, at: Point, *, generic: bool = False) -> tuple[int, bool]:
    """Bits to which `node` must vanish before it is zero, and whether that is a proof.

    At a `generic` point of variables no proof is wanted: other points are tried as well, and fewer bits do.
    """
    degrees: dict[Node, int] = {}
    proof = [True]
    upper, lower = _size(node, at, degrees, proof)
    degree = 1
    for each in degrees.values():
        degree = min(degree * each, 1 << 14)
    bits = upper * (degree - 1) + lower + 64
    if proof[0] and bits < (GENERIC_BITS if generic else MAX_PRECISION):
        return int(bits), True
    written = sum(part.value.numerator.bit_length() + part.value.denominator.bit_length()
                  for part in node.walk() if part.kind == "num")  # fmt: skip
    endless = any(
        part.kind == "call" and part.value == "sum" and part.args[2:] == _INFINITE for part in node.walk()
    )
    least = GENERIC_BITS + int(lower) if generic else GENERIC_BITS if endless else UNPROVED_BITS
    return min(int(bits), MAX_PRECISION, least + 4 * written), False


def _size(node: Node, at: Point, degrees: dict[Node, int], proof: list[bool]) -> tuple[float, float]:
    known = exact(node)
    if known is None and node.kind == "sym":
        known = at.value(node.value)
    if known is not None:
        return float(known.numerator.bit_length()), float(known.denominator.bit_length())
    parts = [_size(arg, at, degrees, proof) for arg in node.args if node.kind != "rel"]
    match node.kind:
        case "add":
            lower = sum(low for _, low in parts)
            return max(up + lower - low for up, low in parts) + len(parts).bit_length(), lower
        case "mul":
            return sum(up for up, _ in parts), sum(low for _, low in parts)
        case "neg" | "percent":
            return parts[0]
        case "div":
            return parts[0][0] + parts[1][1], parts[0][1] + parts[1][0]
        case "root":
            degree = whole(node.args[0]) or 1
            degrees[node] = degree
            return parts[1][0] / degree, parts[1][1] / degree
        case "pow":
            power = exact(node.args[1])
            if power is not None and abs(power) < 10**6:
                if power.denominator > 1:
                    degrees[node] = power.denominator
                up, low = parts[0] if power > 0 else parts[0][::-1]
                return up * float(abs(power)), low * float(abs(power))
        case "const" if node.value == "i":
            degrees[node] = 2
            return 1.0, 1.0
    proof[0] = False
    if not (node.kind == "call" and node.value in ("sum", "prod", "abs")) and len(degrees) < 6:
        degrees[node] = 4
    return 24.0 + sum(up + low for up, low in parts), 8.0
