"""A ledger whose disk refuses says so, keeps what it has, and goes on when there is room."""

from pathlib import Path

import pytest

from fastdistill.errors import RunFolderError
from fastdistill.run.ledger.ledger import Ledger
from fastdistill.run.ledger.task_rows import BadTaskRow


def bad(position: int, size: int) -> BadTaskRow:
    return BadTaskRow(position=position, line=position, task_id=None, reason="bad-row", detail="x" * size)


def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    ledger.open()
    ledger.record_tasks([], [bad(1, 10)])
    pages = ledger.measure(lambda found: found.execute("PRAGMA page_count").fetchone()[0])
    ledger.measure(lambda found: found.execute(f"PRAGMA max_page_count = {pages}").fetchone())
    with pytest.raises(RunFolderError, match="full; what it holds is safe: repair that and run the same"):
        ledger.record_tasks([], [bad(2, 100_000)])
    ledger.measure(lambda found: found.execute("PRAGMA max_page_count = 10000").fetchone())
    ledger.record_tasks([], [bad(3, 100_000)])
    held = ledger.measure(lambda found: found.execute("SELECT position FROM bad_tasks").fetchall())
    assert [row["position"] for row in held] == [1, 3]
    ledger.close()
