"""Judges a run's recorded answers again, without a network, and compares verdict by verdict."""

import shutil
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import attrs
from attrs import frozen

from fastdistill.config import Loaded
from fastdistill.errors import RunFolderError
from fastdistill.model.report import Finished
from fastdistill.run.folder import DATASET, LEDGER, prepare
from fastdistill.run.hashing import file_digest
from fastdistill.run.jsonl import loads
from fastdistill.run.ledger.comparison import changed, forget_judgements
from fastdistill.run.ledger.connection import damage
from fastdistill.run.ledger.ownership import read_meta
from fastdistill.run.plan import Plan
from fastdistill.run.session import Session
from fastdistill.serde import StructureError, structure
from fastdistill.settings import RunConfig


def copy_ledger(run: Path, into: Path) -> None:
    """Copy `run`'s ledger into the folder `into`; `run` is only read.

    Raises `RunFolderError` for a ledger that is missing, damaged or from a newer version.
    """
    source = run / LEDGER
    if not source.is_file():
        raise RunFolderError(f"there is no ledger at {str(source)!r}: is this the folder of a run?")
    try:
        for name in (LEDGER, f"{LEDGER}-wal"):
            if (run / name).is_file():
                shutil.copyfile(run / name, into / name)
        found = damage(into / LEDGER)
        if found is not None:
            raise RunFolderError(f"the ledger {str(source)!r} is damaged: {found}")
    except (OSError, sqlite3.DatabaseError) as error:
        raise RunFolderError(f"cannot read the ledger {str(source)!r}: {error}") from None


def meta_of(folder: Path) -> dict[str, str]:
    """Return what the ledger in `folder` says of its run. Raises `RunFolderError` where it holds none."""
    found = read_meta(folder)
    if "run_id" not in found:
        raise RunFolderError(f"the ledger in {str(folder)!r} holds no run")
    return found


def recorded_config(meta: Mapping[str, str]) -> Loaded:
    """The run file that a run was started with, as its ledger keeps it."""
    try:
        config = structure(loads(meta["config"]), RunConfig)
    except (KeyError, StructureError) as error:
        raise RunFolderError(f"the ledger's record of its configuration cannot be read: {error}") from None
    return Loaded(config=config, origins={}, source="the recorded run file")


def recorded_of(run: Path) -> Loaded:
    """The run file of the run in the folder `run`, which is only read. Raises `RunFolderError`."""
    with TemporaryDirectory(prefix="fastdistill-") as tmp:
        copy_ledger(run, Path(tmp))
        return recorded_config(meta_of(Path(tmp)))


@frozen(kw_only=True)
class Difference:
    """One thing that a replay found otherwise, and the likeliest cause."""

    task_id: str
    where: str
    recorded: str
    replayed: str
    cause: str


async def rejudge(run: Path, plan: Plan, source: Path, folder: Path) -> Finished:
    """Take `run`'s recorded answers through `plan`'s gates, into the new run folder `folder`."""
    prepare(folder)
    copy_ledger(run, folder)
    meta = meta_of(folder)
    forget_judgements(folder, meta["run_id"])
    config = attrs.evolve(plan.config, audit=0, calibrate=0, cache=False)
    session = Session(
        plan=attrs.evolve(plan, config=config, reporters=()),
        folder=folder,
        source=source,
        recorded=loads(meta.get("identities", "{}")),
        signals=False,
    )
    return await session.run()


def _cause(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> str:
    if old is None or new is None:
        return "an earlier difference"
    if "fingerprint" in old and old["fingerprint"] != new["fingerprint"]:
        return "another plugin version or gate configuration"
    if "deadline" in (old["reason"], new["reason"]):
        return "a deadline"
    return "nondeterminism"


def _said(row: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> str:
    if row is None:
        return "nothing"
    keys = [key for key in row if other is None or row[key] != other[key]]
    shown = [key for key in ("gate", "outcome", "reason") if key in row and key not in keys]
    return ", ".join(f"{key}={row[key]!r:.200}" for key in (*shown, *keys) if key != "sample_id")


WHAT: tuple[Literal["verdict"], Literal["decision"]] = ("verdict", "decision")


def compare(run: Path, replayed: Path) -> list[Difference]:
    """Every difference between a run (a copy with its log folded in) and its replay."""
    return [
        Difference(
            task_id=str(key[1]),
            where=f"verdict {key[4]} of attempt {key[2]}" if what == "verdict" else what,
            recorded=_said(one, two),
            replayed=_said(two, one),
            cause=_cause(one, two),
        )
        for what in WHAT
        for key, one, two in sorted(
            changed(run, replayed, what), key=lambda change: (change[0][1], change[0])
        )
    ]


def same_bytes(run: Path, replayed: Path) -> bool:
    """Whether both runs have the same dataset, byte for byte."""
    try:
        return file_digest(run / DATASET) == file_digest(replayed / DATASET)
    except OSError:
        return False
