"""Tokens for an accepted row: every attempt, against stopping when there is nothing to win.

The teacher's answers are the embedded 0.5B model's, as they were recorded: eight to each of 57 SQL tasks.
"""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from support.recorded import recorded
from support.toy import solve, toy_host, toy_run, write_tasks

from fastdistill import Call, Choice, Completion, Usage
from fastdistill.testing.scripted import Answer, ScriptedProvider

TASKS = recorded("sql-0.5b")


def as_recorded(call: Call) -> Answer:
    """The recorded answers to a task in a random order: equal ones are equal."""
    number = int(call.prompt.messages[-1].content.split()[0])
    task = TASKS[number]
    place = random.Random(number).sample(range(8), 8)[call.attempt - 1]
    said = solve(call) if task.refused[place] is None else str(10_000 + task.same[place])
    tokens = round(task.answer_tokens)
    usage = Usage(prompt_tokens=task.prompt_tokens, completion_tokens=tokens)
    return Completion(choices=(Choice(text=said),), model="recorded", usage=usage)


async def spent(folder: Path, tasks: Path, *settings: str) -> dict[str, Any]:
    teacher = ScriptedProvider(answer=as_recorded)
    await toy_run(folder, as_recorded, *settings, tasks=tasks, provider=teacher, host=toy_host(teacher))
    timing = json.loads((folder / "timing_report.json").read_text())
    tokens = sum(one["prompt_tokens"] + one["completion_tokens"] for one in timing["spending"])
    return {"accepted": timing["counts"]["accepted"], "tokens": tokens}


@pytest.mark.anyio
async def test_a_stream_that_is_hopeless_is_not_paid_for(tmp_path: Path) -> None:
    tasks = write_tasks(tmp_path / "t.jsonl", len(TASKS))
    best_of_4 = await spent(tmp_path / "all", tasks, "purpose=student", "teacher.0.attempts=4")
    stopped = await spent(tmp_path / "some", tasks, "teacher.0.attempts=8", "give_up.same_wrong=2")
    each = [one["tokens"] / one["accepted"] for one in (best_of_4, stopped)]
    print(best_of_4, stopped, f"{each[1] / each[0] - 1:+.1%}")
    assert stopped["accepted"] >= best_of_4["accepted"]
    assert each[1] <= 0.6 * each[0]
