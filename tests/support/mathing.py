"""The math gate through its public seam, for tests: one row and one reply to what the gates say."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from attrs import define

from fastdistill import Choice, Completion, Finding, Gate, Services, Task, rejected
from fastdistill.run.tasks import JsonLines
from fastdistill.testing import lend
from fastdistill_math.gate import open_gate
from fastdistill_math.options import SympyOptions
from fastdistill_math.rows import MathGold
from fastdistill_math.scenario import MathScenario


def tasks_of(path: Path, *rows: dict[str, Any]) -> list[Task[MathGold]]:
    """The tasks that `rows` make, written to `path`."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    found = list(MathScenario().tasks(JsonLines(path=path)))
    assert all(isinstance(one, Task) for one in found), found
    return found  # type: ignore[return-value]


def task_of(answer: str | None, **more: Any) -> Task[MathGold]:
    """A task with that gold."""
    return Task(
        task_id="t",
        input={"problem": "?"},
        payload=MathGold(answer=answer, **more),
        has_gold=answer is not None,
    )


@define
class Asked:
    """A gate that reads replies first."""

    gate: Gate
    services: Services

    async def __call__(self, task: Task[MathGold], reply: str) -> Finding:
        from fastdistill import Candidate

        completion = Completion(choices=(Choice(text=reply, finish="stop"),), model="m")
        reading = MathScenario().read(task, completion)
        if reading.answer is None:
            return rejected(reading.reason or "unreadable", reading.detail)
        return await self.gate(task, Candidate(answer=reading.answer, text=reply, reading=reading))


@asynccontextmanager
async def asking(**options: Any) -> AsyncIterator[Asked]:
    """The gate, open, with two workers."""
    async with lend(workers=2) as services, open_gate(SympyOptions(**options), services) as gate:
        yield Asked(gate, services)
