"""Finds the replies to a task: an index on disk, so that memory does not grow with what was recorded."""

import json
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from attrs import asdict, define, field

from fastdistill.builtin.recorded.files import rows_of
from fastdistill.builtin.recorded.layouts import Found, Reply, read
from fastdistill.model.answer import Choice, Usage

_SCHEMA = """
CREATE TABLE rows (
    id INTEGER PRIMARY KEY, task_id TEXT, other_id TEXT, question BLOB, ord INTEGER, replies TEXT
);
"""
_INDEXES = """
CREATE INDEX by_id ON rows (task_id) WHERE task_id IS NOT NULL;
CREATE INDEX by_other ON rows (other_id) WHERE other_id IS NOT NULL;
CREATE INDEX by_question ON rows (question) WHERE question IS NOT NULL;
"""


def _key(text: str) -> bytes:
    """Return what two writings of one question share: white space at their ends and Unicode form aside."""
    return sha256(unicodedata.normalize("NFC", text).strip().encode(errors="replace")).digest()[:16]


@define(kw_only=True)
class Replies:
    """All recorded replies, by task id and by question."""

    columns: Mapping[str, str]
    total: int = field(default=0, init=False)
    """Replies."""
    problems: Counter[str] = field(factory=Counter, init=False)
    """Rows without a reply, by slug."""
    _db: sqlite3.Connection = field(init=False)

    def load(self, files: Iterable[Path], database: Path) -> None:
        """Read every file into the index at `database`. Raises `UsageError` for a file that is none."""
        self._db = sqlite3.connect(database, check_same_thread=False)
        self._db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
        for file in files:
            for row in rows_of(file):
                self._add(Found(problem="unreadable") if row is None else read(row, self.columns))
        self._db.executescript(_INDEXES)

    def close(self) -> None:
        """Close the index."""
        self._db.close()

    def _add(self, found: Found) -> None:
        named = found.task_id or found.other_id or found.question
        if found.problem or not named:
            self.problems[found.problem or "no-task-named"] += 1
            return
        self.total += len(found.replies)
        question = None if found.question is None else _key(found.question)
        replies = json.dumps([asdict(one) for one in found.replies])
        self._db.execute(
            "INSERT INTO rows (task_id, other_id, question, ord, replies) VALUES (?, ?, ?, ?, ?)",
            (found.task_id, found.other_id, question, found.order, replies),
        )

    def find(self, task_id: str | None, asked: Iterable[str]) -> list[tuple[int, Reply]]:
        """Return the replies to a task in order, each with its row's number.

        `asked` holds texts that may have been the question. An id of ours tells best, then a question, then
        an id that may be of another numbering.
        """
        rows = self._rows("task_id = ?", task_id) if task_id is not None else []
        for text in asked:
            rows = rows or self._rows("question = ?", _key(text))
        if not rows and task_id is not None:
            rows = self._rows("other_id = ? AND task_id IS NULL", task_id)
        return [(row, _reply(one)) for row, replies in rows for one in json.loads(replies)]

    def _rows(self, where: str, value: str | bytes) -> list[tuple[int, str]]:
        query = f"SELECT id, replies FROM rows WHERE {where} ORDER BY ord, id"  # noqa: S608  words of ours
        return self._db.execute(query, (value,)).fetchall()

    def unused(self, used: set[int], most: int = 3) -> list[str]:
        """Return how some rows that no task asked for name theirs, for a message."""
        found = list[str]()
        for row, task_id, other_id in self._db.execute(
            "SELECT id, task_id, other_id FROM rows ORDER BY id"
        ):
            if row not in used:
                found.append(str(task_id or other_id or "a question")[:60])
            if len(found) == most:
                break
        return found


def _reply(data: dict[str, Any]) -> Reply:
    usage = data["usage"]
    return Reply(
        choice=Choice(**data["choice"]),
        usage=None if usage is None else Usage(**usage),
        model=data["model"],
    )
