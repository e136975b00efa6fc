"""Whose run a ledger is: a folder is resumed only by the same run."""

import time
from pathlib import Path
from typing import Any

from attrs import frozen

from fastdistill.config import leaves
from fastdistill.errors import RunFolderError, UsageError
from fastdistill.redact import redact
from fastdistill.run.folder import new_run_id
from fastdistill.run.ledger.ledger import Ledger
from fastdistill.run.ledger.rows import dumps, loads
from fastdistill.run.plan import Plan, digest, identity
from fastdistill.run.report.manifest import file_digest
from fastdistill.serde import unstructure

PUT = "INSERT OR REPLACE INTO meta VALUES (?, ?)"


@frozen(kw_only=True)
class Claim:
    """A ledger taken by its run."""

    run_id: str
    resumed: bool
    session: int
    started: float
    source_digest: str


def meta(ledger: Ledger) -> dict[str, str]:
    """What the ledger says of itself."""
    return {row["key"]: row["value"] for row in ledger.query("SELECT key, value FROM meta")}


def differences(old: Any, new: Any) -> list[str]:
    """What differs between two identities, a line each."""
    before, after = leaves(old), leaves(new)
    return [
        f"{key}: was {before.get(key)!r}, is {after.get(key)!r}"
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
    ]


def finished(ledger: Ledger, plan: Plan) -> bool:
    """Whether the ledger's run has come to its end as far as `plan` goes."""
    return meta(ledger).get("finished") == reach(plan)


def reach(plan: Plan) -> str:
    """How far a plan goes into its source."""
    return dumps([plan.config.limit, plan.config.shard])


def check(ledger: Ledger, plan: Plan, source_digest: str, *, fresh: bool) -> str | None:
    """The id of the run in the ledger, if there is one, having seen that it is `plan`'s.

    Raises `RunFolderError` naming every difference, `UsageError` for a fresh run in a used folder.
    """
    folder, known = str(ledger.path.parent), meta(ledger)
    run_id = known.get("run_id")
    if run_id is None:
        return None
    if fresh:
        raise UsageError(f"{folder!r} holds run {run_id}; --fresh wants a folder without one")
    changed = differences(redact(loads(known["identity"])), loads(dumps(_identity(plan, source_digest))))
    if changed:
        listing = "".join(f"\n  {line}" for line in changed)
        raise RunFolderError(
            f"{folder!r} belongs to another run, {run_id}: choose another --out, or undo{listing}"
        )
    return run_id


def _identity(plan: Plan, source_digest: str) -> dict[str, Any]:
    found: dict[str, Any] = redact({**identity(plan), "tasks_sha256": source_digest})
    return found


def source_digest_of(source: Path) -> str:
    """sha256 of the task file. Raises `UsageError` if it cannot be read."""
    try:
        return file_digest(source)
    except OSError as error:
        raise UsageError(f"cannot read the tasks {str(source)!r}: {error.strerror or error}") from None


def claim(
    ledger: Ledger, plan: Plan, source_digest: str, run_id: str | None, *, retry: bool = True
) -> Claim:
    """Begin a session. With `retry`, tasks that failed by fault in an earlier one are tried again: answers
    that were paid for are there already.
    """
    mine = _identity(plan, source_digest)
    started = time.time()
    new_id = run_id or new_run_id(digest(mine))
    ledger.write(
        [
            (PUT, ("run_id", new_id)),
            (PUT, ("identity", dumps(mine))),
            (PUT, ("config", dumps(redact(unstructure(plan.config))))),
            (PUT, ("finished", "no")),
            *([("DELETE FROM decisions WHERE status = ?", ("failed",))] if retry else []),
            ("INSERT INTO sessions (started) VALUES (?)", (started,)),
        ]
    )
    session = ledger.query("SELECT MAX(id) FROM sessions")[0][0]
    return Claim(
        run_id=new_id,
        resumed=run_id is not None,
        session=session,
        started=started,
        source_digest=source_digest,
    )
