"""What is costly to derive, kept by key across runs: built once, complete or absent, never changed."""

import os
import shutil
import time
import uuid
from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path

import anyio
import anyio.to_thread
from attrs import define, field

from fastdistill.caches import cache_folder
from fastdistill.clock import deadline_paused

STALE = 24 * 3600.0
"""Seconds after which an unfinished build is taken for the litter of a process that died."""


@define
class _Build:
    """One build under way; `error` is what it raised, for all who wait."""

    done: anyio.Event = field(factory=anyio.Event)
    error: Exception | None = None


class Store:
    """A folder of finished builds. Processes may share it: the first to finish a key wins."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder if folder is not None else cache_folder() / "store"
        self._building: dict[str, _Build] = {}
        self._swept = False

    def path(self, key: str) -> Path:
        """Where the build for `key` lies when it is there."""
        name = sha256(key.encode()).hexdigest()
        return self.folder / name[:2] / name

    async def __call__(self, key: str, build: Callable[[Path], Awaitable[None]], /) -> Path:
        """The file or folder that `build` made for `key`; see `fastdistill.Services.store`.

        When the one who builds is cancelled, one of those who wait builds in its place.
        """
        place = self.path(key)
        while not place.exists():
            under_way = self._building.get(key)
            if under_way is None:
                await self._build(key, place, build)
                break
            with deadline_paused():
                await under_way.done.wait()
            if under_way.error is not None:
                raise under_way.error
        return place

    async def _build(self, key: str, place: Path, build: Callable[[Path], Awaitable[None]]) -> None:
        mine = self._building[key] = _Build()
        unfinished = self.folder / "unfinished" / uuid.uuid4().hex
        try:
            unfinished.parent.mkdir(parents=True, exist_ok=True)
            place.parent.mkdir(parents=True, exist_ok=True)
            self._sweep(unfinished.parent)
            await build(unfinished)
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(_publish, unfinished, place)
        except Exception as error:
            mine.error = error
            raise
        finally:
            del self._building[key]
            mine.done.set()
            _remove(unfinished)

    def _sweep(self, folder: Path) -> None:
        """Once a process: remove what others began long ago and never finished."""
        if self._swept:
            return
        self._swept = True
        for entry in folder.iterdir():
            try:
                if time.time() - entry.stat().st_mtime > STALE:
                    _remove(entry)
            except FileNotFoundError:
                continue


def _publish(unfinished: Path, place: Path) -> None:
    """Make the bytes durable, then give them their name in one step; whoever was first stays."""
    for path in (unfinished, *unfinished.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    try:
        unfinished.rename(place)
    except OSError:
        if not place.exists():
            raise


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
