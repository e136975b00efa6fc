"""One worker process and the socket to it: start, send, receive, kill. Its protocol is in `workers`."""

import contextlib
import os
import re
import signal
import socket
import struct
import subprocess
import sys

import anyio
from attrs import frozen

from fastdistill.errors import WorkerLost

_SECRET = re.compile(r"(_KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL)", re.IGNORECASE)
_DROPPED = re.compile(r"^(PYTHONPATH|PYTHONHASHSEED|PYTHONSTARTUP|PYTHONINSPECT|PYTHONDONTWRITEBYTECODE)$")
_COMMAND = (sys.executable, "-P", "-m", "fastdistill.run.services.worker_child")


HEADER = struct.Struct(">I")
CHUNK = 2**18


_PATIENCE = 50


@frozen
class Cause:
    """Why a process hung up, for people, and whether its processor time had run out."""

    text: str
    out_of_cpu: bool = False


class WorkerProcess:
    """A freshly started process that reads jobs from its standard input.

    Works where a process can inherit a socket as its standard input: Linux, macOS and other POSIX.
    """

    def __init__(self) -> None:
        self.loaded: set[str] = set()
        """The functions that this worker has imported."""
        self.loading = False
        """Whether an answer to `preload` is still to come."""
        self._socket, theirs = socket.socketpair()
        self._socket.setblocking(False)
        try:
            # The loop's own thread starts it: nothing here waits for the child.
            self._process = subprocess.Popen(
                _COMMAND,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment(),
                start_new_session=True,
            )
        except OSError as error:
            self._socket.close()
            raise WorkerLost(f"no worker process could be started: {error}") from error
        finally:
            theirs.close()

    def preload(self, frame: bytes) -> None:
        """Tell a fresh process what to import, without waiting for it. Raises OSError when it is gone."""
        self.loading = self._socket.send(frame) == len(frame)

    async def send(self, data: bytes) -> None:
        """All of `data`. Raises OSError when the process is gone."""
        view = memoryview(data)
        while view:
            try:
                view = view[self._socket.send(view) :]
            except BlockingIOError:
                await anyio.wait_writable(self._socket)

    async def receive(self, limit: int) -> bytes:
        """The body of the next frame, of at most `limit` bytes.

        Raises EOFError or OSError when the process is gone, and WorkerLost for a longer frame.
        """
        data = await self._part(CHUNK)
        while len(data) < HEADER.size:
            data += await self._part(CHUNK)
        size = HEADER.unpack_from(data)[0]
        if size > limit:
            raise WorkerLost(f"a worker answered with {size} bytes and was killed")
        parts, missing = [data[HEADER.size :]], size - len(data) + HEADER.size
        while missing > 0:
            parts.append(await self._part(min(missing, CHUNK)))
            missing -= len(parts[-1])
        if missing < 0:
            raise WorkerLost("a worker answered twice and was killed")
        return b"".join(parts)

    async def _part(self, size: int) -> bytes:
        while True:
            try:
                part = self._socket.recv(size)
            except BlockingIOError:
                await anyio.wait_readable(self._socket)
                continue
            if not part:
                raise EOFError
            return part

    def kill(self) -> None:
        """End it and all it started, at once. `gone` collects it later."""
        if self._socket.fileno() >= 0:
            anyio.notify_closing(self._socket)
            self._socket.close()
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def gone(self) -> bool:
        """Whether it has ended; its entry in the process table goes with the answer yes."""
        return self._process.poll() is not None

    async def cause(self) -> "Cause":
        """Say why it hung up. Its exit code is left in place, so its group can still be killed."""
        for _ in range(_PATIENCE):  # its end can come a little after that of its channel
            if self._process.returncode is not None:
                return Cause("it was closed")
            ended = os.waitid(  # noqa: ASYNC222  WNOHANG: it does not wait
                os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT
            )
            if ended is not None:
                break
            await anyio.sleep(0.01)
        else:
            return Cause("it closed its channel")
        if ended.si_code == os.CLD_EXITED:
            return Cause(f"exit code {ended.si_status}")
        number = ended.si_status
        return Cause(f"signal {number}: {signal.strsignal(number)}", out_of_cpu=number == signal.SIGPROF)


def environment() -> dict[str, str]:
    """What a worker inherits: no variable that looks like a secret, our module path, a fixed hash seed.

    The fixed seed makes the order of sets, and so the verdicts of gates, repeat.
    """
    kept = {k: v for k, v in os.environ.items() if not _SECRET.search(k) and not _DROPPED.match(k)}
    path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)  # noqa: PTH109  a string is wanted
    return kept | {"PYTHONPATH": path, "PYTHONHASHSEED": "0"}
