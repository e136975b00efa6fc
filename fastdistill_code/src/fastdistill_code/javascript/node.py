"""Opens a sandbox whose candidates are JavaScript: Node and our harness in the place of Python's child."""

import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastdistill import SetupError
from fastdistill_code.runner import Runner, open_sandbox
from fastdistill_code.sandbox.host import Language

_HARNESS = Path(__file__).with_name("harness.js")
_LEAST = 18


def node(path: str | None = None) -> Language:
    """How Node is started. SetupError where there is none, or one that is too old."""
    found = path or shutil.which("node")
    if found is None:
        raise SetupError("JavaScript needs Node: there is no `node` on the PATH; install 18 or later")
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    major = said.removeprefix("v").partition(".")[0]
    if not major.isdigit() or int(major) < _LEAST:
        raise SetupError(f"JavaScript needs Node {_LEAST} or later; {found!r} says {said!r}")
    program = str(Path(found).resolve())
    return Language(
        name=f"node {said}",
        program=program,
        arguments=(
            "--max-old-space-size=@MEMORY@",
            "--openssl-config=/dev/null",  # else one that may not be read ends Node at its start
            "-e",
            _HARNESS.read_text(encoding="utf-8"),
        ),
    )


@asynccontextmanager
async def open_node(
    *, path: str | None = None, level: str | None = None, slots: int | None = None
) -> AsyncIterator[Runner]:
    """A runner for JavaScript, in the same confinement as Python's. SetupError says what is missing."""
    async with open_sandbox(level=level, slots=slots, language=node(path)) as runner:
        yield runner
