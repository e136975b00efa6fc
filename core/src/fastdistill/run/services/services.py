"""What a run provides to the plugins that it opens: `fastdistill.Services`, made of its parts."""

import random
import time
from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from attrs import field, frozen

from fastdistill.errors import UsageError
from fastdistill.model.task import canonical_json
from fastdistill.protocols import Provider
from fastdistill.run.services.artifacts import Store
from fastdistill.specs import Workers


async def no_teacher(name: str) -> Provider:
    """For a run without teachers: whoever asks for one is told so."""
    raise UsageError(f"there is no teacher {name!r} here: add a [[teacher]] or [[helper]] of that name")


@frozen(kw_only=True)
class RunServices:
    """`fastdistill.Services`. The one who makes it opens and closes the parts."""

    workers: Workers
    tmp: Path
    seed: int = 0
    """The run's: `rng` depends on it and its key alone."""
    transport: Any = None
    _clock: Callable[[], float] = field(default=time.monotonic, alias="clock")
    _store: Callable[[str, Callable[[Path], Awaitable[None]]], Awaitable[Path]] = field(
        factory=Store, alias="store"
    )
    _teacher: Callable[[str], Awaitable[Provider]] = field(default=no_teacher, alias="teacher")

    def clock(self) -> float:
        """Seconds, monotonic."""
        return self._clock()

    def rng(self, *key: str) -> random.Random:
        """Random numbers that depend on `seed` and `key` alone."""
        digest = sha256(canonical_json([self.seed, *key], path="key").encode()).digest()
        return random.Random(int.from_bytes(digest, "big"))  # noqa: S311  for sampling, not for secrets

    async def store(self, key: str, build: Callable[[Path], Awaitable[None]], /) -> Path:
        """The file or folder that `build` made for `key`, kept across runs."""
        return await self._store(key, build)

    async def teacher(self, name: str, /) -> Provider:
        """The teacher or helper of that name."""
        return await self._teacher(name)
