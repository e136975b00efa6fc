"""The verifier as a reward: items a second and CPU, what it costs beyond the gate, and its memory.

    python tests/bench/bench_verifier.py throughput [--sql TASKS.jsonl] [--peer PYTHON_WITH_MATH_VERIFY]
    python tests/bench/bench_verifier.py overhead
    python tests/bench/bench_verifier.py memory [--items 1000000]
    python tests/bench/bench_verifier.py serve

CPU is that of this process and its children. Math-Verify, the peer, runs in two processes in the same call.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import anyio
import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.crowd import Crowd

import fastdistill
from fastdistill.api.judging import Judge
from fastdistill.model.answer import Choice, Completion

ROUNDS = 7

PEER = """
import json, sys
from concurrent.futures import ProcessPoolExecutor
from math_verify import parse, verify
def one(pair):
    return bool(verify(parse(pair[0]), parse(pair[1])))
if __name__ == "__main__":
    import time, resource
    pairs = json.load(sys.stdin)
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(one, pairs[:64], chunksize=16))
        start = time.perf_counter()
        found = list(pool.map(one, pairs, chunksize=16))
        wall = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(json.dumps({"right": sum(found), "wall": wall, "cpu": used.ru_utime + used.ru_stime}))
"""


def pairs(count: int, seed: int = 0) -> list[tuple[dict[str, Any], str]]:
    """Make math pairs as replies hold them: numbers, fractions, surds, polynomials; half of them wrong."""
    rng = random.Random(seed)
    made = []
    for n in range(count):
        a, b, c = rng.randint(2, 10**6), rng.randint(2, 97), rng.randint(0, 1)
        kind = n % 4
        if kind == 0:
            gold, reply = f"{a}", f"{a + c}"
        elif kind == 1:
            gold, reply = f"\\frac{{{a}}}{{{b}}}", f"{a}/{b + c}"
        elif kind == 2:
            gold, reply = f"{a}\\sqrt{{{b}}}", f"\\sqrt{{{b}}} \\cdot {a + c}"
        else:
            gold, reply = f"x^2+{a}x+{b}", f"{b + c}+x({a}+x)"
        row = {"task_id": f"b{n}", "problem": "Find it.", "answer": gold}
        made.append((row, f"Therefore the answer is \\boxed{{{reply}}}."))
    return made


def cpu() -> float:
    """Return CPU seconds of this process and of its children, the living ones too."""
    own, gone = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    living = sum(sum(one.cpu_times()[:2]) for one in psutil.Process().children(recursive=True))
    return own.ru_utime + own.ru_stime + gone.ru_utime + gone.ru_stime + living


def measured(verifier: Any, items: list[Any]) -> dict[str, Any]:
    """Verify all of `items`; return counts, wall and CPU."""
    list(verifier.verify_many(items[:64]))
    start, used = time.perf_counter(), cpu()
    rewards = [found.reward for found in verifier.verify_many(items)]
    wall, used = time.perf_counter() - start, cpu() - used
    return {
        "items": len(items),
        "right": rewards.count(1.0),
        "none": rewards.count(None),
        "items_per_second": round(len(items) / wall, 1),
        "cpu_ms_per_item": round(used / len(items) * 1000, 3),
    }


def throughput(args: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Batches as a trainer sends them."""
    items = pairs(2048)
    with fastdistill.verifier("math", tasks_cached=0, verdicts_cached=0) as verifier:
        yield {"what": "math, 2048 replies", **measured(verifier, items)}
    if args.peer:
        text = json.dumps([(f"${row['answer']}$", reply) for row, reply in items])
        done = subprocess.run(
            [args.peer, "-c", PEER], input=text, capture_output=True, text=True, check=True
        )
        found = json.loads(done.stdout)
        yield {
            "what": "Math-Verify, 2 processes",
            "right": found["right"],
            "items_per_second": round(len(items) / found["wall"], 1),
            "cpu_ms_per_item": round(found["cpu"] / len(items) * 1000, 3),
        }
    if args.sql:
        rows = [json.loads(line) for line in args.sql.read_text().splitlines()]
        golds = [(row, f"```sql\n{row['gold_sql']}\n```") for row in rows]
        batch = [golds[n % len(golds)] for n in range(512)]
        with fastdistill.verifier("sql", base=args.sql.parent, verdicts_cached=0) as verifier:
            list(verifier.verify_many(batch))  # suites are made once and kept
            yield {"what": "sql, 512 replies, suites made", **measured(verifier, batch)}


