"""Several endpoints of one model: order, failover, affinity, retries, outages."""

import random
import time
from collections.abc import Callable
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from fastdistill import (
    AuthFailed,
    BadRequest,
    Call,
    Choice,
    Completion,
    ConnectionFailed,
    Message,
    NotFound,
    Prompt,
    ProviderError,
    RateLimited,
    Sampling,
    ServerFailed,
    TimedOut,
)
from fastdistill.errors import FastDistillError, PluginFault, RunHalted
from fastdistill.run.teachers import endpoint_queue
from fastdistill.run.teachers.dispatcher import Dispatcher, dispatcher_of
from fastdistill.run.teachers.retry import Retry

pytestmark = pytest.mark.anyio


def call(number: int = 0, prefix: str = "") -> Call:
    prompt = Prompt(messages=(Message(role="user", content="?"),), template="t", prefix_key=prefix)
    return Call(
        request_id=f"r{number}",
        sample_id=f"s{number}",
        attempt=1,
        purpose="teacher",
        prompt=prompt,
        sampling=Sampling(),
    )


class Teacher:
    """Answers after `latency` seconds, or raises what `script` gives for the call's ordinal."""

    def __init__(
        self,
        name: str = "one",
        *,
        latency: float = 0.005,
        script: Callable[[int], Exception | None] = lambda _ordinal: None,
    ) -> None:
        self.identity, self.latency, self.script = name, latency, script
        self.calls: list[str] = []
        self.prefixes: list[str] = []
        self.in_flight = self.most = 0

    async def complete(self, asked: Call, /) -> Completion:
        self.calls.append(asked.request_id)
        self.prefixes.append(asked.prompt.prefix_key)
        error = self.script(len(self.calls))
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        try:
            await anyio.sleep(self.latency)
        finally:
            self.in_flight -= 1
        if error:
            raise error
        return Completion(choices=(Choice(text=self.identity),), model="m")


def serve(*teachers: Teacher, cap: int | None = None, **options: Any) -> Dispatcher:
    retry = options.pop("retry", Retry(base=0.01, cap=0.05))
    return dispatcher_of(
        teachers,
        retry=retry,
        clock=time.monotonic,
        rng=random.Random(0),
        caps=[cap] * len(teachers),
        **options,
    )


async def ask_all(endpoints: Dispatcher, calls: list[Call]) -> list[str]:
    answers: dict[str, str] = {}

    async def one(asked: Call) -> None:
        answers[asked.request_id] = (await endpoints.complete(asked)).text

    async with anyio.create_task_group() as group:
        for asked in calls:
            group.start_soon(one, asked)
    return [answers[asked.request_id] for asked in calls]


async def test_every_call_is_answered_within_the_cap() -> None:
    teacher = Teacher()
    endpoints = serve(teacher, cap=7)
    assert len(await ask_all(endpoints, [call(i) for i in range(100)])) == 100
    assert teacher.most == 7
    assert sorted(teacher.calls) == sorted(f"r{i}" for i in range(100))
    assert endpoints.endpoints[0].limiter.in_flight == 0


async def test_calls_are_served_in_the_order_they_came() -> None:
    teacher = Teacher(latency=0.001)
    endpoints = serve(teacher, cap=1)
    async with anyio.create_task_group() as group:
        for number in range(20):
            group.start_soon(endpoints.complete, call(number))
            await anyio.lowlevel.checkpoint()
            await anyio.lowlevel.checkpoint()
    numbers = [int(name[1:]) for name in teacher.calls]
    assert sum(abs(n - i) for i, n in enumerate(numbers)) <= 20


async def test_failed_calls_are_retried_recorded_and_counted() -> None:
    def script(ordinal: int) -> Exception | None:
        return {1: ServerFailed("500"), 2: TimedOut("slow")}.get(ordinal)

    faults: list[tuple[str, ProviderError]] = []
    endpoints = serve(Teacher(script=script), on_fault=lambda c, e: faults.append((c.request_id, e)))
    assert (await endpoints.complete(call(5))).text == "one"
    assert [(name, error.kind) for name, error in faults] == [("r5", "server"), ("r5", "timed-out")]
    assert endpoints.failed == endpoints.retried == {"server": 1, "timed-out": 1}


