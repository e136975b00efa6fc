"""The seam to the sandbox: run a candidate under limits, get typed results. Another language is another runner."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

from fastdistill_code.jobs import Checked, Job, Limits, Report


class Runner(Protocol):
    """What a gate needs of a sandbox."""

    @property
    def level(self) -> str:
        """`full`, `namespaces` or `rlimits-only`."""

    def describe(self) -> dict[str, Any]:
        """Level, measures and interpreter, as plain JSON for the gate's fingerprint and the manifest."""

    async def run(self, job: Job) -> Report:
        """Run the job; never raises for anything the candidate does."""

    async def check(self, source: str, entry_point: str, tests: str, limits: Limits | None = None) -> Checked:
        """Run `tests` in a second sandboxed process; see `Sandbox.check`."""


@asynccontextmanager
async def open_sandbox(
    *, level: str | None = None, allow_weak: bool = False, slots: int | None = None
) -> AsyncIterator[Runner]:
    """Open the strongest sandbox this machine allows, or exactly `level`.

    `slots` candidates run at once (the number of cores unless given). SetupError when the level is below
    `namespaces` without `allow_weak`, or when an asked-for level is not to be had here, saying what it needs.
    """
    raise NotImplementedError
    yield