def overhead(_: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """What a call costs beyond reading and gates: distinct pairs, caches off, medians of rounds."""
    items = [pair for pair in pairs(16_000) if pair[0]["answer"].isdecimal()]

    async def gates_alone(judge: Judge) -> float:
        tasks = [judge.task(row) for row, _ in items]
        start = time.process_time()
        for task, (_, reply) in zip(tasks, items, strict=True):
            completion = Completion(choices=(Choice(text=reply, finish="stop"),), model="x")
            await judge.gates.judge(task, completion, 0, 1)
        return time.process_time() - start

    alone, single, many = list[float](), list[float](), list[float]()
    with fastdistill.verifier("math", tasks_cached=0, verdicts_cached=0) as verifier:
        for _round in range(ROUNDS):
            alone.append(verifier._thread.call(gates_alone))
            start = time.process_time()
            for row, reply in items:
                verifier.verify(row, reply)
            single.append(time.process_time() - start)
            start = time.process_time()
            for _one in verifier.verify_many(items):
                pass
            many.append(time.process_time() - start)
    per = 1000 / len(items)
    yield {
        "what": "CPU ms an item",
        "rounds": ROUNDS,
        "gates": round(median(alone) * per, 4),
        "verify": round(median(single) * per, 4),
        "verify_many": round(median(many) * per, 4),
        "overhead_verify": round((median(single) - median(alone)) * per, 4),
        "overhead_verify_many": round((median(many) - median(alone)) * per, 4),
    }


def memory(args: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Many verifies of 50,000 distinct pairs with the caches off: memory, processes, descriptors."""
    items, me = pairs(50_000), psutil.Process()
    before = {"descriptors": me.num_fds(), "processes": len(me.children(recursive=True))}
    yield {"done": 0, "rss_mb": round(me.memory_info().rss / 2**20, 1), **before}
    with fastdistill.verifier("math", tasks_cached=0, verdicts_cached=0) as verifier:
        done, none = 0, 0
        while done < args.items:
            for found in verifier.verify_many(items[: args.items - done]):
                done += 1
                none += found.reward is None
            children = me.children(recursive=True)
            yield {
                "done": done,
                "none": none,
                "rss_mb": round(me.memory_info().rss / 2**20, 1),
                "workers_mb": [round(one.memory_info().rss / 2**20, 1) for one in children],
                "descriptors": me.num_fds(),
            }
    after = {"descriptors": me.num_fds(), "processes": len(me.children(recursive=True))}
    yield {"closed": True, "rss_mb": round(me.memory_info().rss / 2**20, 1), **after}


def serve(_: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """200 clients of every kind at one `fd serve`, without and with hostile items: waits of the honest."""
    command = ["fd", "serve", "--scenario", "math", "--port", "0", "--set", "exec_evals.sympy.cpu=2"]
    environment = os.environ | {"FD_SERVE_TOKEN": "bench"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        try:
            line = process.stderr.readline() if process.stderr else ""
            url = line.split(" on ")[1].split()[0]
            for hostile in (0, 0, 4):
                crowd = Crowd(url, "bench", honest=154 - hostile, hostile=hostile, oversize=17 * 2**20)
                anyio.run(crowd.ask)
                waited = sorted(crowd.waited)
                yield {
                    "clients": crowd.size,
                    "hostile": hostile,
                    "wrong": len(crowd.wrong),
                    "honest_requests": len(waited),
                    "p50_s": round(median(waited), 3),
                    "p99_s": round(waited[int(0.99 * (len(waited) - 1))], 3),
                    "max_s": round(waited[-1], 3),
                    "hostile_s": [round(one, 2) for one in sorted(crowd.burnt)],
                }
        finally:
            process.terminate()


def main() -> None:
    """Print one JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=["throughput", "overhead", "memory", "serve"])
    parser.add_argument("--sql", type=Path)
    parser.add_argument("--peer")
    parser.add_argument("--items", type=int, default=1_000_000)
    args = parser.parse_args()
    modes = {"throughput": throughput, "overhead": overhead, "memory": memory, "serve": serve}
    for line in modes[args.what](args):
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
