"""Batch mode: requests handed in together, collected by id, and never paid twice."""

import random
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path

import anyio
import pytest
from attrs import define, evolve, field
from support.peers import a_question
from support.toy import solve, toy_run, write_tasks

from fastdistill import (
    AuthFailed,
    BadRequest,
    BatchState,
    Call,
    Completion,
    ConnectionFailed,
    NotFound,
    ProviderError,
    ServerFailed,
    UsageError,
)
from fastdistill.errors import TeacherUnusable
from fastdistill.run.ledger.connection import reading
from fastdistill.run.ledger.ledger import Ledger
from fastdistill.run.teachers.channel import open_batches
from fastdistill.run.teachers.retry import Retry
from fastdistill.testing.scripted import Answer, ScriptedProvider

pytestmark = pytest.mark.anyio

BATCHES = ("teacher.0.mode=batch", "teacher.0.batch_interval=0.02")


@define(kw_only=True)
class Bureau(ScriptedProvider):
    """A provider whose batches end after `looks` looks."""

    answer: Callable[[Call], Answer] = solve
    looks: int = 1
    batches: dict[str, list[Call]] = field(factory=dict)
    looked: dict[str, int] = field(factory=dict)
    refuse: Exception | None = None
    numbers: "count[int]" = field(factory=count)
    keys: dict[str, str] = field(factory=dict)
    silent: int = 0
    """So many batches are taken without a word."""
    hang: bool = False
    """Whether it falls silent for ever then."""

    async def submit(self, calls: Sequence[Call], key: str, /) -> str:
        if self.refuse:
            raise self.refuse
        name = f"batch-{next(self.numbers)}"
        self.batches[name] = list(calls)
        self.keys[key] = name
        if self.silent:
            self.silent -= 1
            if self.hang:
                await anyio.sleep_forever()
            raise ConnectionFailed("reset")
        return name

    async def find(self, key: str, /) -> str | None:
        return self.keys.get(key)

    async def poll(self, batch_id: str, /) -> BatchState:
        if batch_id not in self.batches:
            raise NotFound(f"no batch {batch_id!r}")
        self.looked[batch_id] = self.looked.get(batch_id, 0) + 1
        return BatchState(status="working", ended=self.looked[batch_id] > self.looks)

    async def collect(
        self, batch_id: str, calls: Sequence[Call], /
    ) -> Mapping[str, Completion | ProviderError]:
        assert {call.request_id for call in calls} <= {c.request_id for c in self.batches[batch_id]}
        found: dict[str, Completion | ProviderError] = {}
        for call in calls:
            try:
                found[call.request_id] = await self.complete(call)
            except ProviderError as error:
                found[call.request_id] = error
        return found


async def broken_off(out: Path, tasks: Path, bureau: Bureau, once: Mapping[str, object]) -> None:
    """A run that is cancelled as soon as there is anything in `once`."""
    with anyio.move_on_after(5) as scope:
        async with anyio.create_task_group() as group:

            async def go() -> None:
                await toy_run(out, solve, *BATCHES, tasks=tasks, provider=bureau)

            group.start_soon(go)
            while not once:  # noqa: ASYNC110  a dict sends no event
                await anyio.sleep(0.01)
            group.cancel_scope.cancel()
    assert not scope.cancelled_caught


async def test_a_run_in_one_batch(tmp_path: Path) -> None:
    bureau = Bureau()
    tasks = write_tasks(tmp_path / "tasks.jsonl", 30)
    done = await toy_run(tmp_path / "out", solve, *BATCHES, tasks=tasks, provider=bureau)
    assert (done.outcome, done.progress.accepted) == ("done", 30)
    assert [len(calls) for calls in bureau.batches.values()] == [30]


