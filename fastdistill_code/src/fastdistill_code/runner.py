"""The seam to the sandbox: run a candidate under limits, get typed results. Another language is another
runner.

async with open_sandbox() as sandbox:
    report = await sandbox.run(Job(source="def f(x): return x + 1", entry_point="f",
    calls=(CallInput(args=(1,)),)))
    report.results == (Value(2),)
"""

import logging
import os
import platform
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeVar

import anyio
import anyio.lowlevel
import anyio.to_thread

from fastdistill import deadline_paused
from fastdistill_code.jobs import Checked, Job, Limits, Report, TimedOut
from fastdistill_code.sandbox import levels
from fastdistill_code.sandbox.checking import run_check
from fastdistill_code.sandbox.doctor import settled
from fastdistill_code.sandbox.host import Host, Language, Stopped
from fastdistill_code.sandbox.packages import NONE, Packages, found
from fastdistill_code.sandbox.session import run_job

R = TypeVar("R")
_LOG = logging.getLogger("fastdistill.sandbox")
_RESTARTS = 3


class Runner(Protocol):
    """What a gate needs of a sandbox."""

    @property
    def level(self) -> str:
        """`full`, `namespaces`, `confined` or `rlimits-only`."""

    def describe(self) -> dict[str, Any]:
        """Level, measures and interpreter, as plain JSON for the gate's fingerprint and the manifest."""

    async def run(self, job: Job) -> Report:
        """Run the job. What the candidate does is in the report; WorkerLost when zygotes keep dying."""

    async def check(
        self, source: str, entry_point: str, tests: str, limits: Limits | None = None
    ) -> Checked:
        """Run `tests` in a second sandboxed process; see `Checked`.

        The tests see the candidate as `candidate` and under its own name; a function `check` that they
        define is
        called with it. Every argument and value passes through us as a plain value, so arguments changed in
        place do not come back.
        """


class Sandbox:
    """A few zygotes, each running one candidate at a time, in worker threads."""

    def __init__(
        self,
        measures: list[str],
        slots: int,
        language: Language | None = None,
        packages: Packages = NONE,
    ) -> None:
        self._language, self._packages = language, packages
        self._pairs = [
            (Host(measures, language, packages), Host(measures, None, packages)) for _ in range(slots)
        ]
        self._free = list(self._pairs)
        self._turns = anyio.Semaphore(slots)
        self._threads = anyio.CapacityLimiter(slots)
        self.level = ""

    async def start(self, asked: str | None, *, allow_weak: bool) -> None:
        """Start one zygote, to know the level; the others start when they are needed."""
        host = self._pairs[0][0]
        await anyio.to_thread.run_sync(host.start, limiter=self._threads)
        self.level = await anyio.to_thread.run_sync(settled, host, limiter=self._threads)
        levels.accept(self.level, asked, host.refused, allow_weak=allow_weak)
        for other in (one for pair in self._pairs for one in pair if one is not host):
            other.measures = list(host.measures)
        if asked is None and (said := levels.notice(self.level, host.refused)) is not None:
            _LOG.warning(said)

    def describe(self) -> dict[str, Any]:
        """Level, measures in force, those refused and why, interpreter."""
        host = self._pairs[0][0]
        return {
            "level": self.level,
            "measures": sorted(host.taken),
            "refused": dict(host.refused),
            "python": f"{platform.python_implementation()} {platform.python_version()}",
            "machine": platform.machine(),
            **({} if self._language is None else {"language": self._language.name}),
            **({"packages": list(self._packages.versions)} if self._packages.names else {}),
        }

    async def run(self, job: Job) -> Report:
        """Run the job; once more when our wall clock ran out under it."""
        report = await self._in_turn(lambda host, _: run_job(host, job))
        if isinstance(report.load, TimedOut) or any(isinstance(r, TimedOut) for r in report.results):
            report = await self._in_turn(lambda host, _: run_job(host, job))
        return report

    async def check(
        self, source: str, entry_point: str, tests: str, limits: Limits | None = None
    ) -> Checked:
        """Run tests beside the candidate; once more when our wall clock ran out."""
        bounds = limits or Limits()

        def once(host: Host, tests_host: Host) -> Checked:
            return run_check(host, tests_host, source, entry_point, tests, bounds)

        checked = await self._in_turn(once)
        if isinstance(checked.fault, TimedOut) or isinstance(checked.outcome, TimedOut):
            checked = await self._in_turn(once)
        return checked

    async def _in_turn(self, work: Callable[[Host, Host], R]) -> R:
        with deadline_paused():  # whoever holds the slots, our deadline counts work alone
            await self._turns.acquire()
        try:
            pair = self._free.pop()
            try:
                # The thread looks now and then whether it is still wanted, and is waited for.
                return await anyio.to_thread.run_sync(_persist, work, pair, limiter=self._threads)
            finally:
                self._free.append(pair)
        finally:
            self._turns.release()

    def close(self) -> None:
        """End every zygote, and with it whatever runs in it."""
        for pair in self._pairs:
            for host in pair:
                host.close()


def _persist(work: Callable[[Host, Host], R], pair: tuple[Host, Host]) -> R:
    """Do the work again when a zygote was killed under it (by the system's memory killer, say)."""
    for _ in range(_RESTARTS - 1):
        try:
            return work(*pair)
        except Stopped:
            for host in pair:
                host.close()
    return work(*pair)


@asynccontextmanager
async def open_sandbox(
    *,
    level: str | None = None,
    allow_weak: bool = False,
    slots: int | None = None,
    language: Language | None = None,
    packages: Sequence[str] = (),
) -> AsyncIterator[Runner]:
    """Open the strongest sandbox this machine allows, or exactly `level`.

    `language` is another interpreter than this one's own Python; `packages` are installed packages that
    programs may import beside the standard library.

    `slots` candidates run at once (the number of cores unless given). SetupError when the level is below
    `confined` without `allow_weak`, or when an asked-for level is not to be had here, saying what it
    needs.
    """
    sandbox = Sandbox(levels.wanted(level), slots or os.cpu_count() or 1, language, found(packages))
    try:
        await sandbox.start(level, allow_weak=allow_weak)
        yield sandbox
    finally:
        sandbox.close()
