"""The runs that are looked at: opened for reading, listed in the background, followed while they go on."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from attrs import define, field

from fastdistill.errors import FastDistillError, RunFolderError
from fastdistill.host import PluginHost
from fastdistill.run.folder import LEDGER
from fastdistill.run.ledger.catalog import Catalog
from fastdistill.run.ledger.catalog_file import ListFile
from fastdistill.run.ledger.comparison import read_outcomes
from fastdistill.run.ledger.connection import reading
from fastdistill.run.ledger.ownership import read_meta
from fastdistill.run.ledger.searching import LARGEST
from fastdistill.run.ledger.settled import TaskKind
from fastdistill.run.ledger.task_view import SeenTask, read_task
from fastdistill.run.ops.replay import recorded_config
from fastdistill.settings import RunConfig
from fastdistill.specs import ScenarioSpec

LOOK = 1.0
"""Seconds between two looks at whether the run has gone on."""


def kind_of(scenario: str) -> TaskKind:
    """What a scenario says of its rows; of one that is not installed here, only its name."""
    try:
        spec = PluginHost().discover().get("scenarios", scenario).spec
    except FastDistillError:
        return TaskKind(scenario=scenario)
    return TaskKind.of(spec) if isinstance(spec, ScenarioSpec) else TaskKind(scenario=scenario)


@define(kw_only=True)
class Viewed:
    """A run, and another one to compare it with. Methods may be called from several threads."""

    folder: Path
    against: Path | None
    run_id: str
    config: RunConfig
    kind: TaskKind
    catalog: Catalog
    state: dict[str, Any] = field(factory=dict)
    """How its last session ended, and whether it goes on."""
    _other: sqlite3.Connection | None = None
    _stop: threading.Event = field(factory=threading.Event, init=False)
    _seen: object = field(default=None, init=False)

    def task(self, position: int) -> tuple[SeenTask, SeenTask | None] | None:
        """Return the task at a position, and the same in the other run."""
        if abs(position) > LARGEST:
            return None
        with self.catalog.lock:
            task = read_task(self.catalog.ledger, position=position)
            if task is None:
                return None
            if self._other is None:
                return task, None
            return task, read_task(self._other, sample_id=task.sample_id)

    def look(self) -> None:
        """Learn how the run stands; list what was decided since the last look."""
        with self.catalog.lock:
            row = self.catalog.ledger.execute(
                "SELECT COUNT(*) AS n, MAX(id) AS id FROM main.sessions"
            ).fetchone()
            last = self.catalog.ledger.execute(
                "SELECT outcome, ended FROM main.sessions WHERE id = ?", (row["id"],)
            ).fetchone()
            version = self.catalog.ledger.execute("PRAGMA main.data_version").fetchone()[0]
        before = self.state.get("sessions")
        self.state = {
            "sessions": row["n"],
            "outcome": last["outcome"] if last else None,
            "live": bool(last) and last["ended"] is None,
        }
        if before is not None and before != row["n"]:
            self.catalog.start(anew=True)  # a resumed run tries failed tasks again
        elif self._seen is not None and version != self._seen:
            self.catalog.refresh()
        else:
            self._seen = version
            return
        self._seen = version
        self.catalog.count()

    def work(self) -> None:
        """List the rest of the tasks, then follow the run, until `close`."""
        try:
            rounds = 0
            while not self._stop.is_set() and self.catalog.step():
                rounds += 1
                if rounds in (1, 10, 40, 160):
                    self.catalog.count()
                time.sleep(0.002)  # a reader may have its turn
            if not self._stop.is_set():
                self.catalog.finish(keep=not self.state.get("live"))
            took = 0.0
            while not self._stop.wait(max(LOOK, 5 * took)):
                start = time.monotonic()
                self.look()
                took = time.monotonic() - start
                while self.catalog.step() and not self._stop.is_set():
                    time.sleep(0.002)
                if not self.catalog.indexed and not self._stop.is_set():
                    self.catalog.finish(keep=not self.state.get("live"))
        except sqlite3.Error as error:
            if not self._stop.is_set():
                self.state = {**self.state, "fault": str(error)}

    def close(self) -> None:
        """Stop following."""
        self._stop.set()


@contextmanager
def open_runs(folder: Path, against: Path | None = None, *, follow: bool = True) -> Iterator[Viewed]:
    """Open a run, and another to compare with. Raises `RunFolderError` where there is none."""
    meta = read_meta(folder)
    if "run_id" not in meta:
        raise RunFolderError(
            f"there is no run in {str(folder)!r}: give the folder that fd run wrote, which holds {LEDGER}"
        )
    config = recorded_config(meta).config
    with ExitStack() as stack:
        ledger = stack.enter_context(reading(folder))
        other = None if against is None else stack.enter_context(reading(against))
        outcomes = {} if against is None else read_outcomes(against)
        viewed = Viewed(
            folder=folder,
            against=against,
            run_id=meta["run_id"],
            config=config,
            kind=kind_of(config.scenario),
            catalog=Catalog(ledger=ledger, file=ListFile(folder=folder, against=against), other=outcomes),
            other=other,
        )
        viewed.catalog.start()
        viewed.look()
        worker = threading.Thread(target=viewed.work, name="fastdistill-view", daemon=True)
        if follow:
            worker.start()
        else:
            while viewed.catalog.step():
                pass
            viewed.catalog.finish(keep=not viewed.state.get("live"))
        try:
            yield viewed
        finally:
            viewed.close()
            if follow:
                worker.join(10)
            viewed.catalog.close()
