"""Completions that no server should send: impossible counts, latencies and texts."""

import math
from pathlib import Path
from typing import Any

import pytest
from support.toy import solve, toy_run, write_tasks

from fastdistill import Call, Choice, Completion, Usage
from fastdistill.run.ledger.connection import reading
from fastdistill.testing.scripted import ScriptedProvider

pytestmark = pytest.mark.anyio


def said(call: Call, **changes: Any) -> Completion:
    usage = changes.pop("usage", Usage(prompt_tokens=10, completion_tokens=5))
    fields = {
        "choices": (Choice(text=solve(call), finish="stop"),),
        "model": "m",
        "usage": usage,
        **changes,
    }
    return Completion(**fields)


@pytest.mark.parametrize("count", [10**20, 2**62, 2**53 + 1, -1, 1.5, math.nan, "7", True])
async def test_counts_that_cannot_be_are_unknown_and_cost_nothing_else(tmp_path: Path, count: Any) -> None:
    def answer(call: Call) -> Completion:
        odd = "3 + 1" in call.prompt.messages[-1].content
        return said(call, usage=Usage(prompt_tokens=count, completion_tokens=5)) if odd else said(call)

    tasks = write_tasks(tmp_path / "tasks.jsonl", 10)
    for _ in range(2):  # and again, from the ledger
        done = await toy_run(tmp_path / "out", answer, tasks=tasks)
        assert (done.outcome, done.progress.accepted) == ("done", 10)
    with reading(tmp_path / "out") as ledger:
        found = [
            tuple(r) for r in ledger.execute("SELECT prompt_tokens, completion_tokens FROM completions")
        ]
    assert sorted(found, key=str) == [(10, 5)] * 9 + [(None, 5)]


@pytest.mark.parametrize("latency", [math.nan, math.inf, -1.0, None])
async def test_a_latency_that_is_none_is_zero(tmp_path: Path, latency: Any) -> None:
    tasks = write_tasks(tmp_path / "tasks.jsonl", 3)
    done = await toy_run(tmp_path / "out", lambda call: said(call, latency=latency), tasks=tasks)
    assert done.progress.accepted == 3


@pytest.mark.parametrize("text", [None, 7, b"8"])
async def test_a_choice_without_text_is_a_bad_reply_of_one_task(tmp_path: Path, text: Any) -> None:
    def answer(call: Call) -> Completion:
        odd = "3 + 1" in call.prompt.messages[-1].content
        return said(call, choices=(Choice(text=text),)) if odd else said(call)

    tasks = write_tasks(tmp_path / "tasks.jsonl", 5)
    done = await toy_run(
        tmp_path / "out",
        answer,
        "teacher.0.retries=1",
        tasks=tasks,
        provider=ScriptedProvider(answer=answer),
    )
    assert (done.progress.accepted, done.progress.failed) == (4, 1)
