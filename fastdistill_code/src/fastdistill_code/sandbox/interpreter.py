"""Makes the child look to a program as Python itself would: its module, its files, its limits, its end.

Standard library only. The candidate can undo any of this, which gains it nothing.
"""

# ruff: noqa: PTH118, PTH123
# The zygote does without pathlib: it stays small and starts fast

import atexit
import builtins
import contextlib
import gc
import io
import os
import sys
from collections.abc import Callable
from types import CodeType, FrameType, ModuleType
from typing import Any

_SLACK = 6
"""Levels of recursion that calls from C code take beside the frames."""
_THREAD_STACK = 256 * 1024 * 1024
"""A program that asks for larger stacks gets these: address space is bounded, and it uses them by pages."""
_DEVICES = {
    "/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2, "/dev/fd/0": 0, "/dev/fd/1": 1, "/dev/fd/2": 2,
    "/proc/self/fd/0": 0, "/proc/self/fd/1": 1, "/proc/self/fd/2": 2,
}  # fmt: skip


def module(name: str, source: str, folder: str) -> tuple[ModuleType, str]:
    """A module of this name that is there to be imported again, as `__main__` too, and its file's name.

    The file exists where the source speaks of files of its own.
    """
    made = ModuleType(name)
    path = os.path.join(folder, f"{name.strip('_')}.py")
    made.__dict__.update({"__builtins__": builtins, "__file__": path})
    sys.modules[name] = sys.modules["__main__"] = made
    sys.argv = [path]
    if "inspect" in source or "traceback" in source or "linecache" in source:
        import linecache

        linecache.cache[path] = len(source), None, source.splitlines(keepends=True), path
    if "__file__" in source or "argv" in source:
        with contextlib.suppress(OSError), open(path, "w", encoding="utf-8", errors="replace") as file:
            file.write(source)
    return made, path


def compiled(source: str, path: str) -> CodeType:
    """The code of a source, free of our own `__future__` imports."""
    return compile(source, path, "exec", dont_inherit=True)


def settle(source: str) -> None:
    """Change what a program would find otherwise; each part only where the source asks for it."""
    if hasattr(sys, "set_int_max_str_digits"):
        sys.set_int_max_str_digits(0)  # its CPU time is bounded instead
    if "/dev/" in source or "/proc/self/fd" in source:
        _devices()
    if "stack_size" in source:
        import threading

        real_size = threading.stack_size
        threading.stack_size = lambda size=0: real_size(min(size, _THREAD_STACK))
    if "setrlimit" in source:
        _tolerant_limits()


def recursion() -> None:
    """Take our own frames, those of the caller included, out of the program's recursion limit."""
    depth = _SLACK
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        depth, frame = depth + 1, frame.f_back
    real_set, real_get = sys.setrecursionlimit, sys.getrecursionlimit
    real_set(real_get() + depth)
    sys.setrecursionlimit = lambda limit, /: real_set(min(limit, 2**31 - 1 - depth) + depth)
    sys.getrecursionlimit = lambda: real_get() - depth


def _devices() -> None:
    """The private root has no /proc, which these names lead to."""
    real_open, real_os_open = io.open, os.open

    def opened(file: Any, *args: Any, **kwargs: Any) -> Any:
        name = _name(file)
        return real_open(os.dup(_DEVICES[name]) if name in _DEVICES else file, *args, **kwargs)

    def os_opened(path: Any, *args: Any, **kwargs: Any) -> int:
        name = _name(path)
        return os.dup(_DEVICES[name]) if name in _DEVICES else real_os_open(path, *args, **kwargs)

    builtins.open = io.open = opened
    os.open = os_opened


def _name(file: Any) -> str:
    return "" if isinstance(file, int) else os.fsdecode(file)


def _tolerant_limits() -> None:
    """A program may ask for a larger stack; what it gets is as large as we allow already."""
    import resource

    real = resource.setrlimit

    def setrlimit(which: int, limits: tuple[int, int], /) -> None:
        with contextlib.suppress(OSError, ValueError):
            real(which, limits)

    resource.setrlimit = setrlimit


def finish(made: ModuleType, source: str) -> None:
    """End as Python ends: wait for threads, call what was registered, let go of the module, flush."""
    outputs = [sys.stdout, sys.__stdout__, sys.stderr]
    steps: list[Callable[[], object]] = [_join_threads, atexit._run_exitfuncs, lambda: _flush(outputs)]
    if "__del__" in source or "finalize" in source or "open(" in source:
        steps += [lambda: _let_go(made), lambda: _flush(outputs)]
    for step in steps:
        with contextlib.suppress(BaseException):
            step()


def _join_threads() -> None:
    threading = sys.modules.get("threading")
    if threading is None:
        return
    if threading.active_count() > 1 or "concurrent.futures.thread" in sys.modules:
        threading._shutdown()


def _flush(outputs: list[Any]) -> None:
    for output in [*outputs, sys.stdout, sys.stderr]:
        with contextlib.suppress(Exception):
            output.flush()


def _let_go(made: ModuleType) -> None:
    """Set the module's names to None in Python's order, so that what they held ends."""
    names = [name for name in made.__dict__ if not name.startswith("__")]
    for name in sorted(names, key=lambda name: not name.startswith("_")):
        made.__dict__[name] = None
    gc.collect()