async def test_no_batch_is_larger_than_it_may_be(tmp_path: Path) -> None:
    bureau = Bureau()
    tasks = write_tasks(tmp_path / "tasks.jsonl", 25)
    settings = (*BATCHES, "teacher.0.batch_size=10")
    done = await toy_run(tmp_path / "out", solve, *settings, tasks=tasks, provider=bureau)
    assert done.progress.accepted == 25
    assert sorted(len(calls) for calls in bureau.batches.values()) == [5, 10, 10]


async def test_a_broken_off_run_collects_the_same_batch(tmp_path: Path) -> None:
    bureau = Bureau(looks=10**9)
    tasks = write_tasks(tmp_path / "tasks.jsonl", 20)
    await broken_off(tmp_path / "out", tasks, bureau, once=bureau.looked)
    bureau.looks = 0
    done = await toy_run(tmp_path / "out", solve, *BATCHES, tasks=tasks, provider=bureau)
    assert done.progress.accepted == 20
    assert len(bureau.batches) == 1, "nothing was handed in twice"


async def test_partial_failures_are_asked_again_and_bad_requests_are_not(tmp_path: Path) -> None:
    asked: dict[str, int] = {}

    def answer(call: Call) -> Answer:
        text = call.prompt.messages[-1].content
        asked[text] = asked.get(text, 0) + 1
        if text == "3 + 1" and asked[text] == 1:
            return ServerFailed("the line for it is in the error file")
        return BadRequest("no") if text == "4 + 1" else solve(call)

    bureau = Bureau(answer=answer)
    tasks = write_tasks(tmp_path / "tasks.jsonl", 10)
    done = await toy_run(tmp_path / "out", solve, *BATCHES, tasks=tasks, provider=bureau)
    assert (done.progress.accepted, done.progress.failed) == (9, 1)
    assert sorted(len(calls) for calls in bureau.batches.values()) == [1, 10]
    assert asked["4 + 1"] == 1
    with reading(tmp_path / "out") as ledger:
        faults = [tuple(row) for row in ledger.execute("SELECT kind, final FROM faults ORDER BY 1")]
    assert faults == [("bad-request", 1), ("server", 0)]


async def test_a_forgotten_batch_is_handed_in_anew(tmp_path: Path) -> None:
    bureau = Bureau()

    def answer(call: Call) -> Answer:
        return solve(call)

    tasks = write_tasks(tmp_path / "tasks.jsonl", 5)
    original = bureau.submit

    async def forgetful(calls: Sequence[Call], key: str, /) -> str:
        name = await original(calls, key)
        if name == "batch-0":
            bureau.batches["lost"] = bureau.batches.pop(name)
        return name

    class Forgetful(Bureau):
        async def submit(self, calls: Sequence[Call], key: str, /) -> str:
            return await forgetful(calls, key)

    other = Forgetful(batches=bureau.batches, looked=bureau.looked)
    done = await toy_run(tmp_path / "out", answer, *BATCHES, tasks=tasks, provider=other)
    assert done.progress.accepted == 5
    assert [len(calls) for calls in bureau.batches.values()] == [5, 5]


async def test_a_wrong_key_stops_the_run(tmp_path: Path) -> None:
    bureau = Bureau(refuse=AuthFailed("wrong key"))
    tasks = write_tasks(tmp_path / "tasks.jsonl", 5)
    with pytest.raises(AuthFailed, match="wrong key"):
        await toy_run(tmp_path / "out", solve, *BATCHES, tasks=tasks, provider=bureau)


@pytest.mark.parametrize("at", ["submit", "collect"])
async def test_a_batch_that_is_refused_whole_stops_the_run(at: str, tmp_path: Path) -> None:
    refusal = BadRequest("the parameter 'seed' is not supported")
    bureau = Bureau(refuse=refusal) if at == "submit" else Bureau(answer=lambda _: refusal)
    tasks = write_tasks(tmp_path / "tasks.jsonl", 40)
    settings = (*BATCHES, "teacher.0.batch_size=10")
    with pytest.raises(TeacherUnusable, match="'seed' is not supported"):
        await toy_run(tmp_path / "out", solve, *settings, tasks=tasks, provider=bureau)
    with reading(tmp_path / "out") as ledger:
        (decided,) = ledger.execute("SELECT COUNT(*) FROM decisions").fetchone()
    assert decided == 0, "an error of the endpoint is no task's"


