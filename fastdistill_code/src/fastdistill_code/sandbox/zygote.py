"""The warm process that forks a child per candidate. It holds no secret and no expected value.

Started by `host` as a script with a clean environment. It answers one request at a time over its standard
input, a socket: `spawn` (limits, with the child's descriptors) answers the child's pid, `reap` kills and
collects it. The child stays unreaped until then, so its pid cannot become another's. Standard library only.
"""

# ruff: noqa: PTH100, PTH101, PTH120, PTH123, PTH208
# The zygote does without pathlib: it stays small and starts fast

import contextlib
import gc
import json
import os
import signal
import site
import socket
import sys
from typing import Any, NoReturn

# Only one thread is ever forked, so no lock is held by another, and children seed themselves: what random
# and threading would mend after each fork costs more than many a candidate.
_register, os.register_at_fork = os.register_at_fork, lambda **_: None
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from fastdistill_code.sandbox import child, confine, folder, rootfs  # noqa: E402
from fastdistill_code.sandbox.frames import ASKED, GONE, NUMBERS, PID  # noqa: E402

sys.path.pop(0)

_WARM = (
    "bisect", "collections.abc", "copy", "functools", "heapq", "io", "itertools", "math", "operator",
    "random", "re", "string", "typing",
)  # fmt: skip
"""What most programs import. Each further module costs every fork more than the few that want it save."""

_GROWTH = 256
"""Processes and threads that our user may start beside a candidate that shares it."""


class Zygote:
    """One request at a time."""

    def __init__(self, control: socket.socket, asked: dict[str, Any]) -> None:
        self._control, self._asked = control, asked
        self._tmp: str = asked["stage"]
        self._language: dict[str, Any] | None = asked["language"]
        if self._language is not None:
            rootfs.FURTHER.append(self._language["program"])
        self._pid, self._turn = os.getpid(), 0
        self._disk = 0
        self._rules = -1
        self._processes = _ours() + _GROWTH
        pages = open("/proc/self/statm").read().split()[0] if sys.platform == "linux" else "0"  # noqa: SIM115
        self._memory = int(pages) * os.sysconf("SC_PAGE_SIZE")
        self.taken, self.refused = confine.apply(asked["measures"], asked["stage"], 4096)
        self._ceilings = confine.limit_all()
        self._steps, self._template = _steps(self.taken, becomes=self._language is not None)

    def serve(self) -> None:
        """Spawn and reap until the parent closes."""
        hello = json.dumps({"taken": self.taken, "refused": self.refused})
        self._control.sendall(hello.encode() + b"\n")
        while True:
            data, descriptors, _, _ = socket.recv_fds(self._control, 4096, 3)
            if not data:
                os._exit(0)
            pid = self._spawn(data, descriptors)
            for descriptor in descriptors:
                os.close(descriptor)
            self._control.sendall(PID.pack(pid))
            self._control.recv(1)
            self._control.sendall(GONE.pack(*self._reap(pid)))

    def _spawn(self, data: bytes, descriptors: list[int]) -> int:
        numbers: confine.Numbers = dict(zip(NUMBERS, ASKED.unpack(data), strict=True))  # type: ignore[assignment]
        self._turn += 1
        self._clean_tmp(numbers["disk"])
        if "pid-namespace" in self.taken:
            from fastdistill_code.sandbox import syscalls as sys_

            pid = sys_.fork(sys_.CLONE_NEWPID)
        else:
            pid = os.fork()
        if pid == 0:
            try:
                self._become_child(numbers, descriptors)
            finally:
                os._exit(70)
        return pid

    def _become_child(self, numbers: confine.Numbers, descriptors: list[int]) -> NoReturn:
        os.setsid()
        data, stdin, stdout = descriptors
        sources = [stdin, stdout, os.open(os.devnull, os.O_WRONLY), data]
        if self._rules >= 0:
            sources.append(self._rules)
        for target, source in enumerate(sources):
            os.dup2(source, 50 + target)
        for target in range(len(sources)):
            os.dup2(50 + target, target, inheritable=target < 3)
        os.closerange(len(sources), 512)
        self._confine(numbers)
        if self._language is not None:
            self._become(self._language, numbers)
        child.serve(3, self._tmp)

    def _become(self, language: dict[str, Any], numbers: confine.Numbers) -> NoReturn:
        """Go on as another language's interpreter, which speaks the same frames on descriptor 3."""
        os.set_inheritable(3, True)
        memory = str(max(numbers["memory"] >> 20, 16))
        arguments = [argument.replace("@MEMORY@", memory) for argument in language["arguments"]]
        os.execve(language["program"], [language["program"], *arguments], dict(os.environ))  # noqa: S606

    def _confine(self, numbers: confine.Numbers) -> None:
        own_user = "user" in self.taken
        processes = 0 if own_user else self._processes
        other = self._language is not None
        confine.limit(
            numbers, self._ceilings, base_memory=self._memory, processes=processes, data_only=other
        )
        if own_user and os.geteuid() == 0:
            uid = confine.uid_of(self._pid, self._turn)
            confine.become_nobody(uid, None if "mount-namespace" in self.taken else self._tmp)
        for step in self._steps:
            step.take()
        if self._rules >= 0:
            os.close(4)
        if self._template:
            from fastdistill_code.sandbox import seccomp

            seccomp.install(seccomp.for_process(self._template, os.getpid()))

    def _clean_tmp(self, disk: int) -> None:
        if "mount-namespace" not in self.taken:
            os.chdir(self._tmp)
            folder.clear(self._tmp)
            if self._rules >= 0:
                return
        else:
            self._tmp = os.environ["TMPDIR"] = rootfs.tmp()
            if disk == self._disk and "seccomp" in self.taken and not os.listdir(self._tmp):
                os.chmod(self._tmp, 0o777)  # noqa: S103 - nobody else has this mount
                return
            rootfs.fresh_tmp(disk)
            os.chdir(self._tmp)
            self._disk = disk
        if "landlock" in self.taken:
            from fastdistill_code.sandbox import landlock

            if self._rules >= 0:
                os.close(self._rules)
            programs = [*rootfs.FURTHER, *rootfs.loaders()] if rootfs.FURTHER else []
            self._rules = landlock.ruleset(rootfs.readable(), rootfs.DEVICES, self._tmp, programs)

    def _reap(self, pid: int) -> tuple[int, float]:
        os.kill(pid, signal.SIGKILL)
        if "pid-namespace" not in self.taken:
            with contextlib.suppress(OSError):
                os.killpg(pid, signal.SIGKILL)
        _, status, usage = os.wait4(pid, 0)
        if sys.platform == "linux" and "pid-namespace" not in self.taken:
            _sweep_adopted()
        return os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime


