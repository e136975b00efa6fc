"""Where a sharded run keeps its parts, and what it says to them.

`OUT/shards/0007-of-0064/` is an ordinary run folder; `OUT/shards/run.json` is what every shard reads; the
merged run has the same file names in `OUT` as one that was never split.
"""

import re
from pathlib import Path
from typing import Any

import attrs
from attrs import field, frozen
from attrs.validators import ge

from fastdistill.config import Loaded
from fastdistill.errors import RunFolderError, UsageError
from fastdistill.host import PluginHost
from fastdistill.run.folder import LEDGER, MANIFEST, SHARDS, prepare, write_atomic
from fastdistill.run.jsonl import dumps, loads
from fastdistill.run.ledger.union import is_complete
from fastdistill.run.plan import Plan, resolve
from fastdistill.serde import StructureError, structure, unstructure
from fastdistill.settings import RunConfig

ORDER = "run.json"
PURSE = "purse.sqlite"
_NAME = re.compile(r"(\d{4,})-of-(\d{4,})")


@frozen(kw_only=True)
class Order:
    """What every shard of a run is told."""

    config: RunConfig
    """Of the whole run: its task file is named, and no shard."""
    shards: int = field(validator=ge(1))

    @property
    def tasks(self) -> Path:
        """The task file that all shards read."""
        assert self.config.tasks is not None  # noqa: S101  whoever makes an order names it
        return self.config.tasks

    def plan(self, part: int, *, pilot: bool) -> Plan:
        """Return the plan of one shard; gates are audited once, on the merged run."""
        config = attrs.evolve(
            self.config,
            shard=f"{part}/{self.shards}",
            audit=0,
            pilot=attrs.evolve(self.config.pilot, enabled=self.config.pilot.enabled and pilot),
        )
        return resolve(Loaded(config=config, origins={}, source=ORDER), PluginHost().discover())


def shard_folder(out: Path, part: int, parts: int) -> Path:
    """Return the run folder of one shard."""
    return out / SHARDS / f"{part:04}-of-{parts:04}"


def shard_log(out: Path, part: int, parts: int) -> Path:
    """Return the file that holds what a shard's process said on stderr; it is no part of its run."""
    return out / SHARDS / f"{part:04}-of-{parts:04}.log"


def is_finished(folder: Path) -> bool:
    """Return whether a shard's run came to its end with every task decided."""
    return (folder / MANIFEST).is_file() and is_complete(folder)


def write_order(out: Path, order: Order) -> None:
    """Say what the shards are to do. Raises `UsageError` where the folder holds another run."""
    if (out / LEDGER).exists() and not (out / SHARDS / ORDER).exists():
        raise UsageError(
            f"{str(out)!r} holds a run that is in no shards: leave --shards out, or choose another --out"
        )
    prepare(out / SHARDS)
    names = [_NAME.fullmatch(path.name) for path in (out / SHARDS).iterdir()]
    others = {int(found[2]) for found in names if found is not None} - {order.shards}
    if others:
        raise UsageError(
            f"{str(out)!r} holds a run of {others.pop()} shards, not of {order.shards}: give the same "
            "--shards, or another --out"
        )
    data: dict[str, Any] = {"shards": order.shards, "config": unstructure(order.config)}
    write_atomic(out / SHARDS / ORDER, dumps(data) + "\n")


def read_order(out: Path) -> Order:
    """Return what the shards in `out` are to do. Raises `RunFolderError` where nothing says it."""
    path = out / SHARDS / ORDER
    try:
        return structure(loads(path.read_text(encoding="utf-8")), Order)
    except (OSError, ValueError, StructureError) as error:
        raise RunFolderError(f"cannot read {str(path)!r}: {error}") from None
