"""CPU seconds of decontamination and of near duplicates, and false hits between two benchmarks.

python tests/bench/bench_overlap.py [ROWS] [--items FILE KEY --tasks FILE KEY]
"""

import argparse
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

from fastdistill.run.overlap.clusters import cluster
from fastdistill.run.overlap.index import Index
from fastdistill.settings import Decontaminate

WORDS = [f"{a}{b}{c}" for a in "bcdfgh" for b in "aeiou" for c in ("lm", "rn", "st", "nd")]


def question(rng: random.Random) -> str:
    words = " ".join(rng.choice(WORDS) for _ in range(rng.randint(18, 70)))
    return f"How many {words} are there if each of the {rng.randint(2, 99)} has {rng.randint(2, 99)}?"


def texts(path: Path, key: str) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield str(json.loads(line)[key])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", nargs="?", type=int, default=100_000)
    parser.add_argument("--items", nargs=2)
    parser.add_argument("--tasks", nargs=2)
    given = parser.parse_args()
    rng = random.Random(0)
    if given.items:
        items = list(texts(Path(given.items[0]), given.items[1]))
        asked = list(texts(Path(given.tasks[0]), given.tasks[1]))
    else:
        items = [question(rng) for _ in range(2000)]
        asked = [question(rng) for _ in range(given.rows - 50)]
        planted = [one.upper() if at % 2 else f"Please: {one}" for at, one in enumerate(items[:50])]
        asked += planted
        rng.shuffle(asked)
    start = time.process_time()
    index = Index(Decontaminate())
    for number, one in enumerate(items, start=1):
        index.add("items", number, one)
    hits = [(one, hit) for one in asked if (hit := index.find(one)) is not None]
    print(
        f"{len(items)} items, {len(asked)} tasks: {len(hits)} hits, {time.process_time() - start:.1f} s CPU"
    )
    for one, hit in hits[: 12 if given.items else 0]:
        print("  task:", one[:300].replace("\n", " "))
        print("  item:", hit.item.number, items[hit.item.number - 1][:300].replace("\n", " "))
    start = time.process_time()
    roots = cluster(asked, 0.8)
    alone = sum(root == at for at, root in enumerate(roots))
    print(f"near duplicates: {len(asked) - alone} of {len(asked)}, {time.process_time() - start:.1f} s CPU")


if __name__ == "__main__":
    main()
