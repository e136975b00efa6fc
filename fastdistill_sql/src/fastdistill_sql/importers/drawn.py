"""What importers share: drawing a sample, keeping a schema on one side, checking gold, writing rows."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from attrs import field, frozen

from fastdistill import ImportOptions, ImportReport, UsageError
from fastdistill_sql.importers.descriptions import Notes
from fastdistill_sql.importers.golds import Checked, check


@frozen(kw_only=True)
class Found:
    """A question of a release."""

    task_id: str
    question: str
    gold_sql: str
    group: str
    """The schema: all questions of one go to one side of the split."""
    database: str
    """Its name in the written folder."""
    place: Callable[[Path], None]
    """Puts the database at a path."""
    describe: Callable[[], tuple[Notes, list[str]]] | None = None
    """Descriptions of its columns, and the files of them that cannot be read."""
    tags: tuple[str, ...] = ()
    meta: dict[str, Any] = field(factory=dict)


def write(found: Iterable[Found], out: Path, options: ImportOptions) -> ImportReport:
    """Draw, check and write: `tasks.jsonl`, `eval.jsonl` when a share is put aside, `databases/`.

    `left_out.jsonl` names each question whose gold cannot judge anybody, and why.
    Raises `UsageError` when not one of the databases is there.
    """
    every = list(found)
    rng = random.Random(options.seed)  # noqa: S311  a sample, not a secret
    count = len(every) if options.samples is None else min(options.samples, len(every))
    drawn = [every[i] for i in sorted(rng.sample(range(len(every)), count))]
    aside = _aside(sorted({one.group for one in drawn}), options.eval_share, rng)
    writer = _Writer(out)
    counts = Counter({"found": len(every), "drawn": len(drawn), "schemas": len({o.group for o in drawn})})
    rows: dict[bool, list[dict[str, Any]]] = {False: [], True: []}
    left_out: list[dict[str, Any]] = []
    for one in drawn:
        checked = writer.check(one)
        counts[checked.state] += 1
        if checked.state in ("usable", "degenerate"):
            rows[one.group in aside].append(_row(one, checked, writer.described(one)))
        else:
            left_out.append(_left_out(one, checked))
    if drawn and counts["missing-database"] == len(drawn):
        raise UsageError(
            f"not one database is there: {left_out[0]['detail']}; name their folder with --databases"
        )
    files = [_lines(out / "tasks.jsonl", rows[False])]
    if options.eval_share > 0:
        files.append(_lines(out / "eval.jsonl", rows[True]))
    files.append(_lines(out / "left_out.jsonl", left_out))
    counts["tasks"], counts["eval"], counts["left-out"] = len(rows[False]), len(rows[True]), len(left_out)
    if writer.unreadable:
        counts["unreadable-descriptions"] = writer.unreadable
    return ImportReport(files=tuple(files), counts=dict(counts))


class _Writer:
    """Puts databases and their descriptions in place, each once."""

    def __init__(self, out: Path) -> None:
        self.folder = out / "databases"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.unreadable = 0
        self._notes: dict[str, str] = {}
        self._missing: dict[str, str] = {}

    def check(self, one: Found) -> Checked:
        """What the gate's reader says of its gold."""
        path = self.folder / one.database
        if not path.exists() and one.database not in self._missing:
            try:
                one.place(path)
            except OSError as error:
                self._missing[one.database] = str(error)
        if one.database in self._missing:
            return Checked("missing-database", "missing-database", self._missing[one.database])
        return check(path, one.gold_sql)

    def described(self, one: Found) -> str:
        """The file of its database's descriptions, relative to the task file, or empty."""
        if one.describe is None:
            return ""
        if one.database not in self._notes:
            notes, unreadable = one.describe()
            self.unreadable += len(unreadable)
            name = f"databases/{Path(one.database).stem}.columns.json" if notes else ""
            if name:
                text = json.dumps(notes, ensure_ascii=False, indent=1, sort_keys=True)
                (self.folder.parent / name).write_text(text + "\n", encoding="utf-8")
            self._notes[one.database] = name
        return self._notes[one.database]


def _aside(groups: Sequence[str], share: float, rng: random.Random) -> set[str]:
    if share <= 0 or len(groups) < 2:
        return set()
    count = min(len(groups) - 1, max(1, round(share * len(groups))))
    return set(rng.sample(groups, count))


def _row(one: Found, checked: Checked, notes: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "task_id": one.task_id,
        "question": one.question,
        "database": f"databases/{one.database}",
        "gold_sql": one.gold_sql,
    }
    tags = [*one.tags, *(["degenerate"] if checked.state == "degenerate" else [])]
    row |= {"tags": tags} if tags else {}
    row |= {"descriptions": notes} if notes else {}
    return row | ({"meta": one.meta} if one.meta else {})


def _left_out(one: Found, checked: Checked) -> dict[str, Any]:
    return {
        "task_id": one.task_id,
        "database": one.database,
        "question": one.question,
        "gold_sql": one.gold_sql,
        "reason": checked.state,
        "cause": checked.cause,
        "detail": checked.detail,
    }


def _lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")
    return path
