"""Plain values as bytes, both ways, between us and a process that we do not believe.

`encode` takes values whose exact `type()` is one listed here, subclasses that inherit `==` (as the value
that they hold), and what yields items (as `Iterated`); all else is refused, whatever it says it equals.
`decode` reads what an attacker may have written, in bounded time and memory: no pickle, no names looked up,
every count bounded by the bytes at hand, and values, their memory, nesting, the size of fractions and
the comparisons behind equal hashes bounded too. Standard library only: the sandbox's zygote imports this.
"""

from fastdistill_code.wire_format import (
    MAX_COLLISIONS,
    MAX_DEPTH,
    MAX_EXPONENT,
    MAX_MEMORY,
    MAX_NODES,
    BadBytes,
    Budget,
    Exhausted,
    Iterated,
    WireError,
)
from fastdistill_code.wire_in import decode
from fastdistill_code.wire_out import encode

__all__ = [
    "MAX_COLLISIONS",
    "MAX_DEPTH",
    "MAX_EXPONENT",
    "MAX_MEMORY",
    "MAX_NODES",
    "BadBytes",
    "Budget",
    "Exhausted",
    "Iterated",
    "WireError",
    "decode",
    "encode",
]
