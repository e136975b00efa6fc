"""What both ends of the wire agree on: limits, fixed-size numbers, errors. Standard library only."""

import struct
from typing import Literal

MAX_DEPTH = 100
MAX_EXPONENT = 10_000
MAX_EQUAL_HASHES = 100

U32 = struct.Struct(">I")
F64 = struct.Struct(">d")
C128 = struct.Struct(">dd")


class WireError(ValueError):
    """The value cannot be carried; `reason` says why, `type_name` names what was refused."""

    def __init__(self, reason: Literal["type", "size", "depth"], type_name: str) -> None:
        self.reason, self.type_name = reason, type_name
        super().__init__(f"cannot carry {type_name} ({reason})")


class BadBytes(ValueError):
    """The bytes are not what `encode` writes."""
