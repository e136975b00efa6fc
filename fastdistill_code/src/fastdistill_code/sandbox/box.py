"""Our end of one child: have it forked, talk to it in frames within budget and deadline, see it gone.

Everything here blocks and is called from worker threads.
"""

import contextlib
import math
import os
import select
import socket
import sys
import time
from types import TracebackType
from typing import IO, Self

import anyio.from_thread

from fastdistill_code.jobs import Limits
from fastdistill_code.sandbox.folder import MOST_ENTRIES
from fastdistill_code.sandbox.frames import ASKED, GONE, HEAD, PID
from fastdistill_code.sandbox.host import Host

_MOMENT = 0.05
"""Seconds between looks at whether a job is still wanted."""
_OPEN_FILES = 4
"""Where no mount bounds the folder, a file may have this part of it: some are open and have no name."""
_SHORT = 0.1
"""Seconds of one answer that pass uncounted: they may be ours."""
_STARVED = 3.0
"""Times the wall limit after which a program that got no processor is given up, undecided."""


class Ended(Exception):
    """The child will not answer: `why` is `eof`, `cpu`, `slept`, `wall`, `size`, `disk` or
    `protocol`.
    """

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class Idle:
    """The seconds that a job's programs let pass, over all of its processes."""

    def __init__(self) -> None:
        self.seconds = 0.0


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
        idle: Idle | None = None,
    ) -> None:
        self._host, self._limits = host, limits
        self._idle = idle or Idle()
        self._last_resort = math.ceil(limits.cpu_seconds * budgets) + 1
        self._files = stdin, stdout
        self.exit_code: int | None = None
        self.cpu_seconds = 0.0
        self._spent = 0.0

    def __enter__(self) -> Self:
        self._host.start()
        disk = self._limits.disk_bytes // (_OPEN_FILES if self._host.shared_disk else 1)
        numbers = (
            self._limits.memory_bytes,
            self._last_resort,
            self._limits.output_bytes if self._files[1] else disk,
            self._limits.disk_bytes,
            self._limits.threads,
        )
        self._socket, theirs = socket.socketpair()
        with theirs, contextlib.ExitStack() as stack:
            null = os.open(os.devnull, os.O_RDWR)
            stack.callback(os.close, null)
            stdin, stdout = (file.fileno() if file else null for file in self._files)
            try:
                self._host.say(ASKED.pack(*numbers), (theirs.fileno(), stdin, stdout))
                (self._pid,) = PID.unpack(self._host.hear(PID.size))
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
        self.exit_code, self.cpu_seconds = GONE.unpack(self._host.hear(GONE.size))

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
            self._asked = time.monotonic()
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

    def resume(self) -> None:
        """Start the deadline again: the child was waiting for us."""
        self._asked = time.monotonic()

    @property
    def cpu_total(self) -> float:
        """CPU seconds of the child so far."""
        return self._cpu()

    def receive(self, nonce: bytes) -> tuple[bytes, bytes]:
        """The one frame that may come now: its kind and body."""
        size, kind, echoed = HEAD.unpack(self._exactly(HEAD.size))
        if echoed != nonce:
            raise Ended("protocol")
        if size > self._limits.output_bytes + 4096:
            raise Ended("size")
        body = self._exactly(size)
        used = self.used()
        if used > self._limits.cpu_seconds:
            raise Ended("cpu")
        self._rest(time.monotonic() - self._asked - used)
        return kind, body

    def _rest(self, idle: float) -> None:
        """Count the idle time of one answer unless it is short; Ended when that of the job is too much."""
        if idle < max(_SHORT, self._limits.wall_seconds / 50):
            return
        waited = waited_for_processor(self._pid)
        if waited is not None:
            self._idle.seconds += max(0.0, idle - waited)
        if self._idle.seconds > self._limits.wall_seconds:
            raise Ended("slept")

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
        self._check_clock()
        size, entries = self._host.disk()
        if size > self._limits.disk_bytes or entries > MOST_ENTRIES:
            raise Ended("disk")
        if not self._poll.poll(1000 * min(max(left, 0.01), _MOMENT) + 1):
            anyio.from_thread.check_cancelled()

    def _check_clock(self) -> None:
        """Ended when the child let the wall limit pass, or had no processor for three times as long."""
        elapsed, limit = time.monotonic() - self._asked, self._limits.wall_seconds
        if elapsed + self._idle.seconds < limit:
            return
        waited = waited_for_processor(self._pid)
        if waited is not None and elapsed - waited - self.used() + self._idle.seconds >= limit:
            raise Ended("slept")
        if elapsed >= _STARVED * limit:
            raise Ended("wall")

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


def waited_for_processor(pid: int) -> float | None:
    """The seconds that the threads of a process have been ready to run and did not; None where the system
    does not tell.
    """
    total = 0
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208
            with open(f"/proc/{pid}/task/{thread}/schedstat", "rb") as file:  # noqa: PTH123
                total += int(file.read().split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return total / 1e9