async def test_bad_requests_beside_answers_stop_no_batch(tmp_path: Path) -> None:
    def answer(call: Call) -> Answer:
        number = int(call.prompt.messages[-1].content.partition(" + ")[0])
        return BadRequest("no such word") if 3 <= number < 15 else solve(call)

    tasks = write_tasks(tmp_path / "tasks.jsonl", 30)
    done = await toy_run(tmp_path / "out", solve, *BATCHES, tasks=tasks, provider=Bureau(answer=answer))
    assert (done.progress.accepted, done.progress.failed) == (18, 12)


async def test_a_provider_without_batches_is_told_of(tmp_path: Path) -> None:
    tasks = write_tasks(tmp_path / "tasks.jsonl", 5)
    with pytest.raises(UsageError, match='set mode = "online"'):
        await toy_run(tmp_path / "out", solve, *BATCHES, tasks=tasks)


async def test_a_batch_whose_acceptance_was_lost_is_not_handed_in_twice(tmp_path: Path) -> None:
    bureau = Bureau(silent=1)
    tasks = write_tasks(tmp_path / "tasks.jsonl", 12)
    done = await toy_run(tmp_path / "out", solve, *BATCHES, tasks=tasks, provider=bureau)
    assert done.progress.accepted == 12
    assert [len(calls) for calls in bureau.batches.values()] == [12]


@pytest.mark.parametrize("taken", [True, False])
async def test_a_run_killed_before_it_heard_of_its_batch_finds_it(tmp_path: Path, taken: bool) -> None:
    bureau = Bureau(silent=1, hang=True)
    tasks = write_tasks(tmp_path / "tasks.jsonl", 12)
    await broken_off(tmp_path / "out", tasks, bureau, once=bureau.batches)
    if not taken:
        bureau.keys.clear()
    done = await toy_run(tmp_path / "out", solve, *BATCHES, tasks=tasks, provider=bureau)
    assert done.progress.accepted == 12
    assert len(bureau.batches) == (1 if taken else 2)


@define(kw_only=True)
class Slow(Bureau):
    """Hands its answers out so slowly that a call joins the batch meanwhile."""

    collecting: anyio.Event
    joined: anyio.Event

    async def collect(
        self, batch_id: str, calls: Sequence[Call], /
    ) -> Mapping[str, Completion | ProviderError]:
        self.collecting.set()
        await self.joined.wait()
        return await super().collect(batch_id, calls)


async def test_a_call_that_joins_its_batch_while_that_is_collected_is_not_bought_again(
    tmp_path: Path,
) -> None:
    """A resumed run meets its calls one by one, and the batch may have ended long ago."""
    ledger = Ledger(tmp_path / "ledger.sqlite")
    ledger.open()
    slow = Slow(looks=0, collecting=anyio.Event(), joined=anyio.Event())
    calls = [evolve(a_question(f"{i} + 1"), request_id=f"r{i}") for i in range(2)]
    slow.batches["old"] = calls
    ledger.record_batch(calls, "old", slow.identity)
    got = list[str]()
    async with open_batches(
        providers=[slow], owner="a test", ledger=ledger, retry=Retry(), rng=random.Random(1), size=10,
        interval=0.01,
    ) as channel:  # fmt: skip

        async def ask(call: Call) -> None:
            got.append((await channel.complete(call)).text)

        with anyio.fail_after(30):
            async with anyio.create_task_group() as group:
                group.start_soon(ask, calls[0])
                await slow.collecting.wait()
                group.start_soon(ask, calls[1])
                await anyio.wait_all_tasks_blocked()
                slow.joined.set()
    ledger.close()
    assert (sorted(got), list(slow.batches)) == (["1", "2"], ["old"])
