"""Pairs a second of the math gate, beside Math-Verify in the same run.

    python tests/bench/bench_math.py --data FOLDER [--peer PYTHON]

FOLDER holds `gsm8k/tasks.jsonl` and `math/cases.jsonl`; PYTHON is the interpreter of an environment with
`math-verify` installed. Prints pairs a second on one core (with the trips to one worker),
how often each agrees with the labels, and what the comparison alone costs of a processor: nothing
cached, several rounds.
"""

import argparse
import json
import subprocess
import time
from pathlib import Path
from statistics import median
from typing import Any

import anyio

from fastdistill import Candidate, Choice, Completion, Outcome, Task
from fastdistill.testing import lend
from fastdistill_math import clean, judging, parse, residue, spoken
from fastdistill_math.gate import payload
from fastdistill_math.options import SympyOptions
from fastdistill_math.rows import MathGold
from fastdistill_math.scenario import MathScenario

PEER = r"""
import json, sys, time
from math_verify import parse, verify
pairs = json.load(sys.stdin)
verify(parse("$1$"), parse("$1$"))
begun = time.perf_counter()
got = [bool(verify(parse(gold), parse(reply))) for gold, reply in pairs]
print(json.dumps({"seconds": time.perf_counter() - begun, "got": got}))
"""


def _pairs(path: Path) -> list[tuple[str, str, bool]]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    if "solution" in rows[0]:
        right = [(row["answer"], row["solution"], True) for row in rows]
        wrong = [(row["answer"], other["solution"], row["answer"] == other["answer"])
                 for row, other in zip(rows, rows[1:] + rows[:1], strict=True)]  # fmt: skip
        return right + wrong
    return [(row["answer"], row["reply"], row["expect"] == "accept") for row in rows]


def _short(pairs: list[tuple[str, str, bool]], most: int = 160) -> list[tuple[str, str, bool]]:
    return [pair for pair in pairs if len(pair[1]) <= most]


async def _ours(pairs: list[tuple[str, str, bool]], rounds: int) -> tuple[float, list[bool]]:
    from fastdistill_math.gate import open_gate

    scenario = MathScenario()
    tasks = [
        Task(task_id=str(at), input={"problem": ""}, payload=MathGold(answer=gold), has_gold=True)
        for at, (gold, _, _) in enumerate(pairs)
    ]
    got: list[bool] = []
    async with lend(workers=1) as services, open_gate(SympyOptions(), services) as gate:
        await _judge(gate, scenario, tasks[0], "\\boxed{\\sqrt2+\\sqrt3+1}")  # warm
        begun = time.perf_counter()
        for _ in range(rounds):
            got = [await _judge(gate, scenario, task, reply)
                   for task, (_, reply, _) in zip(tasks, pairs, strict=True)]  # fmt: skip
        return (time.perf_counter() - begun) / rounds, got


async def _judge(gate: Any, scenario: MathScenario, task: Task[MathGold], reply: str) -> bool:
    completion = Completion(choices=(Choice(text=reply, finish="stop"),), model="bench")
    reading = scenario.read(task, completion)
    if reading.answer is None:
        return False
    candidate = Candidate(answer=reading.answer, text=reply, reading=reading)
    return (await gate(task, candidate)).outcome is Outcome.PASS


def _alone(pairs: list[tuple[str, str, bool]], rounds: int) -> None:
    """Print what `judge` alone costs of a processor: the median of the rounds, the least and the most."""
    scenario, jobs = MathScenario(), []
    for gold, reply, _ in pairs:
        task = Task(task_id="1", input={"problem": ""}, payload=MathGold(answer=gold), has_gold=True)
        choice = Choice(text=reply, finish="stop")
        reading = scenario.read(task, Completion(choices=(choice,), model="bench"))
        if reading.answer is not None:
            jobs.append(payload(task.payload, reading.answer, reply))
    judging.warm()
    found = sorted((_round(jobs) for _ in range(rounds)), key=lambda each: each[0])
    for title, each in zip(("pairs/s", "p99 ms", "max ms"), zip(*found, strict=True), strict=True):
        low, middle, high = min(each), median(each), max(each)
        print(f"  judge alone  {title:8s} {middle:9.1f}   ({low:.1f} to {high:.1f} in {rounds} rounds)")


def _round(jobs: list[dict[str, Any]]) -> tuple[float, float, float]:
    for cached in (parse.readings, clean.clean, clean.squeeze, spoken.meaning, residue._atom):
        cached.cache_clear()
    costs = []
    for job in jobs:
        begun = time.process_time()
        judging.judge(job)
        costs.append(1000 * (time.process_time() - begun))
    costs.sort()
    return 1000 * len(costs) / sum(costs), costs[int(0.99 * (len(costs) - 1))], costs[-1]


def _peer(python: str, pairs: list[tuple[str, str, bool]]) -> tuple[float, list[bool]]:
    given = json.dumps(
        [(gold if "$" in gold or "\\" not in gold else f"${gold}$", reply) for gold, reply, _ in pairs]
    )
    done = subprocess.run(
        [python, "-W", "ignore", "-c", PEER], input=given, capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    return found["seconds"], found["got"]


def _line(name: str, pairs: list[tuple[str, str, bool]], seconds: float, got: list[bool]) -> None:
    right = sum(mine == expect for mine, (_, _, expect) in zip(got, pairs, strict=True))
    false = sum(mine and not expect for mine, (_, _, expect) in zip(got, pairs, strict=True))
    print(
        f"  {name:12s} {len(pairs) / seconds:9.0f} pairs/s  agree {right}/{len(pairs)}"
        f"  false accepts {false}"
    )


def main() -> None:
    """Time both on each set."""
    options = argparse.ArgumentParser()
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--peer", help="python of an environment with math-verify")
    options.add_argument("--rounds", type=int, default=1)
    given = options.parse_args()
    own = Path(__file__).parents[1] / "math" / "cases"
    sets = {
        "gsm8k, own and other solutions": _pairs(given.data / "gsm8k" / "tasks.jsonl"),
        "labelled cases": _pairs(given.data / "math" / "cases.jsonl"),
        "adversarial pairs": _plain(given.data / "math" / "attacks.jsonl"),
        "own pairs": [pair for path in sorted(own.glob("*.jsonl")) for pair in _short(_plain(path))],
    }
    for title, pairs in sets.items():
        print(f"{title}: {len(pairs)} pairs")
        _line("this gate", pairs, *anyio.run(_ours, pairs, given.rounds))
        _alone(pairs, max(3, given.rounds))
        if given.peer:
            _line("math-verify", pairs, *_peer(given.peer, pairs))


def _plain(path: Path) -> list[tuple[str, str, bool]]:
    """Own pairs without those that need choices, digits or units, which a peer is not told."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    special = {"choices", "digits", "unit"}
    return [(r["answer"], r["reply"], r["expect"] == "accept") for r in rows if not special & set(r)]


if __name__ == "__main__":
    main()
