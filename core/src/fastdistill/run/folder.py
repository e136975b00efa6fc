"""The run folder: whose it is, and that one process at a time works in it."""

import json
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from fastdistill.errors import RunFolderError

LEDGER = "ledger.sqlite"
DATASET = "dataset.jsonl"
REJECTED = "rejected.jsonl"
MANIFEST = "manifest.json"
QUALITY = "quality_report.json"
TIMING = "timing_report.json"
PAGE = "report.html"
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


def _take(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder against other processes. The lock dies with the process, whatever kills it."""
    path = folder / LOCK
    with path.open("a+") as file:
        try:
            _take(file.fileno())
        except OSError:
            file.seek(0)
            holder = file.read().strip() or "another process"
            raise RunFolderError(
                f"{str(folder)!r} is in use by {holder}: wait for it, or choose another --out"
            ) from None
        file.seek(0)
        file.truncate()
        file.write(f"process {os.getpid()}")
        file.flush()
        try:
            yield
        finally:
            if sys.platform != "win32":
                path.unlink(missing_ok=True)


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
