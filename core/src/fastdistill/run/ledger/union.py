"""Unites the ledgers of a run's shards: rows are keyed by sample and request, so it is a plain union."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from fastdistill.run.ledger.connection import connect_writer, reading
from fastdistill.run.ledger.metrics import counts
from fastdistill.run.ledger.timings import sessions

TWICE = "duplicate-task-id"
"""Reason of a line whose task id stands in an earlier line already."""

KEYED = ("tasks", "bad_tasks", "completions", "batches", "attempts", "candidates", "verdicts", "decisions")
NUMBERED = {
    "faults": "request_id, sample_id, teacher, purpose, kind, detail, final, at",
    "sessions": "started, ended, outcome, timing",
}
"""Tables whose rows have a number of their own, with the columns to take over."""

# One machine takes a task_id where it first stands; shards cannot see each other's.
_TWICE = """
SELECT iif(mine.position > other.position, mine.sample_id, other.sample_id) AS sample_id,
       iif(mine.position > other.position, mine.line, other.line) AS line,
       max(mine.position, other.position) AS position, task_id
FROM shard.tasks mine JOIN main.tasks other USING (task_id)
"""


def twice(task_id: str, line: int) -> str:
    """Return what is said of a task whose name stands already in `line`."""
    return f"task_id {task_id!r} stands twice; its first is in line {line}"


def is_complete(folder: Path) -> bool:
    """Return whether the run in `folder` came to its end with every task decided."""
    with reading(folder) as ledger:
        ended = sessions(ledger)
        return (
            bool(ended) and ended[-1]["outcome"] in ("done", "faults") and not counts(ledger)["unfinished"]
        )


def unite(target: Path, ledgers: Sequence[Path]) -> None:
    """Write the union of `ledgers` into the new ledger `target`; those given may be changed by it."""
    for path in ledgers:
        connect_writer(path).close()  # brings it to this version
    with closing(connect_writer(target)) as connection:
        for path in ledgers:
            connection.execute("ATTACH ? AS shard", (str(path),))
            connection.execute("BEGIN")
            _take(connection)
            connection.execute("COMMIT")
            connection.execute("DETACH shard")
        firsts = connection.execute(
            "SELECT b.position, t.task_id, t.line FROM bad_tasks b JOIN tasks t USING (task_id)"
            " WHERE b.reason = ?",
            (TWICE,),
        ).fetchall()
        connection.executemany(
            "UPDATE bad_tasks SET detail = ? WHERE position = ?",
            [(twice(row["task_id"], row["line"]), row["position"]) for row in firsts],
        )


def _take(connection: sqlite3.Connection) -> None:
    late = connection.execute(_TWICE).fetchall()
    for row in late:
        bad = (row["position"], row["line"], row["task_id"], TWICE, "")
        connection.execute(
            "INSERT OR IGNORE INTO main.bad_tasks (position, line, task_id, reason, detail)"
            " VALUES (?,?,?,?,?)",
            bad,
        )
        for schema in ("main", "shard"):
            connection.execute(f"DELETE FROM {schema}.tasks WHERE sample_id = ?", (row["sample_id"],))  # noqa: S608
    for table in KEYED:
        columns = ", ".join(
            row["name"] for row in connection.execute(f"PRAGMA main.table_info({table})").fetchall()
        )
        connection.execute(
            f"INSERT OR IGNORE INTO main.{table} ({columns}) SELECT {columns} FROM shard.{table}"  # noqa: S608
        )
    for table, columns in NUMBERED.items():
        connection.execute(
            f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM shard.{table} ORDER BY id"  # noqa: S608
        )
    for row in late:
        for table in ("attempts", "candidates", "verdicts", "decisions"):
            connection.execute(f"DELETE FROM main.{table} WHERE sample_id = ?", (row["sample_id"],))  # noqa: S608
        connection.execute(
            "UPDATE main.tasks SET duplicate_of = NULL WHERE duplicate_of = ?", (row["sample_id"],)
        )
