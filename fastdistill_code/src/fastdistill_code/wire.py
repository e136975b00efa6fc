"""Plain values as bytes, both ways, between us and a process that we do not believe.

`encode` takes a value only when its exact `type()` is one listed here: a subclass is refused, whatever it
says it equals. `decode` reads what an attacker may have written: no pickle, no names looked up, every
count bounded by the bytes at hand, nesting bounded, no crafted hash collisions. Standard library only:
the sandbox's zygote imports this too.
"""

from fastdistill_code.wire_format import MAX_DEPTH, MAX_EQUAL_HASHES, MAX_EXPONENT, BadBytes, WireError
from fastdistill_code.wire_in import decode
from fastdistill_code.wire_out import encode

__all__ = ["MAX_DEPTH", "MAX_EQUAL_HASHES", "MAX_EXPONENT", "BadBytes", "WireError", "decode", "encode"]
