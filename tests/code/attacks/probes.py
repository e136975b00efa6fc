"""The world outside the sandbox while an attack runs: bait set out before, looked at after."""

import contextlib
import ctypes
import os
import select
import socket
import subprocess
import sys
import tempfile
import tomllib
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from fastdistill_code.jobs import CallInput, Checked, Job, Limits, Printed, Report, Value

HERE = Path(__file__).parent
INPUTS = (3, 4, -6, 12)
EXPECTED = tuple(Value(x * x + 1) for x in INPUTS)
TESTS = "def check(candidate):\n" + "".join(f"    assert candidate({x}) == {x * x + 1}\n" for x in INPUTS)
LIMITS = Limits(cpu_seconds=0.3, wall_seconds=1.0, memory_bytes=128 << 20, output_bytes=1 << 20)
HONEST = Job(
    source="def f(x): return abs(x) ** 2 + 1",
    entry_point="f",
    calls=tuple(CallInput(args=(x,)) for x in INPUTS),
)
SANDBOX_UIDS = range(0x70000000, 0x7F000000)


@frozen(kw_only=True)
class Attack:
    """One hostile candidate; `mode` is how it is run: `calls`, `check` or `io`."""

    name: str
    source: str
    mode: str = "calls"


def corpus() -> list[Attack]:
    """Every attack of every file beside this one."""
    files = sorted(HERE.glob("*.toml"))
    return [Attack(**entry) for file in files for entry in tomllib.loads(file.read_text())["attack"]]


@define(kw_only=True)
class World:
    """The bait. `token` is the secret; `head` is its public half, which names things."""

    outside: Path
    head: str
    secret: str
    tcp: socket.socket
    udp: socket.socket
    unix: list[socket.socket]
    victim: subprocess.Popen[bytes]
    touched: int
    """When the canary was last written, in nanoseconds."""
    held: Any = field(repr=False)

    def fill(self, source: str) -> str:
        """The attack's source with this world's names in place."""
        marks = {
            "@OUTSIDE@": self.outside,
            "@PORT@": self.tcp.getsockname()[1],
            "@PARENT@": os.getpid(),
            "@VICTIM@": self.victim.pid,
            "@TOKEN_HEAD@": self.head,
            "@SECRET_ADDRESS@": ctypes.addressof(self.held),
            "@SHM_KEY@": self.shm_key,
        }
        for mark, value in marks.items():
            source = source.replace(mark, str(value))
        return source

    @property
    def shm_key(self) -> int:
        return int(self.head[-6:], 16)

    def damage(self, said: str) -> list[str]:
        """What an attack achieved, by looking; then everything is put back."""
        found = []
        if self.secret in said:
            found.append("secret read")
        shape = sorted(p.name for p in self.outside.iterdir())
        canary = self.outside / "canary"
        intact = (
            canary.is_file()
            and canary.read_text() == "untouched"
            and canary.stat().st_mode & 0o777 == 0o666
            and canary.stat().st_mtime_ns == self.touched
        )
        if shape != ["canary", "root-only", "secret", "socket"] or not intact:
            found.append("files changed")
            self._restore()
        listeners = [self.tcp, self.udp, *self.unix]
        while ready := select.select(listeners, [], [], 0)[0]:
            found.append("network reached")
            for listener in ready:
                if listener is self.udp:
                    listener.recv(100)
                else:
                    listener.accept()[0].close()
        if self.victim.poll() is not None:
            found.append("victim killed")
            self.victim = _victim()
        if left := leftovers():
            found.append("processes left")
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, 9)
        return list(dict.fromkeys(found + self._shared_memory()))

    def _shared_memory(self) -> list[str]:
        found = []
        for path in Path("/dev/shm").glob(f"*{self.head}*"):
            path.unlink()
            found.append("shared memory left")
        libc = ctypes.CDLL(None)
        if (segment := libc.shmget(self.shm_key, 0, 0)) != -1:
            libc.shmctl(segment, 0, None)
            found.append("shared memory left")
        return found

    def _restore(self) -> None:
        for path in self.outside.iterdir():
            if path.name not in ("secret", "socket", "root-only"):
                path.unlink()
        _bait(self.outside / "canary", "untouched", 0o666)
        self.touched = (self.outside / "canary").stat().st_mtime_ns


def leftovers() -> list[int]:
    """Processes under the uids that only the sandbox gives out, ours or nobody's (to be asked as root).

    Another test run on this machine may have its own at work: those are below its zygote.
    """
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if path.stat().st_uid in SANDBOX_UIDS and _ours(int(path.name)):
                found.append(int(path.name))
    return found


def _ours(pid: int) -> bool:
    """Whether the process descends from us, or from no zygote at all."""
    under_a_zygote = False
    while pid > 1:
        if pid == os.getpid():
            return True
        folder = Path("/proc", str(pid))
        under_a_zygote |= b"zygote.py" in (folder / "cmdline").read_bytes()
        pid = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    return not under_a_zygote


def _bait(path: Path, text: str, mode: int) -> None:
    path.write_text(text)
    path.chmod(mode)


def _victim() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])


@contextlib.contextmanager
def open_world() -> Iterator[World]:
    """Set the bait out, and clear it away."""
    head = f"fd{uuid.uuid4().hex[:12]}"
    secret = f"{head}-{uuid.uuid4().hex}"
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fd-attacks-")))
        folder.chmod(0o777)
        _bait(folder / "canary", "untouched", 0o666)
        _bait(folder / "secret", secret, 0o644)
        _bait(folder / "root-only", secret, 0o600)
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(tcp.getsockname())
        unix = [stack.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(2)]
        for listener, address in zip(unix, (str(folder / "socket"), "\0" + head), strict=True):
            listener.bind(address)
            listener.listen()
        (folder / "socket").chmod(0o777)
        os.environ["FD_TEST_SECRET"] = secret
        stack.callback(os.environ.pop, "FD_TEST_SECRET")
        held = ctypes.create_string_buffer(secret.encode())
        world = World(
            outside=folder,
            head=head,
            secret=secret,
            tcp=tcp,
            udp=udp,
            unix=unix,
            victim=_victim(),
            touched=(folder / "canary").stat().st_mtime_ns,
            held=held,
        )
        stack.callback(world.victim.wait)
        stack.callback(world.victim.kill)
        yield world


async def run_attack(sandbox: Any, world: World, attack: Attack) -> list[str]:
    """What the attack achieved: an empty list when it failed."""
    source = world.fill(attack.source)
    if attack.mode == "check":
        checked: Checked = await sandbox.check(source, "f", TESTS, LIMITS)
        accepted, said = checked.fault is None and checked.outcome == Value(None), repr(checked)
    else:
        job = (
            Job(source=source, stdin=("3\n",), limits=LIMITS)
            if attack.mode == "io"
            else Job(source=source, entry_point="f", calls=HONEST.calls, limits=LIMITS)
        )
        report: Report = await sandbox.run(job)
        accepted = report.results in (EXPECTED, (Printed("10\n"),))
        said = repr(report)
    achieved = ["accepted"] if accepted else []
    achieved += world.damage(said)
    if (await sandbox.run(HONEST)).results != EXPECTED:
        achieved.append("next candidate misjudged")
    return achieved
