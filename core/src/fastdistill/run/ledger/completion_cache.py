"""Completions kept across runs, keyed by `request_id`: the same question is never paid for twice."""

import sqlite3
import threading
from pathlib import Path
from typing import Any

from attrs import define, evolve, field

from fastdistill.model.answer import Call, Completion, Usage
from fastdistill.run.ledger.rows import USAGE, choices_json, read_completion

_SCHEMA = """
CREATE TABLE IF NOT EXISTS completions (
    request_id TEXT PRIMARY KEY, choices TEXT NOT NULL, model TEXT NOT NULL, prompt_tokens INTEGER,
    completion_tokens INTEGER, cached_tokens INTEGER, reasoning_tokens INTEGER, latency REAL NOT NULL,
    cached INTEGER NOT NULL
) WITHOUT ROWID
"""
_PUT = "INSERT OR REPLACE INTO completions VALUES (?,?,?,?,?,?,?,?,0)"


@define
class CompletionCache:
    """One SQLite file, shared by processes. What it cannot keep is asked again: it never fails a run."""

    path: Path
    _connection: sqlite3.Connection | None = field(init=False, default=None)
    _lock: threading.Lock = field(init=False, factory=threading.Lock)
    _waiting: list[tuple[Any, ...]] = field(init=False, factory=list)

    def __attrs_post_init__(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            made = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=5)
            made.row_factory = sqlite3.Row
            made.execute("PRAGMA journal_mode = WAL")
            made.execute("PRAGMA synchronous = NORMAL")
            made.execute(_SCHEMA)
            self._connection = made
        except (OSError, sqlite3.Error):
            self._connection = None

    def get(self, request_id: str) -> Completion | None:
        """The answer kept for that request, marked `cached`."""
        if self._connection is None:
            return None
        try:
            with self._lock:
                row = self._connection.execute(
                    "SELECT * FROM completions WHERE request_id = ?", (request_id,)
                ).fetchone()
        except sqlite3.Error:
            return None
        return evolve(read_completion(row), cached=True) if row else None

    def put(self, call: Call, completion: Completion) -> None:
        """Keep an answer with the next `flush`."""
        if self._connection is not None:
            usage = completion.usage or Usage()
            counts = (getattr(usage, name) for name in USAGE)
            row = (call.request_id, choices_json(completion), completion.model, *counts, completion.latency)
            self._waiting.append(row)

    def flush(self) -> None:
        """Write what waits; a failure loses only the saving."""
        waiting, self._waiting = self._waiting, []
        if self._connection is None or not waiting:
            return
        try:
            with self._lock:
                self._connection.execute("BEGIN IMMEDIATE")
                self._connection.executemany(_PUT, waiting)
                self._connection.execute("COMMIT")
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Write what waits and close."""
        self.flush()
        if self._connection is not None:
            self._connection.close()
            self._connection = None
