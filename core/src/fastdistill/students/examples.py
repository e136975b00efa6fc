"""Accepted rows as examples for a base model: what a student was trained on, shown instead."""

import random
from pathlib import Path

from fastdistill.errors import UsageError
from fastdistill.run.folder import DATASET, atomic
from fastdistill.run.jsonl import dumps, loads

EXAMPLES = "examples.jsonl"


def write_examples(run: Path, count: int, folder: Path) -> Path:
    """Write `count` training rows of a run's dataset, drawn by the same draw each time; return the file.

    Raises `UsageError` where the dataset is missing or has fewer.
    """
    path = run / DATASET
    if not path.is_file():
        raise UsageError(f"there is no {DATASET} in {str(run)!r}: the run has not finished")
    rows = [loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    rows = [row for row in rows if row.get("split", "train") == "train"]
    if len(rows) < count:
        raise UsageError(f"{str(path)!r} has {len(rows)} training rows, fewer than --shots {count}")
    drawn = random.Random("examples").sample(rows, count)  # noqa: S311  a repeatable draw, no secret
    with atomic(folder / EXAMPLES) as file:
        for row in drawn:
            file.write(dumps({"messages": row["messages"]}) + "\n")
    return folder / EXAMPLES
