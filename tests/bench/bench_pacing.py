"""How busy the limiter keeps a simulated endpoint whose slots it does not know, beside a client that knows.

    python tests/bench/bench_pacing.py [--tasks N] [--mean SECONDS] [--seeds N] [SLOTS ...]

In process, on asyncio, in real time: latencies are log-normal, calls beyond the slots wait in silence.
Prints, for each number of slots and each sigma: occupancy of the bare client and ours, their ratio, the
most calls in flight over slots, how long more than 1.5 x slots were in flight, when the limit first
stood within 10 % of the slots, and CPU per call of pacing, retries and waiting together.
"""

import argparse
import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable

from fastdistill import Call, Choice, Completion, Message, Prompt, Sampling
from fastdistill.run.teachers.dispatcher import Dispatcher, dispatcher_of
from fastdistill.run.teachers.retry import Retry

ANSWER = Completion(choices=(Choice(text="4", finish="stop"),), model="simulated")
PROMPT = Prompt(messages=(Message(role="user", content="2 + 2?"),), template="bench")


def call(number: int) -> Call:
    return Call(
        request_id=f"r{number}",
        sample_id=f"s{number}",
        attempt=1,
        purpose="teacher",
        prompt=PROMPT,
        sampling=Sampling(),
    )


class Server:
    """Slots, a queue without a word, log-normal service times of the given mean."""

    identity = "simulated"

    def __init__(self, slots: int, mean: float, sigma: float, seed: int) -> None:
        self.slots, self.mean, self.sigma = slots, mean, sigma
        self.rng = random.Random(seed)
        self.semaphore = asyncio.Semaphore(slots)
        self.in_flight = self.most = 0
        self.busy = self.over = 0.0
        self.at = time.monotonic()

    async def complete(self, _call: Call, /) -> Completion:
        self._count(1)
        try:
            async with self.semaphore:
                await asyncio.sleep(
                    self.rng.lognormvariate(math.log(self.mean) - self.sigma**2 / 2, self.sigma)
                )
        finally:
            self._count(-1)
        return ANSWER

    def _count(self, step: int) -> None:
        now = time.monotonic()
        self.busy += min(self.slots, self.in_flight) * (now - self.at)
        self.over += (self.in_flight > 1.5 * self.slots) * (now - self.at)
        self.at = now
        self.in_flight += step
        self.most = max(self.most, self.in_flight)


async def drive(
    tasks: int, capacity: Callable[[], float], ask: Callable[[Call], Awaitable[object]]
) -> float:
    """Keep `capacity()` tasks at hand, as the engine does; the seconds that all of them took."""
    began, left, changed = time.monotonic(), iter(range(tasks)), asyncio.Event()
    running: set[asyncio.Task[object]] = set()

    async def one(number: int) -> None:
        await ask(call(number))
        changed.set()

    for number in left:
        while len(running) >= capacity():
            changed.clear()
            await changed.wait()
            await asyncio.sleep(0)
        task = asyncio.ensure_future(one(number))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    return time.monotonic() - began


async def bare(server: Server, tasks: int) -> tuple[float, float]:
    """Occupancy and CPU per call of a client that was told the slots."""
    gate = asyncio.Semaphore(server.slots)

    async def ask(one: Call) -> None:
        async with gate:
            await server.complete(one)

    cpu = time.process_time()
    took = await drive(tasks, lambda: 2 * server.slots + 16, ask)
    return server.busy / server.slots / took, (time.process_time() - cpu) / tasks


async def paced(server: Server, tasks: int, seed: int) -> tuple[float, float, Dispatcher]:
    """The same of a client that was told nothing."""
    endpoints = dispatcher_of(
        [server], retry=Retry(), clock=time.monotonic, rng=random.Random(seed), caps=[None]
    )
    cpu = time.process_time()
    took = await drive(tasks, endpoints.capacity, endpoints.complete)
    return server.busy / server.slots / took, (time.process_time() - cpu) / tasks, endpoints


async def compare(slots: int, sigma: float, seed: int, tasks: int, mean: float) -> None:
    theirs, their_cpu = await bare(Server(slots, mean, sigma, seed), tasks)
    server = Server(slots, mean, sigma, seed)
    ours, our_cpu, endpoints = await paced(server, tasks, seed)
    steps = endpoints.endpoints[0].limiter.history
    found = next((step.at for step in steps if step.limit >= 0.9 * slots), math.nan)
    print(
        f"{slots:4} slots, sigma {sigma}, seed {seed}: bare {theirs:.3f}, ours {ours:.3f}, "
        f"ratio {ours / theirs:.3f}; most {server.most / slots:.2f} x slots, above 1.5 x for "
        f"{server.over:.1f} s; within 10 % after {found:.1f} s; "
        f"CPU a call {our_cpu * 1e6:.0f} us, bare {their_cpu * 1e6:.0f} us; limits "
        + " ".join(str(step.limit) for step in steps[:12]),
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("slots", nargs="*", type=int, default=[16, 64, 256])
    parser.add_argument("--tasks", type=int, default=3000)
    parser.add_argument("--mean", type=float, default=0.5)
    parser.add_argument("--seeds", type=int, default=2)
    given = parser.parse_args()
    for slots in given.slots:
        for sigma in (0.5, 1.0):
            for seed in range(given.seeds):
                asyncio.run(compare(slots, sigma, seed, given.tasks, given.mean))


if __name__ == "__main__":
    main()
