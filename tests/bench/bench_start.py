"""CPU of starting `fd`, beside importing click alone, in the same run.

python tests/bench/bench_start.py [STARTS]
"""

import resource
import subprocess
import sys
from pathlib import Path


def cpu(command: list[str], starts: int) -> float:
    """Milliseconds of CPU of one start, the mean of `starts`."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(starts):
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used / starts * 1000


def main() -> None:
    starts = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    fd = str(Path(sys.executable).with_name("fd"))
    for _ in range(3):
        click = cpu([sys.executable, "-c", "import click"], starts)
        shown = cpu([fd, "--help"], starts)
        print(f"import click {click:.0f} ms, fd --help {shown:.0f} ms: {shown / click:.2f} times")


if __name__ == "__main__":
    main()
