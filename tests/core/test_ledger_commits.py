"""What a flush promises: everything that was recorded before it is committed when it returns."""

import sqlite3
import threading
from pathlib import Path

import anyio
import anyio.to_thread
import pytest
from attrs import define, field
from support.peers import a_question

from fastdistill import ServerFailed
from fastdistill.run.ledger.ledger import Ledger

pytestmark = pytest.mark.anyio


def faults(ledger: sqlite3.Connection) -> int:
    return int(ledger.execute("SELECT COUNT(*) FROM faults").fetchone()[0])


@define
class Held:
    """Keeps a ledger busy, so that what is to be written waits until it is let go."""

    ledger: Ledger
    holds: threading.Event = field(factory=threading.Event)
    let_go: threading.Event = field(factory=threading.Event)

    async def keep(self) -> None:
        await anyio.to_thread.run_sync(self.ledger.measure, self._measure)

    async def held(self) -> None:
        await anyio.to_thread.run_sync(self.holds.wait)

    def _measure(self, _: sqlite3.Connection) -> None:
        self.holds.set()
        assert self.let_go.wait(60)


async def test_a_flush_waits_for_the_one_under_way(tmp_path: Path) -> None:
    """The pilot flushes and then measures: figures over half of the answers would miss a floor."""
    ledger = Ledger(tmp_path / "ledger.sqlite")
    ledger.open()
    busy = Held(ledger)
    async with anyio.create_task_group() as group:
        group.start_soon(busy.keep)
        await busy.held()
        ledger.record_failed_call(a_question("one"), "teacher", ServerFailed("HTTP 500"), final=True)
        group.start_soon(ledger.flush)
        await anyio.wait_all_tasks_blocked()
        with anyio.move_on_after(0.2) as late:
            await ledger.flush()
        busy.let_go.set()
    assert late.cancelled_caught, "it returned before what was recorded is there"
    assert ledger.measure(faults) == 1
    ledger.close()


async def test_the_committer_hears_of_what_comes_after_anothers_flush(tmp_path: Path) -> None:
    """A flush that began while the committer was writing took its wake-up away: the run stood still."""
    ledger = Ledger(tmp_path / "ledger.sqlite")
    ledger.open()
    busy = Held(ledger)
    async with anyio.create_task_group() as group:
        group.start_soon(ledger.commit_forever)
        group.start_soon(busy.keep)
        await busy.held()
        ledger.record_failed_call(a_question("one"), "teacher", ServerFailed("HTTP 500"), final=True)
        await anyio.wait_all_tasks_blocked()
        group.start_soon(ledger.flush)
        await anyio.wait_all_tasks_blocked()
        busy.let_go.set()
        with anyio.move_on_after(0.3):  # both flushes end
            await anyio.sleep_forever()
        with anyio.fail_after(30):
            await ledger.record_attempt(a_question("two"), "teacher")
        group.cancel_scope.cancel()
    ledger.close()
