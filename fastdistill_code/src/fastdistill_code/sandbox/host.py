"""Our end of one zygote: start it, talk to it, end it.

Everything here blocks and is called from worker threads; one `Host` serves one job at a time.
"""

import json
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from fastdistill import SetupError, WorkerLost
from fastdistill_code.sandbox import folder
from fastdistill_code.sandbox.packages import NONE, Packages

_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
_ZYGOTE = Path(__file__).with_name("zygote.py")


class Language(NamedTuple):
    """An interpreter that a child becomes, in place of running Python itself; see docs/sandbox.md."""

    name: str
    program: str
    """Its file, without symbolic links."""
    arguments: tuple[str, ...]
    """`@MEMORY@` stands for the megabytes that a candidate may use."""


class Stopped(WorkerLost):
    """The zygote died under a job."""


class Host:
    """A zygote process and its folder; started on first use and again after it died."""

    def __init__(
        self, measures: list[str], language: Language | None = None, packages: Packages = NONE
    ) -> None:
        self.measures = measures
        self._language, self._packages = language, packages
        self._process: subprocess.Popen[bytes] | None = None
        self._stage = ""
        self.shared_disk = False
        """Whether the candidate's folder is on a disk that others use."""
        self.taken: list[str] = []
        self.refused: dict[str, str] = {}

    def start(self) -> None:
        """Start the zygote unless it runs. SetupError when it does not come up."""
        if self._process is not None and self._process.poll() is None:
            return
        self.close()
        self._stage = tempfile.mkdtemp(prefix="fd-sandbox-")
        self._control, theirs = socket.socketpair()
        language = self._language and self._language._asdict()
        lent = {"names": self._packages.names, "folders": self._packages.folders}
        asked = json.dumps(
            {"measures": self.measures, "stage": self._stage, "language": language, "packages": lent}
        )
        command = [sys.executable, "-s", "-S", "-B", "-P", str(_ZYGOTE), asked]
        environment = {"PYTHONHASHSEED": "0", "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
        environment["LD_BIND_NOW"] = "1"  # else each child looks up the same symbols again
        environment["MALLOC_ARENA_MAX"] = "1"  # else each thread takes 64 MiB of address space
        if self._packages.names:  # a zygote with threads cannot be forked
            environment |= dict.fromkeys(
                ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"
            )
        with theirs:
            self._process = subprocess.Popen(
                command,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=environment,
                cwd="/",
                start_new_session=True,
            )
        try:
            hello = self._hello()
        except Stopped:
            said = self._process.stderr.read(2000) if self._process.stderr else b""
            self.close()
            raise SetupError(
                f"the sandbox's zygote did not start: {said.decode(errors='replace')}"
            ) from None
        self.taken, self.refused = hello["taken"], hello["refused"]
        if "mount-namespace" in self.taken:  # it was only a place to build the root on
            folder.remove(self._stage)
        self.shared_disk = "mount-namespace" not in self.taken

    def hear(self, count: int) -> bytes:
        """The next bytes that the zygote says; Stopped when it is gone."""
        parts = b""
        while len(parts) < count:
            try:
                part = self._control.recv(count - len(parts))
            except OSError:
                part = b""
            if not part:
                raise Stopped("the sandbox's zygote died")
            parts += part
        return parts

    def _hello(self) -> dict[str, Any]:
        line = b""
        while not line.endswith(b"\n"):
            line += self.hear(1)
        content: dict[str, Any] = json.loads(line)
        return content

    def say(self, data: bytes, descriptors: tuple[int, ...] = ()) -> None:
        """Write to the zygote; Stopped when it is gone."""
        try:
            if descriptors:
                socket.send_fds(self._control, [data], list(descriptors))
            else:
                self._control.sendall(data)
        except OSError:
            raise Stopped("the sandbox's zygote died") from None

    def close(self) -> None:
        """End the zygote (its child dies with it) and remove its folder."""
        if self._process is not None:
            self._control.close()
            self._process.kill()
            self._process.wait()
            if self._process.stderr:
                self._process.stderr.close()
            self._process = None
        if self._stage:
            folder.remove(self._stage)
            self._stage = ""

    def restart(self, measures: list[str]) -> None:
        """Start over with these measures alone: what was tried and refused has left no trace."""
        refused = self.refused
        self.close()
        self.measures = measures
        self.start()
        self.refused = refused | self.refused

    def disk(self) -> tuple[int, int]:
        """Bytes and entries in the candidate's folder, where that is no mount of its own; else nothing."""
        return folder.used(self._stage) if self.shared_disk else (0, 0)
