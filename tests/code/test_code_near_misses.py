"""Near-misses: wrong programs over small tasks with a gold, which pass all of three or four asserts."""

import json
from pathlib import Path

import pytest

from fastdistill import Candidate, Outcome, Reading
from fastdistill.testing import lend
from fastdistill_code.gate import open_gate
from fastdistill_code.options import PythonOptions
from fastdistill_code.rows import CodeRow
from fastdistill_code.scenario import make_task

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "near_misses.jsonl").read_text().splitlines()
]
LEAST = 35
"""Of 40; 29 were refused when they were judged for the first time."""


@pytest.mark.slow
@pytest.mark.anyio
async def test_most_near_misses_are_refused() -> None:
    options = PythonOptions(allow_weak_sandbox=True, parallel=2, max_mutants=1)
    refused = 0
    async with lend() as services, open_gate(options, services) as gate:
        for row in ROWS:
            fields = {key: row[key] for key in ("task_id", "prompt", "entry_point", "tests", "gold")}
            source = row["reply"].removeprefix("```python\n").removesuffix("```\n")
            candidate = Candidate(answer=source, text=source, reading=Reading(answer=source))
            refused += (await gate(make_task(CodeRow(**fields)), candidate)).outcome is Outcome.REJECT
    assert refused >= LEAST
