"""Runs to look at: rejects, failures, a task without an answer, and replies that mean harm."""

import json
from pathlib import Path

import anyio
from support.toy import toy_run

from fastdistill import Call, ProviderError
from fastdistill.testing.scripted import Answer

HOSTILE = (
    "</pre></style><script>document.title='owned'</script><img src=x onerror=alert(2)>"
    "\u202e\x00\x1b[31m & \"'"
)
LONG = "x" * 1_000_000


def answer(call: Call) -> Answer:
    """Some are right at once, some at the second attempt, some never; one call fails for good."""
    left, _, right = call.prompt.messages[-1].content.partition(" + ")
    number = int(left)
    match number % 7:
        case 1 if call.attempt == 1:
            return "1"
        case 2:
            return HOSTILE
        case 3:
            return LONG
        case 4:
            return "sorry"
        case 5:
            return ProviderError("out of order")
    return str(number + int(right))


def write_rows(path: Path, count: int) -> Path:
    """Tasks whose ids are hostile too, in two groups by tag."""
    rows = [
        {"task_id": f"t{i:03}" if i else f"t000 {HOSTILE}", "left": i, "right": 1, "total": i + 1}
        for i in range(count)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def a_run(folder: Path, *settings: str, count: int = 14) -> Path:
    """Run the toy scenario into `folder`."""
    tasks = write_rows(folder.with_suffix(".jsonl"), count)
    anyio.run(
        lambda: toy_run(
            folder, answer, "teacher.0.attempts=2", "teacher.0.retries=0", *settings, tasks=tasks
        )
    )
    return folder
