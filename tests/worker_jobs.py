"""Functions that the tests of the worker pool run in worker processes."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from fastdistill import TaskError

calls = 0
warmed = 0


def echo(payload: Any) -> Any:
    return payload


def count(_: Any) -> int:
    global calls
    calls += 1
    return calls


def pid(_: Any) -> int:
    return os.getpid()


def nap(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def hang(folder: str) -> None:
    """Leaves its process id, and that of a child that hangs too."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    Path(folder, "pids.tmp").write_text(f"{os.getpid()} {child.pid}")
    Path(folder, "pids.tmp").rename(Path(folder, "pids"))
    time.sleep(60)


def spin(_: Any) -> None:
    while True:
        pass


def warm() -> None:
    global warmed
    warmed += 1


def warmth(_: Any) -> int:
    return warmed


def blocked_spin(_: Any) -> int:
    found: int = 7 ** (10**9)  # one call of C, which no Python handler interrupts
    return found


def broken_task(_: Any) -> None:
    raise TaskError("broken-gold", "the gold does not parse")


def divide(payload: float) -> float:
    return 1 / payload


def exit_code(code: int) -> None:
    os._exit(code)


def system_exit(_: Any) -> None:
    sys.exit(3)


def swell(size: int) -> int:
    return len(bytearray(size))


def chatter(_: Any) -> str:
    print("x" * 100_000)
    os.write(1, b"\x00\x00\x00\x05false")
    return sys.stdin.read()


def big(size: int) -> str:
    return "x" * size


def not_json(_: Any) -> object:
    return {1, 2}


def forge(data: str) -> None:
    """A taken-over worker writes to every file descriptor that it can find."""
    for number in range(3, 64):
        try:
            os.write(number, data.encode("latin-1"))
        except OSError:
            continue
    time.sleep(60)


def environment(_: Any) -> dict[str, str]:
    return dict(os.environ)


def order(_: Any) -> list[str]:
    return list({"a", "b", "c", "d", "e", "f"})
