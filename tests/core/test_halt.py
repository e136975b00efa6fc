"""Stopping a run drops the calls that certainly still queue; those that are worked on come home."""

import random
import time

import anyio
import pytest
from attrs import define, field

from fastdistill import Call, Choice, Completion, Message, Prompt, Sampling
from fastdistill.errors import RunHalted
from fastdistill.run.teachers.dispatcher import dispatcher_of
from fastdistill.run.teachers.retry import Retry

pytestmark = pytest.mark.anyio


@define
class OneSlot:
    """Serves one call after another, in the order they came."""

    seconds: float = 0.1
    identity: str = "one slot"
    served: int = 0
    dropped: int = 0
    slot: anyio.Semaphore = field(factory=lambda: anyio.Semaphore(1))

    async def complete(self, call: Call, /) -> Completion:
        try:
            async with self.slot:
                await anyio.sleep(self.seconds)
        except BaseException:
            self.dropped += 1
            raise
        self.served += 1
        return Completion(choices=(Choice(text="4"),), model="m")


def call(number: int) -> Call:
    return Call(
        request_id=f"r{number}",
        sample_id=f"s{number}",
        attempt=1,
        purpose="teacher",
        prompt=Prompt(messages=(Message(role="user", content="?"),), template="t"),
        sampling=Sampling(),
    )


async def test_a_halt_drops_calls_that_queue_at_a_server_with_one_slot() -> None:
    server = OneSlot()
    endpoints = dispatcher_of(
        [server], retry=Retry(), clock=time.monotonic, rng=random.Random(0), caps=[None]
    )
    answered, halted = list[int](), list[int]()

    async def ask(number: int) -> None:
        try:
            await endpoints.complete(call(number))
            answered.append(number)
        except RunHalted:
            halted.append(number)

    async with anyio.create_task_group() as group:
        for number in range(60):
            group.start_soon(ask, number)
        while server.served < 8:  # noqa: ASYNC110  a server sends no event
            await anyio.sleep(0.02)
        served = server.served
        endpoints.halt()
    assert server.served - served <= 4
    assert len(answered) + len(halted) == 60
    assert len(answered) == server.served
