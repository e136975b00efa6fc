"""Whose run a ledger is: a folder is resumed only by the same run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from fastdistill.config import leaves
from fastdistill.errors import RunFolderError, UsageError
from fastdistill.model.sample import Status
from fastdistill.redact import redact
from fastdistill.run.folder import DATASET, LEDGER, run_id_of
from fastdistill.run.hashing import file_digest
from fastdistill.run.identity import identity
from fastdistill.run.jsonl import dumps, loads
from fastdistill.run.ledger.connection import is_blank, reading
from fastdistill.run.ledger.ledger import Ledger
from fastdistill.run.plan import Plan, digest
from fastdistill.serde import unstructure


@frozen(kw_only=True)
class Ownership:
    """A run's claim to a folder, as it was seen before anything was written there."""

    folder: Path
    run_id: str
    source_digest: str
    resumed: bool = False
    """Whether the ledger holds this run already."""
    finished: bool = False
    """Whether the ledger holds all that the plan asks for."""
    more_attempts: bool = False
    """Whether the plan allows a teacher more attempts than the run so far did."""
    abandoned: bool = False
    """Whether a ledger is there that no answer was ever written to: it binds nobody."""


def read_meta(folder: Path) -> dict[str, str]:
    """Return what the ledger in `folder` says of its run; nothing where there is none, or a blank one."""
    if not (folder / LEDGER).is_file() or is_blank(folder / LEDGER):
        return {}
    with reading(folder) as ledger:
        return {row["key"]: row["value"] for row in ledger.execute("SELECT key, value FROM meta")}


def differences(old: Any, new: Any) -> list[str]:
    """Return what differs between two identities, a line each."""
    before, after = leaves(old), leaves(new)
    return [
        f"{key}: was {before.get(key)!r}, is {after.get(key)!r}"
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
    ]


def reach(plan: Plan) -> str:
    """Return how far a plan goes: into its source, with each task, and in what its rows hold."""
    attempts = [one.config.attempts for one in plan.teachers]
    rows = unstructure(plan.config.dataset)
    return dumps([plan.config.limit, plan.config.shard, attempts, rows])


def see_owner(folder: Path, plan: Plan, source_digest: str, *, fresh: bool) -> Ownership:
    """See that `folder` holds no run, or `plan`'s. Nothing there changes.

    Raises `RunFolderError` naming every difference, `UsageError` for a fresh run in a used folder.
    """
    meta, mine = read_meta(folder), _identity(plan, source_digest)
    run_id = meta.get("run_id")
    if run_id is None or not _holds_answers(folder):
        _see_no_dataset(folder)
        return Ownership(
            folder=folder,
            run_id=run_id_of(folder, digest(mine)),
            source_digest=source_digest,
            abandoned=run_id is not None,
        )
    if fresh:
        raise UsageError(
            f"{str(folder)!r} holds run {run_id}, and --no-resume wants a folder without one: "
            "choose another --out, or put that run aside with --start-over"
        )
    recorded, now = redact(loads(meta["identity"])), loads(dumps(mine))
    more = _more_attempts(recorded, now)
    if changed := differences(recorded, now):
        listing = "".join(f"\n  {line}" for line in changed)
        raise RunFolderError(
            f"{str(folder)!r} belongs to another run, {run_id}: choose another --out, or undo{listing}"
        )
    return Ownership(
        folder=folder,
        run_id=run_id,
        source_digest=source_digest,
        resumed=True,
        finished=meta.get("finished") == reach(plan),
        more_attempts=more,
    )


def _holds_answers(folder: Path) -> bool:
    """Return whether anything was paid for; a run that failed before that binds nobody."""
    with reading(folder) as ledger:
        row = ledger.execute(
            "SELECT EXISTS (SELECT 1 FROM completions) OR EXISTS (SELECT 1 FROM batches) AS found"
        ).fetchone()
        return bool(row["found"])


def _see_no_dataset(folder: Path) -> None:
    dataset = folder / DATASET
    if dataset.is_file() and dataset.stat().st_size:
        raise RunFolderError(
            f"{str(folder)!r} holds a dataset, and no ledger with the answers it was made of: choose "
            "another --out, or put the ledger back"
        )


def _more_attempts(recorded: dict[str, Any], now: dict[str, Any]) -> bool:
    """Return whether a teacher has more attempts now; such a difference is struck out of `recorded`."""
    more = False
    for old, new in zip(recorded.get("teacher", ()), now.get("teacher", ()), strict=False):
        if old.get("attempts", 0) < new.get("attempts", 0):
            old["attempts"], more = new["attempts"], True
    return more


def source_digest_of(source: Path) -> str:
    """Return the sha256 of the task file. Raises `UsageError` if it cannot be read."""
    try:
        return file_digest(source)
    except OSError as error:
        raise UsageError(f"cannot read the tasks {str(source)!r}: {error.strerror or error}") from None


def begin_session(
    ledger: Ledger, plan: Plan, owner: Ownership, identities: Mapping[str, str], *, replay: bool
) -> int:
    """Claim the ledger for its run and begin a session of it; return the session's number.

    `identities` gives each teacher's endpoint identity. But for a replay, tasks that failed in an earlier
    session are tried again, and rejected ones where there are more attempts now: answers that were paid for
    are there already.
    """
    meta = {
        "run_id": owner.run_id,
        "identity": dumps(_identity(plan, owner.source_digest)),
        "config": dumps(redact(unstructure(plan.config))),
        "identities": dumps(identities),
        "finished": "no",
    }
    if owner.abandoned:
        remove_ledger(owner.folder)
    ledger.open()
    reopen = [] if replay else [Status.FAILED, *([Status.REJECTED] if owner.more_attempts else [])]
    return ledger.begin_session(meta, reopen=reopen)


def remove_ledger(folder: Path) -> None:
    """Remove a ledger that binds nobody."""
    for name in (LEDGER, f"{LEDGER}-wal", f"{LEDGER}-shm"):
        (folder / name).unlink(missing_ok=True)


def _identity(plan: Plan, source_digest: str) -> dict[str, Any]:
    found: dict[str, Any] = redact({**identity(plan), "tasks_sha256": source_digest})
    return found
