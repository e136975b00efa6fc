"""What the zygote and each child give up, by measure; a measure is named, tried, and reported when
refused.
"""

# ruff: noqa: PTH123
# The zygote does without pathlib: it stays small and starts fast

import contextlib
import os
import sys
from collections.abc import Callable
from typing import TypedDict

MEASURES = ("user", "pid-namespace", "net-namespace", "mount-namespace", "landlock", "seccomp")
"""`user`: a uid of its own where we are root, else a user namespace with no right outside it."""

_UID_BASE = 0x70000000
UIDS = 59
"""Of each zygote: Linux has at most 2**22 process ids, and all of their shares lie below 2**31."""


class Numbers(TypedDict):
    """A child's limits as they cross to the zygote: bytes, whole CPU seconds, counts."""

    memory: int
    cpu: int
    file: int
    disk: int
    threads: int


def apply(wanted: list[str], stage: str, disk: int) -> tuple[list[str], dict[str, str]]:
    """Take the zygote's measures: those in force, and why each other one is not."""
    if not sys.platform.startswith("linux"):
        return [], dict.fromkeys(wanted, "Linux only")
    from fastdistill_code.sandbox import landlock, rootfs, seccomp
    from fastdistill_code.sandbox import syscalls as sys_

    sys_.prctl(sys_.PR_SET_DUMPABLE, 0)
    sys_.prctl(sys_.PR_SET_CHILD_SUBREAPER, 1)
    failed: dict[str, str] = {}

    def user() -> None:
        none = "no user of its own can be taken"
        if os.geteuid() == 0:
            uid = uid_of(os.getpid(), 0)
            with contextlib.suppress(OSError):
                _tried(lambda: become_nobody(uid, None), none)
                return
            _tried(_user_namespace, none)  # a namespace's root may have too few users, and needs only one
        _user_namespace()

    def pid_namespace() -> None:
        if (child := sys_.fork(sys_.CLONE_NEWPID)) == 0:
            os._exit(0)
        os.waitpid(child, 0)

    def mount_namespace() -> None:
        sys_.unshare(sys_.CLONE_NEWNS)
        rootfs.enter(stage)
        rootfs.fresh_tmp(disk)

    def landlock_() -> None:
        least = landlock.LEAST_ABI if "user" in wanted and "user" not in failed else landlock.ALONE_ABI
        if landlock.abi() < least:
            raise OSError(f"the kernel has no Landlock (ABI {least} or later)")
        os.close(landlock.ruleset([], [], stage))

    def seccomp_() -> None:
        if not seccomp.available():
            raise OSError(f"no list of system calls for {sys_.MACHINE}")

        def install() -> None:
            sys_.prctl(sys_.PR_SET_NO_NEW_PRIVS, 1)
            seccomp.install(seccomp.program(os.getpid()))

        _tried(install, "the kernel refused the filter")

    takers = {
        "user": user,
        "net-namespace": lambda: sys_.unshare(sys_.CLONE_NEWNET | sys_.CLONE_NEWIPC | sys_.CLONE_NEWUTS),
        "pid-namespace": pid_namespace,
        "landlock": landlock_,
        "seccomp": seccomp_,
        "mount-namespace": mount_namespace,
    }
    for name, take in takers.items():
        if name in wanted:
            try:
                take()
            except (OSError, AttributeError, KeyError) as error:
                failed[name] = str(error)
    return [name for name in wanted if name not in failed], failed


def _tried(step: Callable[[], object], refused: str) -> None:
    """Take an irrevocable step in a child; OSError with `refused` when it fails there."""
    if (child := os.fork()) == 0:
        try:
            step()
        except BaseException:  # noqa: BLE001 - the parent says so
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        raise OSError(refused)


def _user_namespace() -> None:
    from fastdistill_code.sandbox import syscalls as sys_

    uid, gid = os.geteuid(), os.getegid()
    sys_.unshare(sys_.CLONE_NEWUSER)
    sys_.prctl(sys_.PR_SET_DUMPABLE, 1)  # its own /proc files belong to root while it is not dumpable
    for name, text in (("setgroups", "deny"), ("uid_map", f"65533 {uid} 1"), ("gid_map", f"65533 {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    with contextlib.suppress(OSError), open("/proc/sys/user/max_user_namespaces", "w") as file:
        file.write("0")
    sys_.prctl(sys_.PR_SET_DUMPABLE, 0)


_FIXED = {
    "RLIMIT_NOFILE": 64,
    "RLIMIT_CORE": 0,
    "RLIMIT_MEMLOCK": 0,
    "RLIMIT_MSGQUEUE": 0,
    "RLIMIT_STACK": 64 * 1024 * 1024,
}


_RUNTIME = 256 * 1024 * 1024
"""What the interpreter of another language takes for itself."""


def limit_all() -> dict[int, int]:
    """Set the limits that all children share, which inherit them; the ceilings of the others."""
    import resource  # absent on Windows, where no zygote is started

    ceilings: dict[int, int] = {}
    for name in ("RLIMIT_AS", "RLIMIT_DATA", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_NPROC", *_FIXED):
        which = getattr(resource, name, None)
        if which is not None:
            ceiling = resource.getrlimit(which)[1]
            ceilings[which] = 2**63 - 1 if ceiling == resource.RLIM_INFINITY else ceiling
            if name in _FIXED:
                _limit(which, min(_FIXED[name], ceilings[which]))
    return ceilings


def limit(
    numbers: Numbers, ceilings: dict[int, int], *, base_memory: int, processes: int, data_only: bool = False
) -> None:
    """Set the child's own limits; memory is on top of what the zygote has mapped, threads on top of the
    `processes` that its user has. With `data_only` address space that is only reserved does not count.
    """
    import resource

    memory = base_memory + numbers["memory"]
    for which, value in (
        (resource.RLIMIT_DATA, _RUNTIME + memory) if data_only else (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, numbers["cpu"]),
        (resource.RLIMIT_FSIZE, numbers["file"]),
        (resource.RLIMIT_NPROC, processes + numbers["threads"] + 2),
    ):
        _limit(which, min(value, ceilings[which]))


def _limit(which: int, value: int) -> None:
    import resource

    try:
        resource.setrlimit(which, (value, value))
    except (OSError, ValueError):
        if sys.platform.startswith("linux"):
            raise


def uid_of(zygote: int, turn: int) -> int:
    """The uid of a zygote's `turn`th candidate: no other process id's candidates ever have it."""
    return _UID_BASE + zygote * UIDS + turn % UIDS


def become_nobody(uid: int, folder: str | None) -> None:
    """Leave root for `uid`, which nobody else has, and own `folder`."""
    if folder is not None:
        os.chown(folder, uid, uid)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
