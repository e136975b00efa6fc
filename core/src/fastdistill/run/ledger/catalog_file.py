"""The file that a list of tasks is kept in: among the caches, one for each state of a ledger.

It is written under a name of its own and takes its final one when it is complete, so that several viewers
never meet in one file. Where the caches cannot be written, SQLite keeps the list in a temporary file.
"""

import hashlib
import os
import sqlite3
import time
from pathlib import Path

from attrs import define, field

from fastdistill.caches import cache_folder
from fastdistill.run.folder import LEDGER
from fastdistill.run.ledger.catalog_tables import FORMAT

KEPT = 6
"""Lists that stay: the ones opened last."""
ABANDONED = 24 * 3600
"""Seconds after which an unfinished list is nobody's."""


@define(kw_only=True)
class ListFile:
    """Where the list of one state of a ledger stands, and what is attached to the reading connection."""

    folder: Path
    against: Path | None = None
    _final: Path = field(default=Path(), init=False)
    _partial: Path | None = field(default=None, init=False)

    def _named(self) -> Path:
        """Name the list of the runs as they stand now: another byte in a ledger is another list."""
        said = [FORMAT, sqlite3.sqlite_version]
        for one in (self.folder, self.against):
            for path in () if one is None else (one / LEDGER, one / f"{LEDGER}-wal"):
                found = path.stat() if path.exists() else None
                said += [
                    str(path.resolve()),
                    str(found and (found.st_size, found.st_mtime_ns, found.st_ino)),
                ]
        name = hashlib.sha256("\0".join(said).encode("utf-8", "replace")).hexdigest()[:32]
        return cache_folder() / "lists" / f"{name}.sqlite"

    def attach_kept(self, ledger: sqlite3.Connection) -> bool:
        """Attach a list that was finished earlier; return whether there is one."""
        self._final = self._named()
        try:
            if not self._final.is_file():
                return False
            os.utime(self._final)
            ledger.execute("ATTACH ? AS list", (f"{self._final.resolve().as_uri()}?mode=ro&immutable=1",))
            ledger.execute("SELECT n FROM list.profiles LIMIT 1").fetchone()
        except (OSError, sqlite3.Error):
            detach(ledger)
            self._final.unlink(missing_ok=True)
            return False
        return True

    def attach_new(self, ledger: sqlite3.Connection) -> None:
        """Attach an empty file."""
        self.drop()
        self._final = self._named()
        try:
            self._final.parent.mkdir(parents=True, exist_ok=True)
            _tidy(self._final.parent)
            partial = self._final.with_suffix(f".{os.getpid()}-{time.time_ns()}.partial")
            ledger.execute("ATTACH ? AS list", (f"{partial.resolve().as_uri()}?mode=rwc",))
            self._partial = partial
            ledger.execute("PRAGMA list.user_version = 1")
        except (OSError, sqlite3.Error):
            detach(ledger)
            self.drop()
            ledger.execute("ATTACH '' AS list")
        ledger.execute("PRAGMA list.journal_mode = OFF")  # a list that is cut short is made again
        ledger.execute("PRAGMA list.synchronous = OFF")
        ledger.execute("PRAGMA list.cache_size = -64000")

    def keep(self) -> None:
        """Give a complete list its name: from now on it may not change."""
        if self._partial is not None:
            try:
                self._partial.replace(self._final)
            except OSError:
                self.drop()
            self._partial = None

    def drop(self) -> None:
        """Take away what was not finished; SQLite goes on in it until it is detached."""
        if self._partial is not None:
            self._partial.unlink(missing_ok=True)
            self._partial = None


def detach(ledger: sqlite3.Connection) -> None:
    """Let go of the list, where one is attached."""
    if any(row[1] == "list" for row in ledger.execute("PRAGMA database_list").fetchall()):
        ledger.execute("DETACH list")


def _tidy(folder: Path) -> None:
    """Delete what nobody finished, and all but the lists opened last."""

    def age(path: Path) -> float:
        return path.stat().st_mtime if path.exists() else 0.0

    kept = sorted(folder.glob("*.sqlite"), key=age, reverse=True)
    left = [one for one in folder.glob("*.partial") if age(one) < time.time() - ABANDONED]
    for one in kept[KEPT:] + left:
        one.unlink(missing_ok=True)
