"""The Linux calls that Python does not offer, by ctypes; each raises OSError naming itself when it
fails.
"""

import ctypes
import os
import platform
from typing import Any, NamedTuple

LIBC = ctypes.CDLL(None, use_errno=True)
_HOLDING = ctypes.PyDLL(None, use_errno=True)
MACHINE = platform.machine()

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
MNT_DETACH = 2
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP = 1, 4, 22
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38

_CLONE = {"x86_64": 56, "aarch64": 220}
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_CAPSET = {"x86_64": 126, "aarch64": 91}
_SIGCHLD = 17


def checked(name: str, result: int) -> int:
    """The result, unless it is -1: then OSError with errno and the call's name."""
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def syscall(name: str, number: int, *arguments: Any) -> int:
    """A raw system call; whole numbers are passed as longs."""
    passed = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return checked(name, LIBC.syscall(ctypes.c_long(number), *passed))


class Step(NamedTuple):
    """A call made ready by one process for another to make: after a fork every page that is touched is
    copied, and making arguments touches many.
    """

    name: str
    function: Any
    arguments: tuple[Any, ...]
    kept: tuple[Any, ...] = ()
    """What the arguments point to."""

    def take(self) -> None:
        """Make the call; OSError when it fails."""
        checked(self.name, self.function(*self.arguments))


def prctl_step(option: int, *arguments: int) -> Step:
    """Changes a process as prctl says."""
    padded = [ctypes.c_ulong(a) for a in (*arguments, 0, 0, 0, 0)[:4]]
    return Step("prctl", LIBC.prctl, (ctypes.c_int(option), *padded))


def prctl(option: int, *arguments: int) -> None:
    """Change this process as prctl says."""
    prctl_step(option, *arguments).take()


def unshare(flags: int) -> None:
    """Move this process into new namespaces."""
    checked("unshare", LIBC.unshare(flags))


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """Mount, with the arguments of the system call."""
    arguments = (source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode())
    checked(f"mount {target}", LIBC.mount(*arguments))


def unmount(target: str) -> None:
    """Detach a mount at once, busy or not."""
    checked(f"umount {target}", LIBC.umount2(target.encode(), MNT_DETACH))


def pivot_root(new: str, old: str) -> None:
    """Make `new` the root and put the old one at `old`."""
    syscall("pivot_root", _PIVOT_ROOT[MACHINE], new.encode(), old.encode())


def fork(flags: int) -> int:
    """Fork into new namespaces: 0 in the child. The interpreter is told, as os.fork tells it."""
    ctypes.pythonapi.PyOS_BeforeFork()
    pid = int(
        _HOLDING.syscall(*(ctypes.c_long(n) for n in (_CLONE[MACHINE], flags | _SIGCHLD, 0, 0, 0, 0)))
    )
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
    else:
        ctypes.pythonapi.PyOS_AfterFork_Parent()
    return checked("clone", pid)


def capabilities_step() -> Step:
    """Gives up every capability of a thread."""
    header, none = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    return Step("capset", LIBC.syscall, (ctypes.c_long(_CAPSET[MACHINE]), header, none))


def drop_capabilities() -> None:
    """Give up every capability of this thread."""
    capabilities_step().take()
