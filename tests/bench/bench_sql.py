"""Speed of the `sqlite` gate's judgement in one process: on the real database alone, and with neighbours.

    python tests/bench/bench_sql.py FOLDER...      each with a tasks.jsonl; the golds judge themselves

Prints pairs a second of CPU, the cost of making suites and of a last search, and as the baseline a plain
comparison of sorted rows.
"""

import json
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from statistics import mean, median
from typing import Any

from fastdistill import TaskError
from fastdistill_sql import judging, preparing

ROUNDS = 5


def jobs(folder: Path, most: int = 40) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in (folder / "tasks.jsonl").read_text().splitlines()]
    found = []
    for row in rows[:: max(1, len(rows) // most)]:
        job = {
            "database": str(folder / row["database"]),
            "candidate": row["gold_sql"] + " ",
            "golds": [row["gold_sql"]],
            "suite": None,
            "comparison": {},
            "budget": {},
        }
        try:
            judging.judge(job)
        except TaskError:
            continue
        found.append(job)
    return found


def rate(work: list[dict[str, Any]]) -> float:
    for job in work:
        judging.judge(job)
    began = time.process_time()
    for job in work * ROUNDS:
        assert judging.judge(job)["outcome"] == "pass", job
    return len(work) * ROUNDS / (time.process_time() - began)


def baseline(work: list[dict[str, Any]]) -> float:
    """Both queries run and compared as sorted rows, unguarded, with the standard library."""
    opened = {job["database"]: sqlite3.connect(job["database"]) for job in work}
    began = time.process_time()
    for job in work * ROUNDS:
        both = [opened[job["database"]].execute(q).fetchall() for q in (job["candidate"], *job["golds"])]
        assert sorted(both[0], key=repr) == sorted(both[1], key=repr)
    return len(work) * ROUNDS / (time.process_time() - began)


def searches(work: list[dict[str, Any]]) -> float:
    """Milliseconds of CPU for a candidate that says the same in another way: it meets the last search."""
    began = time.process_time()
    for job in work:
        other = {**job, "candidate": f"SELECT * FROM ({job['golds'][0].rstrip('; ')}) AS answer"}
        judging.judge(other)
    return (time.process_time() - began) / len(work) * 1000


def main() -> None:
    preparing.PREPARED = 10_000
    for folder in map(Path, sys.argv[1:]):
        work = jobs(folder)
        print(f"{folder.name}: {len(work)} golds")
        print(f"  one database      {rate(work):8.0f} pairs/s   (plain comparison {baseline(work):.0f})")
        with tempfile.TemporaryDirectory() as into:
            costs = []
            for number, job in enumerate(work):
                job["suite"] = str(Path(into, f"{number}.suite"))
                began = time.process_time()
                judging.make_suite({**job, "into": job["suite"]})
                costs.append((time.process_time() - began) * 1000)
            print(f"  making a suite    {median(costs):8.1f} ms   (mean {mean(costs):.1f})")
            count = sum(judging.judge(job)["evidence"].get("variants", 0) for job in work) / len(work)
            print(f"  with {count:4.1f} variants {rate(work):8.0f} pairs/s")
            print(f"  a last search     {searches(work):8.1f} ms")


if __name__ == "__main__":
    main()
