"""One judgement of the SQL gate in this process: no workers, no store."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from fastdistill_sql import judging


def made(folder: Path, script: str, name: str = "made.sqlite") -> Path:
    """A database in `folder` from `script`."""
    path = folder / name
    with closing(sqlite3.connect(path)) as database:
        database.executescript(script)
    return path


def judged(database: Path, gold: str | tuple[str, ...], answer: str, **options: Any) -> dict[str, Any]:
    """The finding's fields; `options` are those of `judging.Job`."""
    golds = [gold] if isinstance(gold, str) else list(gold)
    number = len(list(database.parent.glob("*.suite")))
    suite = database.parent / f"{number}.suite"
    shared = {"database": str(database), "golds": golds, "comparison": options.pop("comparison", {})}
    judging.make_suite({**shared, **options, "into": str(suite)})
    job = {**shared, "candidate": answer, "suite": str(suite), "budget": {}, **options}
    return judging.judge(job)
