"""What a person says of a verdict, kept as labelled cases that `fd audit --cases` reads."""

import json
import os
import threading
from pathlib import Path
from typing import Any, Literal

from attrs import define, field

from fastdistill.errors import UsageError
from fastdistill.run.jsonl import dumps
from fastdistill.run.ledger.task_view import SeenAnswer, SeenTask

Expect = Literal["accept", "reject"]


def cases_beside(folder: Path) -> Path:
    """The file for a run's cases: beside its folder, since nothing in that is changed."""
    whole = folder.resolve()
    return whole.with_name(f"{whole.name}.cases.jsonl")


@define(kw_only=True)
class Labels:
    """A file of cases that grows."""

    path: Path
    run_id: str
    _known: dict[tuple[str, str], Expect] = field(factory=dict, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False)

    def __attrs_post_init__(self) -> None:
        """Read what is there."""
        if self.path.is_file():
            for line in self.path.read_text(encoding="utf-8", errors="replace").splitlines():
                self._note(line)

    def _note(self, line: str) -> None:
        try:
            case = json.loads(line)
            self._known[case["task_id"], case["reply"]] = case["expect"]
        except (ValueError, TypeError, KeyError, RecursionError):
            return  # a line of somebody else: fd audit says what is wrong with it

    @property
    def count(self) -> int:
        """How many answers are labelled."""
        return len(self._known)

    def of(self, task: SeenTask, answer: SeenAnswer) -> Expect | None:
        """What a person expects of an answer, where one has said so."""
        return self._known.get((task.task_id, answer.text))

    def add(self, task: SeenTask, answer: SeenAnswer, expect: Expect, note: str = "") -> bool:
        """Append a case; return whether it was new. Raises `UsageError` where it cannot be one."""
        if not task.row:
            raise UsageError(
                f"the ledger does not hold the row of task {task.task_id!r}: it is of a run by an older "
                "Fast Distill"
            )
        with self._lock:
            before = self._known.get((task.task_id, answer.text))
            if before == expect:
                return False
            if before is not None:
                raise UsageError(
                    f"{str(self.path)!r} already expects {before} of this answer: take that line out first"
                )
            last = answer.verdicts[-1] if answer.verdicts else None
            label: dict[str, Any] = {
                "run": self.run_id,
                "said": answer.outcome,
                "gate": last.gate if last else None,
                "reason": last.reason if last else None,
                "attempt": answer.attempt,
                "note": note[:2000],
            }
            case = {**task.row, "task_id": task.task_id, "reply": answer.text, "expect": expect}
            self._append(dumps({**case, "label": label}))
            self._known[task.task_id, answer.text] = expect
            return True

    def _append(self, line: str) -> None:
        try:
            with self.path.open("ab") as file:
                file.write(line.encode("utf-8", "replace") + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise UsageError(
                f"cannot write {str(self.path)!r}: {error.strerror or error}; name another with --cases"
            ) from None
