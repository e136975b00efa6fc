"""The steps around a request: gates prepare first, waiting is no work, reporters hear the right teacher."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import anyio
import pytest
from attrs import define, field
from support.toy import Heard, rows, solve, sums_match, toy_host, toy_run, write_tasks

from fastdistill import (
    Call,
    Candidate,
    ContextTooLong,
    Finding,
    Settled,
    Task,
    TaskError,
    deadline_paused,
    hookimpl,
    passed,
)
from fastdistill.run.ledger.connection import reading
from fastdistill.testing.scripted import Answer, ScriptedProvider

pytestmark = pytest.mark.anyio


@define
class Preparing:
    """A gate that builds something for each task, and fails for some."""

    errors: dict[str, Exception] = field(factory=dict)
    prepared: list[str] = field(factory=list)
    at_once: int = 0
    peak: int = 0

    async def prepare(self, task: Task[Any], /) -> None:
        self.at_once += 1
        self.peak = max(self.peak, self.at_once)
        await anyio.sleep(0.01)
        self.at_once -= 1
        self.prepared.append(task.task_id)
        if error := self.errors.get(task.task_id):
            raise error

    async def __call__(self, task: Task[Any], candidate: Candidate, /) -> Finding:
        assert task.task_id in self.prepared
        return await sums_match(task, candidate)


async def test_gates_prepare_side_by_side_and_before_a_teacher_is_paid(tmp_path: Path) -> None:
    gate = Preparing(errors={"t3": TaskError("broken-gold", "it does not run"), "t5": ValueError("oh")})
    provider = ScriptedProvider(answer=solve)
    tasks = write_tasks(tmp_path / "t.jsonl", 20)
    done = await toy_run(
        tmp_path / "out", solve, tasks=tasks, provider=provider, host=toy_host(provider, gate=gate)
    )
    assert (done.progress.accepted, done.progress.failed) == (18, 2)
    assert set(gate.prepared) == {f"t{i}" for i in range(20)}
    assert gate.peak > 1
    asked = {call.prompt.messages[-1].content for call in provider.calls}
    assert not {"3 + 1", "5 + 1"} & asked
    reasons = {row["task_id"]: row["reason"] for row in rows(tmp_path / "out" / "rejected.jsonl")}
    assert reasons == {"t3": "broken-gold", "t5": "plugin-fault"}


async def test_a_gate_s_deadline_and_its_time_are_of_work_alone(tmp_path: Path) -> None:
    slots = anyio.Semaphore(1)

    async def gate(task: Task[Any], candidate: Candidate, /) -> Finding:
        with deadline_paused():
            await slots.acquire()
        try:
            await anyio.sleep(0.05)
        finally:
            slots.release()
        return passed(gold_match=True)

    provider = ScriptedProvider(answer=solve)
    tasks = write_tasks(tmp_path / "t.jsonl", 40)
    host = toy_host(provider, gate=gate)
    done = await toy_run(
        tmp_path / "out", solve, "gate_deadline=1.5", tasks=tasks, provider=provider, host=host
    )
    assert (done.outcome, done.progress.accepted) == ("done", 40)
    with reading(tmp_path / "out") as ledger:
        row = ledger.execute(
            "SELECT MIN(elapsed) AS worked, MAX(waited) AS waited FROM verdicts WHERE gate = 'sums-match'"
        ).fetchone()
    assert row["worked"] >= 0.04
    assert row["waited"] >= 1.5


async def test_reporters_hear_who_gave_the_accepted_answer(tmp_path: Path) -> None:
    def answer(call: Call) -> Answer:
        return solve(call)

    weak = ScriptedProvider(answer=lambda call: ContextTooLong("too long"))
    strong = ScriptedProvider(answer=answer)

    class Strong:
        @hookimpl
        def fastdistill_providers(self) -> Iterable[Any]:
            yield strong.spec("strong")

    heard = Heard()
    settings = (
        "teacher.0.attempts=3", "teacher.0.name=weak", "teacher.0.retries=0",
        "teacher.1.provider=strong", "teacher.1.model=s", "teacher.1.name=strong",
    )  # fmt: skip
    tasks = write_tasks(tmp_path / "t.jsonl", 2)
    host = toy_host(weak, Strong())
    await toy_run(tmp_path / "out", answer, *settings, tasks=tasks, provider=weak, host=host, heard=heard)
    told = [event.sample for event in heard.events if isinstance(event, Settled)]
    assert {sample.accepted.teacher for sample in told if sample.accepted} == {"strong"}
    assert {sample.attempts for sample in told} == {2}
