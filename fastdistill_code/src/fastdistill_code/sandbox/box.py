"""Our end of one child: have it forked, talk to it in frames within budget and deadline, see it gone.

Everything here blocks and is called from worker threads.
"""

import contextlib
import json
import math
import os
import select
import socket
import sys
import time
from types import TracebackType
from typing import IO, Self

from fastdistill_code.jobs import Limits
from fastdistill_code.sandbox.frames import HEAD
from fastdistill_code.sandbox.host import Host

_MOMENT = 0.05
"""Seconds between looks at whether a job is still wanted."""


class Interrupted(Exception):
    """Whoever asked for the job does not want it any more."""


class Ended(Exception):
    """The child will not answer: `why` is `eof`, `cpu`, `wall`, `size` or `protocol`."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class Box:
    """One child, from fork to reaping: a context manager. Raises Ended for whatever the child does."""

    def __init__(
        self,
        host: Host,
        limits: Limits,
        *,
        budgets: int = 1,
        stdin: IO[bytes] | None = None,
        stdout: IO[bytes] | None = None,
    ) -> None:
        self._host, self._limits = host, limits
        self._last_resort = math.ceil(limits.cpu_seconds * budgets) + 1
        self._files = stdin, stdout
        self.exit_code: int | None = None
        self.cpu_seconds = 0.0
        self._spent = 0.0

    def __enter__(self) -> Self:
        self._host.start()
        numbers = {
            "memory": self._limits.memory_bytes,
            "cpu": self._last_resort,
            "file": self._limits.output_bytes if self._files[1] else self._limits.disk_bytes,
            "disk": self._limits.disk_bytes,
            "threads": self._limits.threads,
        }
        self._socket, theirs = socket.socketpair()
        with theirs, contextlib.ExitStack() as stack:
            null = os.open(os.devnull, os.O_RDWR)
            stack.callback(os.close, null)
            stdin, stdout = (file.fileno() if file else null for file in self._files)
            try:
                self._host.say(json.dumps(numbers).encode(), (theirs.fileno(), stdin, stdout))
                self._pid = int(self._host.hear()["pid"])
            except BaseException:
                self._socket.close()
                raise
        self._socket.setblocking(False)
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()
        self._host.say(b"k")
        gone = self._host.hear()
        self.exit_code, self.cpu_seconds = gone["status"], gone["cpu"]

    @property
    def cpu_gone(self) -> bool:
        """Whether the system itself ended the child for the CPU time of all its budgets together."""
        return self.cpu_seconds >= self._last_resort - 0.1

    def ask(self, kind: bytes, body: bytes) -> tuple[bytes, bytes]:
        """Send one question and wait for its answer, within one call's budget and deadline."""
        nonce = self.send(kind, body)
        return self.receive(nonce)

    def send(self, kind: bytes, body: bytes, nonce: bytes | None = None) -> bytes:
        """Send, and return the nonce that the answer must carry; unless one is given, a budget and a
        deadline start.
        """
        if nonce is None:
            self._spent = self._cpu()
            self._deadline = time.monotonic() + self._limits.wall_seconds
            nonce = os.urandom(8)
        rest = memoryview(HEAD.pack(len(body), kind, nonce) + body)
        while rest:
            try:
                rest = rest[self._socket.send(rest) :]
            except BlockingIOError:
                self._wait(select.POLLOUT)
            except OSError:
                raise Ended("eof") from None
        return nonce

    def receive(self, nonce: bytes) -> tuple[bytes, bytes]:
        """The one frame that may come now: its kind and body."""
        size, kind, echoed = HEAD.unpack(self._exactly(HEAD.size))
        if echoed != nonce:
            raise Ended("protocol")
        if size > self._limits.output_bytes + 4096:
            raise Ended("size")
        body = self._exactly(size)
        if self.used() > self._limits.cpu_seconds:
            raise Ended("cpu")
        return kind, body

    def quiet(self) -> None:
        """Ended when the child has sent what nobody asked for."""
        with contextlib.suppress(BlockingIOError, OSError):
            if self._socket.recv(1, socket.MSG_PEEK):
                raise Ended("protocol")

    def _exactly(self, count: int) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            try:
                part = self._socket.recv(min(count - len(parts), 1 << 20))
            except BlockingIOError:
                self._wait(select.POLLIN)
                continue
            except OSError:
                part = b""
            if not part:
                raise Ended("eof")
            parts += part
        return bytes(parts)

    def _wait(self, event: int) -> None:
        """Sleep until the socket is ready, but not past the deadline or where the CPU budget can be
        spent.
        """
        self._poll.modify(self._socket, event)
        left = self._limits.cpu_seconds - self.used()
        if left <= 0:
            raise Ended("cpu")
        until = self._deadline - time.monotonic()
        if until <= 0:
            raise Ended("wall")
        if self._host.interrupted:
            raise Interrupted
        self._poll.poll(1000 * min(until, max(left, 0.01), _MOMENT) + 1)

    def used(self) -> float:
        """CPU seconds since the budget started."""
        return self._cpu() - self._spent

    def _cpu(self) -> float:
        """CPU time of the child's whole process so far; 0 where the system does not tell."""
        if sys.platform != "linux":
            return 0.0
        try:
            return time.clock_gettime((~self._pid << 3) | 2)
        except OSError:
            return self._spent
