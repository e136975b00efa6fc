"""CPU and memory of the engine alone: many tasks of the toy scenario through a scripted teacher.

    python tests/bench/bench_engine.py [TASKS]

Prints CPU milliseconds per task, peak memory, and the seconds that resuming the finished run takes.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

import anyio

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.toy import solve, toy_run, write_tasks

from fastdistill.testing.scripted import ScriptedProvider


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        tasks = write_tasks(Path(folder) / "tasks.jsonl", count)
        provider = ScriptedProvider(answer=solve, remember=False)
        out = Path(folder) / "out"
        for word in ("run", "resume"):
            cpu, wall = time.process_time(), time.monotonic()
            finished = anyio.run(lambda: toy_run(out, tasks=tasks, provider=provider))
            spent, elapsed = time.process_time() - cpu, time.monotonic() - wall
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{word}: {finished.progress.accepted} accepted, {spent / count * 1000:.3f} ms CPU a task, "
                f"{elapsed:.1f} s, peak {peak:.0f} MB"
            )


if __name__ == "__main__":
    main()
