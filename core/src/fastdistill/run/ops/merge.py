"""Makes one run of a larger run's shards: their ledgers by union, then the exports of the whole.

Nobody is asked and nothing is judged again; the dataset has the same bytes as one machine's.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs
from attrs import frozen

from fastdistill.errors import RunFolderError, UsageError
from fastdistill.model.report import Finished
from fastdistill.run.folder import LEDGER, prepare
from fastdistill.run.jsonl import loads
from fastdistill.run.ledger.ownership import differences, source_digest_of
from fastdistill.run.ledger.union import is_complete, unite
from fastdistill.run.ops.replay import copy_ledger, meta_of, recorded_config
from fastdistill.run.ops.verify import read_manifest
from fastdistill.run.plan import Plan
from fastdistill.run.session import Session
from fastdistill.settings import RunConfig, shard_of


@frozen(kw_only=True)
class Shard:
    """One shard's folder, and what its ledger says of it."""

    folder: Path
    meta: Mapping[str, str]
    config: RunConfig
    part: int
    parts: int


def shard_in(folder: Path, copies: Path, *, partial: bool = False) -> Shard:
    """The finished shard in `folder`, its ledger copied into `copies`. Raises `RunFolderError`.

    `partial` takes one that a budget or a target ended.
    """
    copies.mkdir()
    copy_ledger(folder, copies)
    meta = meta_of(copies)
    config = recorded_config(meta).config
    if config.shard is None:
        raise RunFolderError(f"{str(folder)!r} is no shard: its run took the whole source")
    if not partial and not is_complete(copies):
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


async def merge(plan: Plan, source: Path, shards: Sequence[tuple[Shard, Path]], folder: Path) -> Finished:
    """Unite the shards, each with the copy of its ledger, into the new run folder `folder`.

    The result can be resumed like any run, which tries again what failed. Raises `UsageError`
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
        shards={one.folder.name: read_manifest(one.folder)[0]["digest"] for one, _ in shards},
        signals=False,
    )
    return await session.run()


def gathered(folders: Sequence[Path], copies: Path, *, partial: bool = False) -> list[tuple[Shard, Path]]:
    """The shards in `folders`, in their order in the source, each with a copy of its ledger in `copies`.

    `partial` takes shards that a budget or a target ended. Raises `UsageError` unless they are all the
    shards of one run, `RunFolderError` for one that is none.
    """
    found = [
        (shard_in(folder, copies / str(i), partial=partial), copies / str(i))
        for i, folder in enumerate(folders)
    ]
    see([shard for shard, _ in found])
    return sorted(found, key=lambda pair: pair[0].part)
