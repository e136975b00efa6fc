"""Services as plugins meet them, through the public test kit."""

import random
from pathlib import Path

import pytest
import worker_jobs as jobs

from fastdistill import Call, Completion, Message, Prompt, Sampling, Services, TimedOut, UsageError
from fastdistill.testing import ScriptedTeacher, lend

pytestmark = pytest.mark.anyio


def call(sample_id: str = "s") -> Call:
    prompt = Prompt(messages=(Message(role="user", content="?"),), template="t")
    return Call(
        request_id="r", sample_id=sample_id, attempt=1, purpose="judge", prompt=prompt, sampling=Sampling()
    )


async def test_random_numbers_depend_on_the_seed_and_the_key_alone() -> None:
    async def draw(seed: int, *key: str) -> float:
        async with lend(seed=seed) as services:
            random.seed(0)
            services.rng("other").random()
            return services.rng(*key).random()

    assert await draw(1, "a", "b") == await draw(1, "a", "b")
    drawn = {await draw(1, "a", "b"), await draw(2, "a", "b"), await draw(1, "a"), await draw(1, "ab")}
    assert len(drawn) == 4


async def test_the_folder_and_the_store_are_gone_at_the_end() -> None:
    async with lend() as services:
        (services.tmp / "a").write_text("x")

        async def build(path: Path) -> None:
            path.write_text("y")

        made = [services.tmp, await services.store("key", build)]
        assert made[1].read_text() == "y"
    assert not any(path.exists() for path in made)
    assert services.transport is None
    assert isinstance(services.clock(), float)


async def test_workers_are_real() -> None:
    async with lend() as services:
        lent: Services = services
        assert await lent.workers.run(jobs.echo, [1], deadline=10) == [1]


async def test_teachers_answer_from_a_script_and_remember_what_they_were_asked() -> None:
    teacher = ScriptedTeacher(["yes", TimedOut("slow"), Completion(choices=(), model="m")])
    async with lend(teachers={"judge": teacher}) as services:
        judge = await services.teacher("judge")
        first = await judge.complete(call("a"))
        assert (first.text, first.finish, first.usage) == ("yes", "stop", None)
        with pytest.raises(TimedOut):
            await judge.complete(call("b"))
        assert (await judge.complete(call("c"))).model == "m"
        with pytest.raises(AssertionError, match="no reply left"):
            await judge.complete(call("d"))
        assert [asked.sample_id for asked in teacher.calls] == ["a", "b", "c", "d"]
        with pytest.raises(UsageError, match=r"no teacher 'other'.*judge"):
            await services.teacher("other")


async def test_a_script_can_be_a_function_of_the_call() -> None:
    teacher = ScriptedTeacher(lambda asked: f"about {asked.sample_id}", identity="me")
    assert (await teacher.complete(call("x"))).text == "about x"
    assert teacher.identity == "me"
