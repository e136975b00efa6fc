"""What importers share: drawing a sample, keeping a schema on one side, checking gold, writing rows."""

import json
import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from attrs import field, frozen

from fastdistill import ImportOptions, ImportReport, UsageError

_STEPS = 20_000
"""Progress callbacks (of 1,000 VM instructions) that checking one gold may take."""


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
    tags: tuple[str, ...] = ()
    meta: dict[str, Any] = field(factory=dict)


def read_json(path: Path) -> Any:
    """A file of JSON. Raises `UsageError` naming the path."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {str(path)!r}: {error}") from error


def copy_of(database: Path) -> Callable[[Path], None]:
    """Puts a copy of `database` where it is wanted."""

    def place(into: Path) -> None:
        try:
            shutil.copyfile(database, into)
        except OSError as error:
            raise UsageError(f"cannot copy the database {str(database)!r}: {error}") from error

    return place


def write(found: Iterable[Found], out: Path, options: ImportOptions) -> ImportReport:
    """Draw, check and write: `tasks.jsonl`, `eval.jsonl` when a share is put aside, `databases/`."""
    every = list(found)
    rng = random.Random(options.seed)  # noqa: S311  a sample, not a secret
    count = len(every) if options.samples is None else min(options.samples, len(every))
    drawn = [every[i] for i in sorted(rng.sample(range(len(every)), count))]
    aside = _aside(sorted({one.group for one in drawn}), options.eval_share, rng)
    counts = Counter({"found": len(every), "drawn": len(drawn), "schemas": len({o.group for o in drawn})})
    (out / "databases").mkdir(parents=True, exist_ok=True)
    rows: dict[bool, list[dict[str, Any]]] = {False: [], True: []}
    for one in drawn:
        path = out / "databases" / one.database
        if not path.exists():
            one.place(path)
        state = gold_state(path, one.gold_sql)
        counts[state] += 1
        if state != "gold-fails":
            rows[one.group in aside].append(_row(one, state))
    files = [_lines(out / "tasks.jsonl", rows[False])]
    if options.eval_share > 0:
        files.append(_lines(out / "eval.jsonl", rows[True]))
    counts["tasks"], counts["eval"] = len(rows[False]), len(rows[True])
    return ImportReport(files=tuple(files), counts=dict(counts))


def gold_state(database: Path, gold: str) -> str:
    """`usable`, `degenerate` (no row, or nothing but NULL) or `gold-fails`, also when it takes too long."""
    steps = iter(range(_STEPS))
    try:
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as opened:
            opened.text_factory = bytes
            opened.set_progress_handler(lambda: next(steps, None) is None, 1000)
            rows = opened.execute(gold).fetchmany(1000)
    except (sqlite3.Error, sqlite3.Warning):
        return "gold-fails"
    return "usable" if any(value is not None for row in rows for value in row) else "degenerate"


def _aside(groups: Sequence[str], share: float, rng: random.Random) -> set[str]:
    if share <= 0 or len(groups) < 2:
        return set()
    count = min(len(groups) - 1, max(1, round(share * len(groups))))
    return set(rng.sample(groups, count))


def _row(one: Found, state: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "task_id": one.task_id,
        "question": one.question,
        "database": f"databases/{one.database}",
        "gold_sql": one.gold_sql,
    }
    tags = [*one.tags, *(["degenerate"] if state == "degenerate" else [])]
    return row | ({"tags": tags} if tags else {}) | ({"meta": one.meta} if one.meta else {})


def _lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")
    return path
