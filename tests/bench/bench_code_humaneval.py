"""HumanEval through the code gate: golds accepted, share of tests lifted, faults of the golds rejected.

Run by hand: `python tests/bench/bench_code_humaneval.py [--first N] [--out FILE]`. The baseline in the same
run is the task's own tests alone. Survivors are listed, to be read by a person.
"""

import argparse
import json
import os
import time
from collections import Counter
from pathlib import Path

import anyio

from fastdistill import Candidate, Outcome, Reading, TaskError
from fastdistill.testing import lend
from fastdistill_code.gate import PythonGate
from fastdistill_code.importers.layouts import humaneval
from fastdistill_code.options import PythonOptions
from fastdistill_code.oracle.operators import faults
from fastdistill_code.oracle.refactors import rewritings
from fastdistill_code.runner import open_sandbox
from fastdistill_code.serial import structured_row

DATA = Path(os.environ.get("FD_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))


def candidate(source: str) -> Candidate:
    return Candidate(answer=source, text=source, reading=Reading(answer=source))


async def main(first: int, step: int, slots: int, most: int, out: Path | None) -> None:
    lines = (DATA / "humaneval" / "tasks.jsonl").read_text(encoding="utf-8").splitlines()
    tasks = [structured_row(humaneval(json.loads(line))) for line in lines][::step][:first]
    print(f"{len(tasks)} tasks, {sum(t.payload.suite.source is None for t in tasks)} lifted")
    counts: Counter[str] = Counter()
    survivors, wrong = [], []
    start = time.perf_counter()
    async with lend() as services, open_sandbox(slots=slots) as runner:
        full = PythonGate(runner=runner, options=PythonOptions(max_mutants=most), services=services)
        quick = PythonOptions(cpu_seconds=0.5)
        for task in tasks:
            gold = task.payload.gold or ""
            try:
                begun = time.perf_counter()
                found = await full(task, candidate(gold))
                counts["oracle_ms"] += int(1000 * (time.perf_counter() - begun))
            except TaskError as error:
                print("TASK ERROR", task.task_id, error.reason, error.detail)
                counts["task_error"] += 1
                continue
            counts["gold_accepted"] += found.outcome is Outcome.PASS
            counts["weak"] += bool(found.evidence["weak_oracle"])
            full.options = quick
            same = rewritings(gold, task.payload.entry_point)
            for kind, source, expect in [
                *((b.kind, b.source, Outcome.REJECT) for b in faults(gold, task.payload.entry_point)),
                *((r.kind, r.source, Outcome.PASS) for r in same),
            ]:
                said = await full(task, candidate(source))
                if expect is Outcome.REJECT:
                    counts["faults"] += 1
                    counts["faults_killed"] += said.outcome is Outcome.REJECT
                    counts["faults_undecided"] += said.outcome is Outcome.ERROR
                    killed_by_own = said.outcome is Outcome.REJECT and not (
                        said.evidence.get("first_failure", {}).get("generated")
                    )
                    counts["faults_killed_by_own_tests"] += killed_by_own
                    if said.outcome is Outcome.PASS:
                        survivors.append({"task": task.task_id, "kind": kind, "source": source})
                else:
                    counts["rewritings"] += 1
                    counts["rewritings_accepted"] += said.outcome is Outcome.PASS
                    if said.outcome is not Outcome.PASS:
                        wrong.append(
                            {"task": task.task_id, "kind": kind, "said": said.detail, "source": source}
                        )
            full.options = PythonOptions(max_mutants=most)
    counts["seconds"] = int(time.perf_counter() - start)
    for name, count in sorted(counts.items()):
        print(f"{name:32} {count}")
    print(f"rejected with generated inputs   {counts['faults_killed'] / max(1, counts['faults']):.4f}")
    by_own = counts["faults_killed_by_own_tests"] / max(1, counts["faults"])
    print(f"rejected by the own tests alone  {by_own:.4f}")
    print("survivors by kind", Counter(s["kind"] for s in survivors).most_common())
    for one in wrong:
        print("FALSE REJECT", one["task"], one["kind"], one["said"])
    if out:
        out.write_text(
            json.dumps({"survivors": survivors, "false_rejects": wrong}, indent=1), encoding="utf-8"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--first", type=int, default=None)
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--slots", type=int, default=1)
    parser.add_argument("--mutants", type=int, default=40)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    anyio.run(main, given.first, given.step, given.slots, given.mutants, given.out)
