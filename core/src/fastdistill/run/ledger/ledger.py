"""The durable memory of a run: one SQLite file, written in groups, read by anyone.

What is awaited is on disk when the call returns; writers that come at the same time share one commit. What
is not awaited goes with the next. Every statement stands in this package, behind a `record_` or `read_`.
"""

import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import anyio
import anyio.to_thread
from attrs import define, field

from fastdistill.errors import FastDistillError, ProviderError, RunFolderError, error_of
from fastdistill.model.answer import Call, Completion, Reading
from fastdistill.model.sample import Decision, Status
from fastdistill.model.verdict import Verdict
from fastdistill.run.jsonl import dumps
from fastdistill.run.ledger import rows
from fastdistill.run.ledger.connection import connect_writer
from fastdistill.run.ledger.rows import Statement
from fastdistill.run.ledger.task_rows import BadTaskRow, KnownTask, TaskRow

T = TypeVar("T")


@define
class _Group:
    statements: list[Statement] = field(factory=list)
    done: anyio.Event = field(factory=anyio.Event)
    error: Exception | None = None


@define
class Ledger:
    """The ledger of one run. Use it after `open`, beside a task that runs `commit_forever`."""

    path: Path
    _opened: sqlite3.Connection | None = field(default=None, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False)
    _group: _Group = field(factory=_Group, init=False)
    _wake: anyio.Event = field(factory=anyio.Event, init=False)
    _flushing: anyio.Lock = field(factory=anyio.Lock, init=False)
    """One group at a time: who flushes may read at once what another's flush has under way."""

    def open(self) -> None:
        """Open the file for writing, which changes it. Raises `RunFolderError` if it is no ledger."""
        self._opened = connect_writer(self.path)

    @property
    def _connection(self) -> sqlite3.Connection:
        assert self._opened is not None, "the ledger is not open"  # noqa: S101  ours
        return self._opened

    # -- what a run records

    def record_tasks(
        self,
        tasks: Iterable[TaskRow],
        bad: Iterable[BadTaskRow],
        decided: Iterable[tuple[str, Decision]] = (),
    ) -> None:
        """Enter tasks, lines that are none, and decisions on tasks that nobody is asked about, now.

        What is there already stays as it is. May be called in a thread, as `write` may.
        """
        now = time.time()
        skipped = [rows.decision_statement(sample_id, decision, now) for sample_id, decision in decided]
        self.write([*(one.statement() for one in bad), *(one.statement() for one in tasks), *skipped])

    async def record_completion(
        self, call: Call, teacher: str, got: Completion, *, waited: float, as_attempt: bool = False
    ) -> None:
        """Record an answer; durable on return. `as_attempt` says that it is an attempt at its task."""
        made = [rows.completion_statement(call, teacher, got, waited, time.time())]
        if as_attempt:
            made.append(_attempt(call, teacher))
        await self._add(made)

    async def record_attempt(self, call: Call, teacher: str) -> None:
        """Record that an answer which is here already serves an attempt; durable on return."""
        await self._add([_attempt(call, teacher)])

    def record_failed_call(self, call: Call, teacher: str, error: ProviderError, *, final: bool) -> None:
        """Record a call that failed; `final` where it was not asked again."""
        self._note([rows.failed_call_statement(call, teacher, error, time.time(), final=final)])

    def record_batch(self, calls: Iterable[Call], batch_id: str, endpoint: str) -> None:
        """Record which offline batch the calls are in, now."""
        self.write([(rows.BATCH, (call.request_id, batch_id, endpoint, time.time())) for call in calls])

    def record_judgement(
        self, sample_id: str, attempt: int, choice: int, reading: Reading, verdicts: Sequence[Verdict]
    ) -> None:
        """Record what was read out of a choice and what the gates said of it."""
        self._note(
            [
                rows.candidate_statement(sample_id, attempt, choice, reading),
                *(
                    rows.verdict_statement(sample_id, attempt, choice, ordinal, verdict)
                    for ordinal, verdict in enumerate(verdicts)
                ),
            ]
        )

    def record_decision(self, sample_id: str, decision: Decision) -> None:
        """Record what became of a task; its judgements are written no later."""
        self._note([rows.decision_statement(sample_id, decision, time.time())])

    def begin_session(self, meta: Mapping[str, str], *, reopen: Collection[Status] = ()) -> int:
        """Record the start of a session with the run's `meta`; return its number.

        Tasks that were decided as one of `reopen` are open again: their answers stay, and are judged again.
        """
        statements: list[Statement] = [(rows.META, pair) for pair in meta.items()]
        for status in reopen:
            decided = "sample_id IN (SELECT sample_id FROM decisions WHERE status = ?)"
            statements += [
                (f"DELETE FROM {table} WHERE {decided}", (status.value,))  # noqa: S608  names of ours
                for table in ("attempts", "candidates", "verdicts", "decisions")
            ]
        statements.append(("INSERT INTO sessions (started) VALUES (?)", (time.time(),)))
        self.write(statements)
        return int(self._query("SELECT MAX(id) AS id FROM sessions")[0]["id"])

    def end_session(self, session: int, outcome: str, timing: Mapping[str, Any], *, finished: str) -> None:
        """Record how a session ended, and how far into the source the run is `finished`."""
        self.write(
            [
                (
                    "UPDATE sessions SET ended = ?, outcome = ?, timing = ? WHERE id = ?",
                    (time.time(), outcome, dumps(timing), session),
                ),
                (rows.META, ("finished", finished)),
            ]
        )

    # -- what a run reads again

    def read_meta(self) -> dict[str, str]:
        """Return what the ledger says of its run."""
        return {row["key"]: row["value"] for row in self._query("SELECT key, value FROM meta")}

    def read_completion(self, request_id: str) -> Completion | None:
        """Return the answer to a request, if it is here."""
        found = self._query("SELECT * FROM completions WHERE request_id = ?", (request_id,))
        return rows.read_completion(dict(found[0])) if found else None

    def read_failed_call(self, request_id: str) -> ProviderError | None:
        """Return the error that a request ended with, if it did."""
        found = self._query(
            "SELECT kind, detail FROM faults WHERE request_id = ? AND final = 1 ORDER BY id DESC LIMIT 1",
            (request_id,),
        )
        return error_of(found[0]["kind"], found[0]["detail"]) if found else None

    def read_batch(self, request_id: str) -> tuple[str, str] | None:
        """Return the batch that a request was last submitted with and its endpoint, if there is one."""
        found = self._query("SELECT batch_id, endpoint FROM batches WHERE request_id = ?", (request_id,))
        return (found[0]["batch_id"], found[0]["endpoint"]) if found else None

    def read_known_tasks(self, task_ids: Sequence[str]) -> dict[str, KnownTask]:
        """Return those of the tasks that are here, by task id."""
        found = self._query(
            "SELECT task_id, position, line, duplicate_of, status FROM tasks"  # noqa: S608  marks only
            f" LEFT JOIN decisions USING (sample_id) WHERE task_id IN ({_marks(task_ids)})",
            task_ids,
        )
        return {
            row["task_id"]: KnownTask(
                task_id=row["task_id"],
                position=row["position"],
                line=row["line"],
                duplicate_of=row["duplicate_of"],
                decided=row["status"] is not None,
            )
            for row in found
        }

    def read_first_of_input(self, digests: Sequence[bytes]) -> dict[bytes, str]:
        """Return the sample id of the first task with each of the inputs, as far as they are here."""
        found = self._query(
            "SELECT input_digest, sample_id FROM tasks"  # noqa: S608  marks only
            f" WHERE duplicate_of IS NULL AND input_digest IN ({_marks(digests)})",
            digests,
        )
        return {row["input_digest"]: row["sample_id"] for row in found}

    def measure(self, metric: Callable[[sqlite3.Connection], T]) -> T:
        """Return a figure of `ledger.metrics` over what is committed."""
        with self._lock:
            return metric(self._connection)

    # -- commits

    @asynccontextmanager
    async def committing(self) -> AsyncIterator[None]:
        """Commit what is recorded within, so that who awaits it goes on; at the end all is on disk."""
        failure: FastDistillError | None = None
        async with anyio.create_task_group() as group:
            group.start_soon(self.commit_forever)
            try:
                yield
                await self.flush()
            except FastDistillError as error:  # as it is, not in the group's wrapping
                failure = error
            group.cancel_scope.cancel()
        if failure is not None:
            raise failure

    async def commit_forever(self) -> None:
        """Commit group after group until cancelled."""
        while True:
            await self._wake.wait()
            # Only its one waiter puts a new event here: put by anybody's flush, the waiter would miss it.
            self._wake = anyio.Event()
            await self.flush()

    async def flush(self) -> None:
        """Commit all that was recorded before, in its order. Raises `RunFolderError` when the disk refuses.

        Everybody who waits for a part of it hears of that.
        """
        async with self._flushing:
            group, self._group = self._group, _Group()
            try:
                with anyio.CancelScope(shield=True):
                    # A thread of its own: plugins may keep every other waiting.
                    await anyio.to_thread.run_sync(
                        self.write, group.statements, limiter=anyio.CapacityLimiter(1)
                    )
            except Exception as error:
                group.error = error  # nobody may take for durable what is not
                raise
            finally:
                group.done.set()

    def flush_now(self) -> None:
        """Commit what no group has committed yet, in this thread."""
        group, self._group = self._group, _Group()
        self.write(group.statements)

    def write(self, statements: Sequence[Statement]) -> None:
        """Commit `statements` now, in this thread. Raises `RunFolderError` when the disk refuses."""
        if not statements:
            return
        with self._lock:
            connection = self._connection
            try:
                connection.execute("BEGIN IMMEDIATE")
                for sql, values in _by_kind(statements):
                    connection.executemany(sql, values)
                connection.execute("COMMIT")
            except sqlite3.Error as error:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise RunFolderError(
                    f"cannot write the ledger {str(self.path)!r}: {error}; what it holds is safe: repair "
                    "that and run the same command again"
                ) from error

    def checkpoint(self) -> None:
        """Put the log into the file and leave WAL mode, so that the ledger is one file.

        While somebody reads the ledger the log stays beside it, and holds nothing that the file does not.
        """
        with self._lock, suppress(sqlite3.OperationalError):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._connection.execute("PRAGMA journal_mode = DELETE")

    def close(self) -> None:
        """Close the file, if it is open."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    async def _add(self, statements: Iterable[Statement]) -> None:
        group = self._group
        group.statements.extend(statements)
        self._wake.set()
        await group.done.wait()
        if group.error:
            raise group.error

    def _note(self, statements: Iterable[Statement]) -> None:
        self._group.statements.extend(statements)
        self._wake.set()

    def _query(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()


def _attempt(call: Call, teacher: str) -> Statement:
    return rows.ATTEMPT, (call.sample_id, call.attempt, teacher, call.teacher_attempt, call.request_id)


def _marks(values: Sequence[Any]) -> str:
    return ",".join("?" * len(values))


def _by_kind(statements: Sequence[Statement]) -> Iterable[tuple[str, list[tuple[Any, ...]]]]:
    """Gather statements by their SQL, each kind in the order given; kinds do not depend on each other."""
    by_sql: dict[str, list[tuple[Any, ...]]] = {}
    for sql, values in statements:
        by_sql.setdefault(sql, []).append(values)
    return by_sql.items()