def _steps(taken: list[str], *, becomes: bool) -> tuple[list[Any], bytes]:
    """What each child does to itself at last, ready to be done; a filter that must first learn the
    child's process id is given apart.
    """
    if not sys.platform.startswith("linux"):
        return [], b""
    from fastdistill_code.sandbox import landlock, seccomp
    from fastdistill_code.sandbox import syscalls as sys_

    steps = [
        sys_.prctl_step(sys_.PR_SET_PDEATHSIG, signal.SIGKILL),
        sys_.capabilities_step(),
        sys_.prctl_step(sys_.PR_SET_DUMPABLE, 0),
        sys_.prctl_step(sys_.PR_SET_NO_NEW_PRIVS, 1),
    ]
    if "landlock" in taken:
        steps.append(landlock.restriction(4))
    if "seccomp" not in taken:
        return steps, b""
    if "pid-namespace" in taken:  # there each child is process 1
        return [*steps, seccomp.installer(seccomp.program(1, becomes=becomes))], b""
    return steps, seccomp.program(seccomp.NOBODY, becomes=becomes)


def _ours() -> int:
    """The processes and threads that there are, of all users: no fewer than ours."""
    try:
        with open("/proc/loadavg") as file:
            return int(file.read().split()[3].rpartition("/")[2])
    except (OSError, ValueError, IndexError):
        return 4096


def _sweep_adopted() -> None:
    """Kill what the candidate left: a subreaper adopts daemons, so they are our children now."""
    while True:
        try:
            with open(f"/proc/self/task/{os.getpid()}/children") as file:
                pids = [int(pid) for pid in file.read().split()]
        except OSError:
            return
        if not pids:
            return
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        for pid in pids:
            os.waitpid(pid, 0)


def _lend(packages: dict[str, Any]) -> None:
    """Import the packages that programs may use; what they load later is read from their own folders."""
    rootfs.PACKAGES += packages["folders"]
    sys.path += list(dict.fromkeys(map(os.path.dirname, packages["folders"])))
    for name in packages["names"]:
        __import__(name)
    if "numpy" in packages["names"]:
        sys.modules["numpy"].random.seed(0)


def main() -> None:
    """Warm up, take the measures, serve."""
    asked = json.loads(sys.argv[1])
    site.setquit()
    site.setcopyright()
    site.sethelper()
    for name in _WARM:
        __import__(name)
    _lend(asked["packages"])
    os.register_at_fork = _register
    for name in ("MALLOC_ARENA_MAX", "LD_BIND_NOW"):
        os.environ.pop(name, None)
    os.environ["TMPDIR"] = asked["stage"]
    control = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.umask(0o022)
    zygote = Zygote(control, asked)
    sys.modules["random"].seed(0)  # imported while its fork hook could not register
    # Each child gets other files under the same three numbers.
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", errors="replace")  # type: ignore[misc]  # noqa: SIM115
    sys.stdout = sys.__stdout__ = open(1, "w", encoding="utf-8", errors="replace")  # type: ignore[misc]  # noqa: SIM115
    sys.stderr = sys.__stderr__ = open(2, "w")  # type: ignore[misc]  # noqa: SIM115
    gc.collect()
    gc.freeze()
    zygote.serve()


if __name__ == "__main__":
    main()