async def test_the_last_error_is_raised_when_retries_are_used_up() -> None:
    faults: list[str] = []
    teacher = Teacher(script=lambda n: ServerFailed(f"failure {n}"))
    endpoints = serve(
        teacher, retry=Retry(retries=2, base=0.01), on_fault=lambda _, e: faults.append(str(e))
    )
    with pytest.raises(ServerFailed, match="failure 3"):
        await endpoints.complete(call())
    assert faults == ["failure 1", "failure 2"]
    assert endpoints.failed == {"server": 3}
    assert endpoints.retried == {"server": 2}


@pytest.mark.parametrize("error", [BadRequest("400"), AuthFailed("401"), NotFound("404"), KeyError("bug")])
async def test_what_asking_again_cannot_mend_is_one_call(error: Exception) -> None:
    teacher = Teacher(script=lambda _: error)
    endpoints = serve(teacher, owner="my-plugin")
    told = type(error) if isinstance(error, FastDistillError) else PluginFault
    with pytest.raises(told, match="my-plugin raised KeyError" if told is PluginFault else None):
        await endpoints.complete(call())
    assert len(teacher.calls) == 1
    assert endpoints.endpoints[0].limiter.in_flight == 0


async def test_the_deadline_ends_a_call_that_hangs() -> None:
    endpoints = serve(Teacher(latency=60), retry=Retry(deadline=0.1))
    with pytest.raises(TimedOut, match=r"0\.1 s"):
        await endpoints.complete(call())


async def test_waiting_out_a_refusal_holds_no_permit_and_nobody_up() -> None:
    teacher = Teacher(script=lambda n: RateLimited("429", retry_after=0.5) if n == 1 else None)
    endpoints = serve(teacher, cap=1)
    ends: list[str] = []

    async def one(number: int) -> None:
        await endpoints.complete(call(number))
        ends.append(f"r{number}")

    async with anyio.create_task_group() as group:
        group.start_soon(one, 0)
        await anyio.sleep(0.05)
        assert endpoints.waiting_out == 1
        began = time.monotonic()
        for number in range(1, 6):
            await one(number)
        assert time.monotonic() - began < 0.4
    assert ends == ["r1", "r2", "r3", "r4", "r5", "r0"]


async def test_two_endpoints_share_the_load() -> None:
    one, two = Teacher("one", latency=0.05), Teacher("two", latency=0.15)
    await ask_all(serve(one, two, cap=4), [call(i) for i in range(80)])
    assert len(one.calls) > 1.5 * len(two.calls) > 20


async def test_calls_of_one_prefix_stay_together_until_their_endpoint_is_busier() -> None:
    teachers = [Teacher(str(n)) for n in range(3)]
    endpoints = serve(*teachers, cap=16)
    for number in range(60):
        await endpoints.complete(call(number, prefix=f"schema {number % 6}"))
    for prefix in {f"schema {n}" for n in range(6)}:
        assert sum(prefix in teacher.prefixes for teacher in teachers) == 1
    assert sum(bool(teacher.calls) for teacher in teachers) > 1
    await ask_all(endpoints, [call(i, prefix="schema 0") for i in range(48)])
    assert all("schema 0" in teacher.prefixes for teacher in teachers)


async def test_a_retry_goes_to_another_endpoint() -> None:
    bad = Teacher("bad", script=lambda _: ConnectionFailed("reset"))
    good = Teacher("good")
    endpoints = serve(bad, good, cap=8)
    assert set(await ask_all(endpoints, [call(i) for i in range(40)])) == {"good"}
    assert len(bad.calls) < 40


