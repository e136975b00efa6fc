"""The run folder: whose it is, and that one process at a time works in it."""

import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from filelock import FileLock, Timeout

from fastdistill.errors import RunFolderError

LEDGER = "ledger.sqlite"
DATASET = "dataset.jsonl"
REJECTED = "rejected.jsonl"
MANIFEST = "manifest.json"
QUALITY = "quality_report.json"
TIMING = "timing_report.json"
PAGE = "report.html"
SHARDS = "shards"
"""The folder of a merged run's parts, each a run folder with a manifest of its own."""
LOCK = ".lock"


_RUN_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")


def new_run_id(digest: str) -> str:
    """Return a name that sorts by time and shows which configuration it is of."""
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{digest[:6]}"


def run_id_of(folder: Path, digest: str) -> str:
    """Return the id of a run that begins in `folder`: the folder's name where that is a run id."""
    name = folder.resolve().name
    return name if _RUN_ID.fullmatch(name) else new_run_id(digest)


def prepare(folder: Path) -> None:
    """Make `folder` and see that it can be written. Raises `RunFolderError` saying why not."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise RunFolderError(
            f"cannot write to {str(folder)!r}: {error.strerror or error}. Choose another folder with --out"
        ) from None


def put_aside(folder: Path) -> Path | None:
    """Rename a folder that holds a run, and return its new place; None where there is no run in it.

    Raises `RunFolderError` where a process works in it, or it holds other things than a run's files.
    """
    if not folder.is_dir() or not any(folder.iterdir()):
        return None
    if not (folder / LEDGER).exists():
        raise RunFolderError(
            f"{str(folder)!r} holds no run, and is not empty: it is left as it is; choose another --out"
        )
    with locked(folder):
        number = 1
        while (aside := folder.with_name(f"{folder.name}.old-{number}")).exists():
            number += 1
        try:
            folder.rename(aside)
        except OSError as error:
            raise RunFolderError(f"cannot rename {str(folder)!r}: {error.strerror or error}") from None
    return aside


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder against other processes. The lock dies with the process, whatever kills it."""
    path, holder = folder / LOCK, ""
    with suppress(OSError):  # read first: to try the lock is to empty the file
        holder = path.read_text(encoding="utf-8").strip()
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        who = holder or "another process"
        raise RunFolderError(
            f"{str(folder)!r} is in use by {who}: wait for it, or choose another --out"
        ) from None
    try:
        with suppress(OSError):  # a locked file cannot be written on every platform
            path.write_text(f"process {os.getpid()}", encoding="utf-8")
        yield
    finally:
        with suppress(OSError):
            path.write_text("", encoding="utf-8")
        lock.release()


def write_atomic(path: Path, text: str) -> None:
    """Put `text` at `path` by temp file, fsync and rename."""
    with atomic(path) as file:
        file.write(text)


@contextmanager
def atomic(path: Path) -> Iterator[TextIO]:
    """A text file that appears at `path` whole or not at all."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise RunFolderError(f"cannot write {str(path)!r}: {error.strerror or error}") from None
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def pretty(value: object) -> str:
    """Reports as people read them."""
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
