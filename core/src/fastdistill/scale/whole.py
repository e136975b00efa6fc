"""Makes one run of the finished shards, in the folder that holds them."""

import shutil
import tempfile
from pathlib import Path

import attrs

from fastdistill.config import Loaded
from fastdistill.host import PluginHost
from fastdistill.model.report import Finished
from fastdistill.run.folder import LEDGER, LOCK, MANIFEST, SHARDS
from fastdistill.run.ops.merge import gathered, merge
from fastdistill.run.plan import resolve
from fastdistill.run.report.write import FILES
from fastdistill.scale.layout import Order, shard_folder

MERGING = ".merging"


async def merge_into(out: Path, order: Order, *, partial: bool = False) -> Finished:
    """Merge the shards of the run in `out` into it; an earlier merge there is replaced at the end.

    `partial` takes shards that a budget or a target ended. Raises `RunFolderError` naming a shard that has
    not come to its end.
    """
    folders = [shard_folder(out, part, order.shards) for part in range(1, order.shards + 1)]
    config = attrs.evolve(order.config, out=None)
    loaded = Loaded(config=config, origins={}, source="the order of the shards")
    plan = resolve(loaded, PluginHost().discover())
    fresh = out / SHARDS / MERGING
    shutil.rmtree(fresh, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="copies-", dir=out / SHARDS) as copies:
        found = gathered(folders, Path(copies), partial=partial)
        finished = await merge(plan, order.tasks, found, fresh)
    # The manifest goes first and comes last: between, the folder holds no finished run.
    (out / MANIFEST).unlink(missing_ok=True)
    for suffix in ("-wal", "-shm"):
        (out / f"{LEDGER}{suffix}").unlink(missing_ok=True)
    for name in sorted((path.name for path in fresh.iterdir()), key=lambda name: name == MANIFEST):
        if name != LOCK:
            (fresh / name).replace(out / name)
    shutil.rmtree(fresh, ignore_errors=True)
    return attrs.evolve(finished, folder=str(out), files={name: str(out / name) for name in FILES})
