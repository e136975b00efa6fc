"""What both ends of the wire agree on: limits, costs, fixed-size numbers, errors. Standard library only."""

import struct
from collections.abc import Iterator
from typing import Any, Literal

MAX_DEPTH = 100
MAX_EXPONENT = 10_000
MAX_DIGITS = 20_000
"""Of a Decimal."""
MAX_FRACTION = 4096
"""Bytes of a Fraction's numerator and denominator: reducing takes time that grows with their square."""
MAX_NODES = 250_000
"""Values within one value, a packed list of numbers counting once."""
MAX_MEMORY = 32 * 1024 * 1024
"""Bytes that one decoded value takes by `COSTS`: an empty deque is 5 bytes on the wire, 700 in memory."""
MAX_COLLISIONS = 64_000_000
"""Bytes of keys and items that may be compared because their hashes are equal."""
MAX_YIELDED = 20_000
"""Items taken from an iterator; what goes on is cut there and says so."""
PACK_FROM = 8
"""Lists and tuples of at least so many numbers of one kind are packed."""

U32 = struct.Struct(">I")
F64 = struct.Struct(">d")
C128 = struct.Struct(">dd")

COSTS = {b"Q": 700, b"S": 220, b"Z": 220, b"d": 240, b"C": 300, b"D": 300, b"O": 500, b"l": 64, b"t": 56,
         b"r": 120, b"m": 120, b"e": 64, b"Y": 80, b"I": 160}  # fmt: skip
"""Bytes in memory of an empty value by its tag; others cost `COST` and their own bytes."""
COST = 40


class WireError(ValueError):
    """The value cannot be carried; `reason` says why, `type_name` names what was refused."""

    def __init__(self, reason: Literal["type", "size", "depth"], type_name: str) -> None:
        self.reason, self.type_name = reason, type_name
        super().__init__(f"cannot carry {type_name} ({reason})")


class BadBytes(ValueError):
    """The bytes are not what `encode` writes."""


class Exhausted(BadBytes):
    """The bytes hold more than may be decoded."""


class Budget:
    """What may still be decoded: of one value, or of all values of a job together."""

    def __init__(
        self, nodes: int = MAX_NODES, memory: int = MAX_MEMORY, collisions: int = MAX_COLLISIONS
    ) -> None:
        self.nodes, self.memory, self.collisions = nodes, memory, collisions

    def spend(self, nodes: int, memory: int) -> None:
        """Take from what is left; Exhausted when that is not enough."""
        self.nodes -= nodes
        self.memory -= memory
        if self.nodes < 0 or self.memory < 0:
            raise Exhausted("too many values, or too large ones")

    def collide(self, sizes: dict[int, tuple[int, int]]) -> None:
        """Take the comparisons of items with equal hashes: by hash, how many and their largest size."""
        self.collisions -= sum(count * count // 2 * size for count, size in sizes.values() if count > 1)
        if self.collisions < 0:
            raise Exhausted("too many items with one hash")


class Iterated:
    """What an iterator, a generator, a view or a range yields. It equals no list; `list` of it does."""

    __slots__ = ("items", "kind", "whole")

    def __init__(self, kind: str, items: list[Any], *, whole: bool = True) -> None:
        self.kind, self.items, self.whole = kind, items, whole

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Iterated) and (self.kind, self.items, self.whole) == (
            other.kind,
            other.items,
            other.whole,
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{self.kind} of {self.items!r}{'' if self.whole else ' …'}>"
