"""The simulator in a process of its own, so that its work is not counted as the client's."""

import json
import subprocess
import sys
from types import TracebackType
from typing import Any, Self
from urllib.request import ProxyHandler, build_opener


class SimulatorProcess:
    """Runs `python -m fastdistill_simulator ARGUMENTS` while it is entered."""

    root_url: str
    base_url: str

    def __init__(self, *arguments: str) -> None:
        self._arguments = arguments
        self._process: subprocess.Popen[str] | None = None
        self._opener = build_opener(ProxyHandler({}))

    def __enter__(self) -> Self:
        """Start; the port is open on return. Raises RuntimeError if it does not come up."""
        command = [sys.executable, "-m", "fastdistill_simulator", *self._arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None  # noqa: S101  it is a pipe
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            raise RuntimeError(f"the simulator did not start: {command}")
        told = json.loads(line)
        self.root_url, self.base_url = told["root_url"], told["base_url"]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        if self._process is not None:
            self._process.terminate()
            self._process.communicate(timeout=10)

    def _get(self, path: str) -> dict[str, Any]:
        with self._opener.open(f"{self.root_url}/simulator/{path}", timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def counters(self) -> dict[str, Any]:
        """`Counters` as plain data, with `occupancy` and `span`."""
        return self._get("counters")

    def reset(self) -> None:
        """Fresh counters, empty prefix cache."""
        self._get("reset")

    def outage(self, seconds: float) -> None:
        """Be dead for so long, then come back on the same port."""
        self._get(f"outage?seconds={seconds}")
