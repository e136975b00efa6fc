"""Makes one run of a larger run's shards: their ledgers by union, then the exports of the whole.

Nobody is asked and nothing is judged again; the dataset has the same bytes as one machine's.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import attrs
from attrs import frozen

from fastdistill.errors import RunFolderError, UsageError
from fastdistill.model.report import Finished
from fastdistill.run.admission import TWICE, twice
from fastdistill.run.folder import LEDGER, prepare
from fastdistill.run.ledger.ledger import Ledger, connect
from fastdistill.run.ledger.ownership import differences, source_digest_of
from fastdistill.run.ledger.rows import loads
from fastdistill.run.ops.replay import copy_ledger, meta_of, recorded_config
from fastdistill.run.plan import Plan
from fastdistill.run.session import Session
from fastdistill.settings import RunConfig, shard_of

KEYED = ("tasks", "bad_tasks", "completions", "batches", "attempts", "candidates", "verdicts", "decisions")
NUMBERED = {
    "faults": "request_id, sample_id, teacher, purpose, kind, detail, final, at",
    "sessions": "started, ended, outcome, timing",
}
_UNSETTLED = """
SELECT COUNT(*) FROM tasks LEFT JOIN decisions USING (sample_id)
WHERE duplicate_of IS NULL AND status IS NULL
"""
# One machine takes a task_id where it first stands; shards cannot see each other's.
_TWICE = """
SELECT iif(mine.position > other.position, mine.sample_id, other.sample_id) AS sample_id,
       iif(mine.position > other.position, mine.line, other.line) AS line,
       max(mine.position, other.position) AS position, task_id
FROM shard.tasks mine JOIN main.tasks other USING (task_id)
"""


@frozen(kw_only=True)
class Shard:
    """One shard's folder, and what its ledger says of it."""

    folder: Path
    meta: Mapping[str, str]
    config: RunConfig
    part: int
    parts: int


def shard_in(folder: Path, copies: Path) -> Shard:
    """The finished shard in `folder`, its ledger copied into `copies`. Raises `RunFolderError`."""
    copies.mkdir()
    copy_ledger(folder, copies)
    meta = meta_of(copies)
    config = recorded_config(meta).config
    if config.shard is None:
        raise RunFolderError(f"{str(folder)!r} is no shard: its run took the whole source")
    with closing(connect(copies / LEDGER, write=False)) as ledger:
        ended = ledger.execute("SELECT outcome FROM sessions ORDER BY id DESC LIMIT 1").fetchone()
        left = ledger.execute(_UNSETTLED).fetchone()[0]
    if ended is None or ended["outcome"] not in ("done", "faults") or left:
        raise RunFolderError(
            f"shard {config.shard} in {str(folder)!r} has not come to its end: run its command again, "
            "with the same --out, first"
        )
    part, parts = shard_of(config.shard)
    return Shard(folder=folder, meta=meta, config=config, part=part, parts=parts)


def see(shards: Sequence[Shard]) -> None:
    """Raise unless these are all the shards of one run, each once."""
    first = shards[0]
    for one in shards[1:]:
        changed = [
            line
            for line in differences(loads(first.meta["identity"]), loads(one.meta["identity"]))
            if not line.startswith("shard:")
        ]
        if one.parts != first.parts or one.config.limit != first.config.limit:
            changed.append(
                f"shard and limit: {first.config.shard!r} of {first.config.limit!r}, "
                f"{one.config.shard!r} of {one.config.limit!r}"
            )
        if changed:
            listing = "".join(f"\n  {line}" for line in changed)
            raise UsageError(
                f"{str(one.folder)!r} and {str(first.folder)!r} are of different runs{listing}"
            )
    parts = [one.part for one in shards]
    if again := sorted({part for part in parts if parts.count(part) > 1}):
        raise UsageError(f"given twice: shard {', '.join(f'{part}/{first.parts}' for part in again)}")
    if missing := sorted({*range(1, first.parts + 1)} - {*parts}):
        raise UsageError(f"missing: shard {', '.join(f'{part}/{first.parts}' for part in missing)}")


def unite(ledger: Path, others: Sequence[Path]) -> None:
    """Put the rows of `others` into the new ledger at `ledger`."""
    made = Ledger(ledger)
    made.close()
    with closing(connect(ledger, write=True)) as connection:
        for other in others:
            connection.execute("ATTACH ? AS shard", (str(other),))
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
            [(twice(task_id, line), position) for position, task_id, line in firsts],
        )


def _take(connection: sqlite3.Connection) -> None:
    late = connection.execute(_TWICE).fetchall()
    for row in late:
        bad = (row["position"], row["line"], row["task_id"], TWICE, "")
        connection.execute("INSERT OR IGNORE INTO main.bad_tasks VALUES (?,?,?,?,?)", bad)
        for schema in ("main", "shard"):
            connection.execute(f"DELETE FROM {schema}.tasks WHERE sample_id = ?", (row["sample_id"],))  # noqa: S608
    for table in KEYED:
        connection.execute(f"INSERT OR IGNORE INTO main.{table} SELECT * FROM shard.{table}")  # noqa: S608
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


async def merge(plan: Plan, source: Path, shards: Sequence[tuple[Shard, Path]], folder: Path) -> Finished:
    """Unite the shards, each with the copy of its ledger, into the new run folder `folder`.

    The result can be resumed like any run, which tries again what failed by fault. Raises `UsageError`
    when `source` is not what the shards took their tasks from.
    """
    if source_digest_of(source) != loads(shards[0][0].meta["identity"])["tasks_sha256"]:
        raise UsageError(
            f"{str(source)!r} is not the file that the shards took their tasks from: name that with --tasks"
        )
    prepare(folder)
    unite(folder / LEDGER, [copy / LEDGER for _, copy in shards])
    config = attrs.evolve(plan.config, calibrate=0, cache=False)
    session = Session(
        plan=attrs.evolve(plan, config=config, reporters=()),
        folder=folder,
        source=source,
        recorded=loads(shards[0][0].meta.get("identities", "{}")),
        signals=False,
    )
    return await session.run()


def gathered(folders: Sequence[Path], copies: Path) -> list[tuple[Shard, Path]]:
    """The shards in `folders`, in their order in the source, each with a copy of its ledger in `copies`.

    Raises `UsageError` unless they are all the shards of one run, `RunFolderError` for one that is none.
    """
    found = [(shard_in(folder, copies / str(i)), copies / str(i)) for i, folder in enumerate(folders)]
    see([shard for shard, _ in found])
    return sorted(found, key=lambda pair: pair[0].part)
