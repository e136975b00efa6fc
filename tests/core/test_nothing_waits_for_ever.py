"""Whoever waits is woken: by a commit, by a deadline, or by the end of the run."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from support.peers import a_question
from support.toy import Heard, solve, toy_host, toy_plan, toy_run, write_tasks

from fastdistill import (
    Call,
    Candidate,
    Completion,
    ExecEvalSpec,
    Finding,
    NoOptions,
    Prompt,
    Services,
    Task,
    Usage,
    hookimpl,
    passed,
)
from fastdistill.model.answer import Choice, Message, Sampling
from fastdistill.model.report import Event, Noticed
from fastdistill.run import events
from fastdistill.run.ledger.ledger import Ledger
from fastdistill.run.session import Session
from fastdistill.testing.scripted import ScriptedProvider

pytestmark = pytest.mark.anyio


async def test_tasks_that_nobody_is_asked_about_are_decided_from_a_thread(tmp_path: Path) -> None:
    """The source is read in a thread, from which the event loop's waiters cannot be woken."""
    tasks = write_tasks(tmp_path / "tasks.jsonl", 60)
    with anyio.fail_after(30):
        done = await toy_run(tmp_path / "out", solve, "duplicates.near=drop", tasks=tasks)
    assert done.progress.skipped
    assert done.progress.skipped + done.progress.accepted == 60


class Asking:
    """A gate that asks a teacher about every answer."""

    @hookimpl
    def fastdistill_exec_evals(self) -> Iterable[ExecEvalSpec[Any]]:
        @asynccontextmanager
        async def opened(options: NoOptions, services: Services) -> AsyncIterator[Any]:
            teacher = await services.teacher("teacher")

            async def asks(task: Task[Any], candidate: Candidate, /) -> Finding:
                said = Message(role="user", content=f"1 + {candidate.answer.strip()}")
                prompt = Prompt(messages=(said,), template="asks")
                call = Call(
                    request_id="",
                    sample_id=task.sample_id,
                    attempt=1,
                    teacher_attempt=1,
                    purpose="validator",
                    prompt=prompt,
                    sampling=Sampling(),
                )
                await teacher.complete(call)
                return passed(gold_match=True)

            yield asks

        yield ExecEvalSpec(name="asks", summary="", config=NoOptions, open=opened)


async def test_a_gate_may_ask_in_the_audit_at_the_end(tmp_path: Path) -> None:
    """Its answer waited for a commit that nobody made any more, until the audit's two minutes were over."""
    tasks, provider = write_tasks(tmp_path / "tasks.jsonl", 3), ScriptedProvider(answer=solve)
    host = toy_host(provider, Asking())
    settings = ("audit=3", 'gates=["asks"]', "cache=false")
    plan = toy_plan(host, tasks, *settings)
    with anyio.fail_after(30):
        done = await Session(plan=plan, folder=tmp_path / "out", source=tasks, signals=False).run()
    asked = [call for call in provider.calls if call.purpose == "validator"]
    assert done.progress.accepted == 3
    assert len(asked) > 3, "the mutants were asked about too"


async def test_whoever_waits_for_a_commit_that_fails_hears_of_it(tmp_path: Path) -> None:
    """Whatever the error is: what is not on disk is not taken for durable."""
    ledger = Ledger(tmp_path / "ledger.sqlite")
    ledger.open()
    got = Completion(
        choices=(Choice(text="1", finish="stop"),), model="m", usage=Usage(prompt_tokens=2**70)
    )
    heard = list[BaseException]()

    async def record() -> None:
        try:
            await ledger.record_completion(a_question("one"), "teacher", got, waited=0.0)
        except OverflowError as error:
            heard.append(error)

    async with anyio.create_task_group() as group:
        group.start_soon(record)
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(OverflowError):
            await ledger.flush()
    ledger.close()
    assert heard


class Deaf:
    async def __call__(self, event: Event, /) -> None:
        await anyio.sleep_forever()


async def test_a_reporter_that_never_returns_does_not_keep_a_run_from_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "EVENT_DEADLINE", 0.05)
    tasks, heard = write_tasks(tmp_path / "tasks.jsonl", 3), Heard()
    plan = toy_plan(toy_host(ScriptedProvider(answer=solve)), tasks, "cache=false")
    session = Session(
        plan=plan,
        folder=tmp_path / "out",
        source=tasks,
        signals=False,
        reporters=[("the deaf", Deaf()), ("a test", heard)],
    )
    with anyio.fail_after(30):
        done = await session.run()
    assert done.progress.accepted == 3
    assert any("the deaf" in one.message for one in heard.events if isinstance(one, Noticed))