async def test_an_endpoint_that_dies_is_left_out_and_comes_back() -> None:
    dead = False

    def script(_: int) -> Exception | None:
        return ConnectionFailed("refused") if dead else None

    one, two = Teacher("one", script=script), Teacher("two")
    endpoints = serve(one, two, cap=8)
    await ask_all(endpoints, [call(i) for i in range(16)])
    dead = True
    assert set(await ask_all(endpoints, [call(i) for i in range(50, 150)])) == {"two"}
    during = len(one.calls)
    assert endpoints.endpoints[0].breaker.opened == 1
    dead = False
    await anyio.sleep(1.4)
    assert (await endpoints.complete(call(150))).text == "one"
    assert endpoints.endpoints[0].limiter.limit == 8, "as before the outage"
    await ask_all(endpoints, [call(i) for i in range(151, 250)])
    assert len(one.calls) - during > 30


async def test_an_outage_is_waited_out_and_spends_no_retries() -> None:
    until = time.monotonic() + 0.8
    teacher = Teacher(script=lambda _: ConnectionFailed("refused") if time.monotonic() < until else None)
    endpoints = serve(teacher, cap=10, retry=Retry(retries=3, base=0.01, cap=0.02))
    answers = await ask_all(endpoints, [call(i) for i in range(40)])
    assert len(answers) == 40


async def test_an_address_that_never_answers_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint_queue, "NEVER_THERE", 0.3)
    endpoints = serve(
        Teacher(script=lambda _: ConnectionFailed("refused")), retry=Retry(retries=50, base=0.01)
    )
    stopped = 0

    async def one(number: int) -> None:
        nonlocal stopped
        try:
            await endpoints.complete(call(number))
        except NotFound as error:
            stopped += "refused; check its address" in str(error)

    with anyio.fail_after(10):
        async with anyio.create_task_group() as group:
            for number in range(40):
                group.start_soon(one, number)
    assert stopped == 40


async def test_cancelling_frees_places_and_permits() -> None:
    teacher = Teacher(latency=60)
    endpoints = serve(teacher, cap=2)
    async with anyio.create_task_group() as group:
        for number in range(6):
            group.start_soon(endpoints.complete, call(number))
        await anyio.sleep(0.02)
        assert teacher.in_flight == 2
        group.cancel_scope.cancel()
    assert endpoints.endpoints[0].limiter.in_flight == 0
    teacher.latency = 0
    assert (await endpoints.complete(call(9))).text == "one"


async def test_halting_ends_all_waiting() -> None:
    teacher = Teacher(script=lambda n: RateLimited("429", retry_after=60) if n == 1 else None)
    endpoints, told = serve(teacher, cap=1), list[int]()

    async def ask(number: int) -> None:
        with pytest.raises(RunHalted):
            await endpoints.complete(call(number))
        told.append(number)

    async with anyio.create_task_group() as group:
        group.start_soon(ask, 0)
        await anyio.sleep(0.05)
        teacher.latency = 0.5
        async with anyio.create_task_group() as inner:
            inner.start_soon(endpoints.complete, call(1))
            await anyio.sleep(0.01)
            inner.start_soon(ask, 2)
            await anyio.sleep(0.01)
            with anyio.fail_after(1):
                endpoints.halt()
                while len(told) < 2:  # noqa: ASYNC110  a list sends no event
                    await anyio.sleep(0.005)
            assert teacher.in_flight == 1, "what is under way comes home"


async def test_a_stated_rate_paces_the_calls() -> None:
    teacher = Teacher(latency=0)
    endpoints = serve(teacher, requests_per_minute=6000)
    began = time.monotonic()
    await ask_all(endpoints, [call(i) for i in range(170)])
    assert 0.4 <= time.monotonic() - began <= 3


async def test_the_report_is_plain_data() -> None:
    endpoints = serve(Teacher("one"), Teacher("two"), cap=3)
    await ask_all(endpoints, [call(i) for i in range(10)])
    report = endpoints.report()
    assert [one["identity"] for one in report["endpoints"]] == ["one", "two"]
    assert report["endpoints"][0]["limits"][0] == {"at": 0.0, "limit": 3, "why": "start"}
    assert report["failed_calls"] == report["retries"] == {}
    assert endpoints.capacity() == 2 * 6 + 16
