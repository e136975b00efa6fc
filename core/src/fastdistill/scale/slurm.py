"""Runs the shards of a run as a Slurm array: one job a shard, submitted by `sbatch`.

The nodes see one folder over a network file system, whose locks cannot be relied on, so each shard has a
fixed share of the budget and no file is written by two.
"""

import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from fastdistill.errors import SetupError
from fastdistill.run.folder import SHARDS, write_atomic
from fastdistill.scale.layout import Order, is_finished, shard_folder

SCRIPT = "slurm.sh"


def missing(out: Path, order: Order) -> list[int]:
    """Return the shards that have not come to their end."""
    parts = range(1, order.shards + 1)
    return [part for part in parts if not is_finished(shard_folder(out, part, order.shards))]


def script(out: Path, order: Order, parts: Sequence[int], workers: int | None) -> str:
    """Return the array script for `parts`, at most `workers` of them at a time."""
    at_once = f"%{workers}" if workers else ""
    logs = (out / SHARDS / "slurm-%A-%a.log").resolve()
    command = shlex.join([sys.executable, "-m", "fastdistill.scale.child", "--share", str(out.resolve())])
    return (
        "#!/bin/bash\n"
        f"#SBATCH --job-name=fastdistill\n#SBATCH --array={_ranges(parts)}{at_once}\n"
        f"#SBATCH --output={logs}\n#SBATCH --signal=INT@120\n#SBATCH --requeue\n"
        f"# {len(parts)} of {order.shards} shards; add the account, partition and time of your cluster\n"
        f'exec {command} "$SLURM_ARRAY_TASK_ID"\n'
    )


def _ranges(parts: Sequence[int]) -> str:
    """Return `1-4,7` for 1, 2, 3, 4 and 7."""
    runs: list[list[int]] = []
    for part in parts:
        if runs and part == runs[-1][1] + 1:
            runs[-1][1] = part
        else:
            runs.append([part, part])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def submit(out: Path, order: Order, parts: Sequence[int], workers: int | None) -> str:
    """Write the script for `parts` and submit it; return what `sbatch` said.

    Raises `SetupError` where there is no `sbatch` or it refuses; the script stays, to be submitted by hand.
    """
    path = out / SHARDS / SCRIPT
    write_atomic(path, script(out, order, parts, workers))
    sbatch = shutil.which("sbatch")
    if sbatch is None:
        raise SetupError(
            f"there is no sbatch here. The script is {str(path)!r}: submit it where there is one"
        )
    done = subprocess.run([sbatch, str(path)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SetupError(f"sbatch refused {str(path)!r}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout.strip()
