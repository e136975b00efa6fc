"""A worker process: reads jobs from its standard input, which is a socket, and answers on it.

Each frame is four bytes of length, big endian, and JSON. Nothing is ever unpickled, on either side.
The parent is `fastdistill.run.services.worker_pool`; it kills this process at a job's deadline. Because a
parent may die first, each job also arms an alarm of the kernel's, so no work outlives its deadline by much.
"""

import contextlib
import importlib
import json
import os
import signal
import socket
import struct
import traceback
from collections.abc import Callable, Iterator
from typing import Any

from fastdistill.errors import TaskError

try:
    import resource
except ImportError:  # Windows has no limit on address space of this kind
    resource = None  # type: ignore[assignment]

HEADER = struct.Struct(">I")
ORPHAN_GRACE = 5.0
"""Seconds after its deadline at which a job ends by itself: the parent is gone by then."""
TEXT_LIMIT = 4_000


def main() -> None:
    """Serve until the parent closes its end."""
    channel = _channel()
    functions: dict[str, Callable[[Any], Any]] = {}
    with channel, channel.makefile("rb") as stream:
        while header := stream.read(HEADER.size):
            request = json.loads(stream.read(HEADER.unpack(header)[0]))
            reply = _answer(request, functions)
            channel.sendall(HEADER.pack(len(reply)) + reply)


def _channel() -> socket.socket:
    """The socket under another number; what the work reads or prints goes nowhere."""
    channel = socket.socket(fileno=os.dup(0))
    os.set_inheritable(channel.fileno(), False)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):
        os.dup2(nowhere, number)
    os.close(nowhere)
    return channel


def _answer(request: dict[str, Any], functions: dict[str, Callable[[Any], Any]]) -> bytes:
    if "preload" in request:
        return _encode(["preloaded", _preload(request["preload"], functions)])
    name = request["function"]
    try:
        if name not in functions:
            functions[name] = _load(name)
        if "payload" not in request:
            return _encode(["loaded", None])
        with _limited(request["deadline"], request["memory"], request["cpu"]):
            result = functions[name](request["payload"])
            reply = _encode(["result", result])
        if len(reply) > request["limit"]:
            raise ValueError(f"the result has {len(reply)} bytes; at most {request['limit']} are taken")
    except TaskError as error:
        return _encode(["task", [error.reason[:TEXT_LIMIT], error.detail[:TEXT_LIMIT]]])
    except MemoryError:
        return _encode(["lost", "out of memory"])
    except BaseException as error:  # noqa: BLE001  whatever the work raises is the parent's to judge
        text = "".join(traceback.format_exception(error))
        return _encode(["fault", [type(error).__name__, _text(error), text[-TEXT_LIMIT:]]])
    return reply


def _encode(reply: list[Any]) -> bytes:
    return json.dumps(reply, separators=(",", ":")).encode()


def _text(error: BaseException) -> str:
    try:
        return str(error)[:TEXT_LIMIT]
    except Exception:  # noqa: BLE001  a broken __str__ is not worth the worker
        return "(an error without text)"


def _preload(names: list[str], functions: dict[str, Callable[[Any], Any]]) -> list[str]:
    """Import several functions; one that fails is left to the job that asks for it."""
    for name in names:
        with contextlib.suppress(Exception):
            functions[name] = _load(name)
    return sorted(functions)


_WARM: set[str] = set()


def _load(name: str) -> Callable[[Any], Any]:
    """Import a function by name; its module's `warm()`, if there is one, imports what is heavy."""
    module, _, qualname = name.partition(":")
    found: Any = importlib.import_module(module)
    if module not in _WARM and callable(warm := getattr(found, "warm", None)):
        warm()
    _WARM.add(module)
    for part in qualname.split("."):
        found = getattr(found, part)
    return found  # type: ignore[no-any-return]


@contextlib.contextmanager
def _limited(deadline: float, memory: int | None, cpu: float | None) -> Iterator[None]:
    """Arm the orphan's alarm, hold the address space to `memory` bytes and the processor time to `cpu`.

    The kernel ends the process at either clock, whatever it is doing: SIGPROF tells the parent which.
    """
    alarm = hasattr(signal, "setitimer")
    if alarm:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, deadline + ORPHAN_GRACE)
        if cpu is not None:
            signal.signal(signal.SIGPROF, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_PROF, cpu)
    held = None
    if memory is not None and resource is not None:
        held = resource.getrlimit(resource.RLIMIT_AS)
        ceiling = memory if held[1] == resource.RLIM_INFINITY else min(memory, held[1])
        resource.setrlimit(resource.RLIMIT_AS, (ceiling, held[1]))
    try:
        yield
    finally:
        if held is not None:
            resource.setrlimit(resource.RLIMIT_AS, held)
        if alarm:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.setitimer(signal.ITIMER_PROF, 0)


if __name__ == "__main__":
    main()
