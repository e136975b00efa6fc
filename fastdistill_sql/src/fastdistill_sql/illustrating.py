"""Writing a neighbour database to a file, for a person to open. Runs in a worker."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import apsw

from fastdistill import TaskError, structure
from fastdistill_sql.evidence import tables_used
from fastdistill_sql.guard import Guarded
from fastdistill_sql.judging import grounds_of, judge
from fastdistill_sql.preparing import Ground, Job, prepared

_MOST = 40
"""Seeds that a message names."""


def illustrate(payload: dict[str, Any]) -> str:
    """Write the neighbour with `seed`, or the one that refuses the candidate, to `into`; a sentence on it.

    Raises `TaskError` `no-neighbour`.
    """
    job = structure(payload["job"], Job)
    grounds = list(grounds_of(job, prepared(job)))
    seed = payload["seed"]
    if seed is None:
        found = judge(payload["job"])
        seed = found.get("evidence", {}).get("variant")
        if seed is None:
            said = found.get("reason") or found["outcome"]
            raise TaskError(
                "no-neighbour", f"no neighbour refuses the answer ({said}); choose {_seeds(grounds)}"
            )
    chosen = next((ground for ground in grounds if ground.seed == seed), None)
    if chosen is None:
        raise TaskError("no-neighbour", f"there is no neighbour with seed {seed}; choose {_seeds(grounds)}")
    _write(chosen.database, Path(payload["into"]))
    counts = ", ".join(tables_used(chosen.database, job.golds[0], job.candidate))
    return f"neighbour {seed}; the queries are about: {counts or 'no table'}"


def _seeds(grounds: Sequence[Ground]) -> str:
    seeds = [str(ground.seed) for ground in grounds]
    return f"--seed of {', '.join(seeds[:_MOST])}" if seeds else "another task: this one has no neighbours"


def _write(database: Guarded, into: Path) -> None:
    unfinished = into.with_name(into.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        made = apsw.Connection(str(unfinished))
        with database.unguarded() as connection, made.backup("main", connection, "main") as backup:
            backup.step(-1)
        made.close()
        unfinished.replace(into)
    finally:
        unfinished.unlink(missing_ok=True)
