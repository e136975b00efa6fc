"""Identity testing modulo a prime: two rational expressions agree at a random point only if they are equal.

Variables take values that are hashes of their names, and what is not rational (roots, sines, pi) is an
opaque variable whose value is a hash of its own residue. So equal residues prove equality (up to a chance
of about degree / 2^124, Schwartz and Zippel), and different residues prove difference where nothing opaque
took part. Nothing here grows: every value has 125 bits.
"""

from fractions import Fraction
from functools import lru_cache
from hashlib import blake2b

from fastdistill_math.exact import MAX_FACTORIAL, based, exact, perfect_root, whole
from fastdistill_math.names import BIG
from fastdistill_math.tree import Node, NotMath, TooLarge

PRIME = 31516238445026311976161191493726371937
"""Random, and 1 modulo 4, so that -1 has a square root."""
IMAGINARY = 14491726949324270930529998540725070751
"""A square root of -1 modulo the prime."""


class Undefined(NotMath):
    """A division by zero, or arithmetic with infinity."""


@lru_cache(maxsize=1 << 14)
def _atom(key: tuple[object, ...]) -> int:
    return int.from_bytes(blake2b(repr(key).encode(), digest_size=16).digest()) % PRIME


class Residues:
    """Evaluates trees; `opaque` and `names` tell what took part since it was made."""

    def __init__(self, salt: int = 0) -> None:
        self.salt = salt
        """Another salt is another random point for the variables."""
        self.opaque = False
        self._bounds = 0  # inside a sum, product, limit or integral infinity may bound
        self.transcendental: set[str] = set()

    @property
    def decisive(self) -> bool:
        """Whether different residues prove difference."""
        return not self.opaque and len(self.transcendental) < 2

    def of(self, node: Node) -> int:
        """The residue of `node`. Raises `Undefined`, `NotMath`, `TooLarge`."""
        match node.kind:
            case "num" | "dec":
                value = node.value if node.kind == "num" else node.value[0]
                return self._fraction(value)
            case "sym":
                return _atom(("sym", self.salt, node.value))
            case "sub":
                return _atom(("sub", node.value, self.of(node.args[0])))
            case "const":
                return self._const(node.value)
            case "add":
                return sum(self.of(arg) for arg in node.args) % PRIME
            case "mul":
                total = 1
                for arg in node.args:
                    total = total * self.of(arg) % PRIME
                return total
            case "neg":
                return -self.of(node.args[0]) % PRIME
            case "ratio" if len(node.args) == 2:
                return self.of(node.args[0]) * self._inverse(self.of(node.args[1])) % PRIME
            case "div":
                return self.of(node.args[0]) * self._inverse(self.of(node.args[1])) % PRIME
            case "pow":
                return self._pow(node)
            case "root":
                return self._root(node)
            case "call":
                return self._call(node)
            case "percent":
                return self.of(node.args[0]) * self._inverse(100) % PRIME
            case "base":
                value = based(node)
                if value is None:
                    raise NotMath("a digit is not of its base")
                return value % PRIME
            case "seq" | "set" | "list" | "rel" | "row" | "matrix" | "or":
                self.opaque = True
                parts = [self.of(arg) for arg in node.args]
                return _atom((node.kind, node.value, *(sorted(parts) if node.kind == "set" else parts)))
        raise NotMath(f"no value for {node.kind}")

    def _fraction(self, value: Fraction) -> int:
        if value.denominator == 1:
            return value.numerator % PRIME
        return value.numerator * self._inverse(value.denominator) % PRIME

    def _inverse(self, residue: int) -> int:
        if residue % PRIME == 0:
            raise Undefined("a division by zero")
        return pow(residue, -1, PRIME)

    def _const(self, name: str) -> int:
        if name == "i":
            return IMAGINARY
        if name == "inf" and not self._bounds:
            raise Undefined("arithmetic with infinity")
        self.transcendental.add(name)
        return _atom(("const", name))

    def _pow(self, node: Node) -> int:
        base, exponent = node.args
        return self._power(base, exponent, self.of(base))

    def _power(self, base: Node, exponent: Node, residue: int) -> int:
        value = exact(exponent)
        if value is None:
            if exponent.kind == "neg":
                return self._inverse(self._power(base, exponent.args[0], residue))
            if exponent.kind == "add":
                total = 1
                for term in exponent.args:
                    total = total * self._power(base, term, residue) % PRIME
                return total
            if not exponent.has("sym", "const", "sub", "call", "root"):
                raise TooLarge("an exponent is too large")
            self.opaque = True
            return _atom(("pow", residue, self.of(exponent)))
        known = exact(base)
        if value.denominator != 1 and known is not None:
            root = perfect_root(known, value.denominator)
            if root is not None:
                return self._integer_power(self._fraction(root), value.numerator)
        if value.denominator != 1:
            self.opaque = True
            root_atom = _atom(("root", value.denominator, residue)) if residue else 0
            return self._integer_power(root_atom, value.numerator)
        return self._integer_power(residue, value.numerator)

    def _integer_power(self, residue: int, exponent: int) -> int:
        if exponent < 0:
            return pow(self._inverse(residue), -exponent, PRIME)
        if exponent == 0 and residue == 0:
            raise Undefined("zero to the power of zero")
        return pow(residue, exponent, PRIME)

    def _root(self, node: Node) -> int:
        degree = whole(node.args[0])
        inner = self.of(node.args[1])
        if degree is None:
            self.opaque = True
            return _atom(("root", self.of(node.args[0]), inner))
        if degree < 1:
            raise Undefined("a root of that degree")
        value = exact(node.args[1])
        root = None if value is None else perfect_root(value, degree)
        if root is not None:
            return self._fraction(root)
        self.opaque = True
        return _atom(("root", degree, inner)) if inner else 0

    def _call(self, node: Node) -> int:
        name = node.value
        value = exact(node)
        if value is not None:
            return self._fraction(value)
        integers = [whole(arg) for arg in node.args]
        if name == "factorial" and integers[0] is not None and integers[0] >= 0:
            return self._factorial(integers[0])
        if name == "binom" and integers[0] is not None and integers[1] is not None:
            top, below = integers[0], integers[1]
            if not 0 <= below <= top:
                return 0
            lower = self._factorial(below) * self._factorial(top - below)
            return self._factorial(top) * self._inverse(lower) % PRIME
        self.opaque = True
        self._bounds += name in BIG
        try:
            return _atom(("call", name, *(self.of(arg) for arg in node.args)))
        finally:
            self._bounds -= name in BIG

    def _factorial(self, count: int) -> int:
        if count > MAX_FACTORIAL:
            raise TooLarge(f"{count}! is beyond {MAX_FACTORIAL}!")
        total = 1
        for factor in range(2, count + 1):
            total = total * factor % PRIME
        return total
