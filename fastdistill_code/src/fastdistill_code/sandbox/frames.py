"""Frames on a stream socket: length, kind, nonce, body. An answer must carry the nonce of what it answers,
so nothing can be answered before it is asked. Standard library only.
"""

import os
import struct

HEAD = struct.Struct(">I1s8s")
NUMBERS = ("memory", "cpu", "file", "disk", "threads")
ASKED, PID, GONE = struct.Struct(">5q"), struct.Struct(">q"), struct.Struct(">qd")
"""What the zygote is asked and answers: a child's limits, its process id, its status and CPU seconds."""


class Channel:
    """The child's end: blocking, and gone when the parent is gone."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def receive(self) -> tuple[bytes, bytes, bytes]:
        """The next frame: kind, nonce, body. Ends the process when the parent has closed."""
        size, kind, nonce = HEAD.unpack(self._exactly(HEAD.size))
        return kind, nonce, self._exactly(size)

    def _exactly(self, count: int) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            part = os.read(self._descriptor, count - len(parts))
            if not part:
                os._exit(0)
            parts += part
        return bytes(parts)

    def send(self, kind: bytes, body: bytes, nonce: bytes) -> None:
        """Write one frame whole."""
        rest = memoryview(HEAD.pack(len(body), kind, nonce) + body)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]
