"""The openai provider's own CPU a call, beside a bare pyreqwest client and aiohttp in the same run.

    python tests/bench/bench_provider_openai.py [--requests N]

Prints milliseconds of this process's CPU time for a call at 64 and at 512 in flight.
"""

import argparse
import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastdistill_openai.config import OpenAIConfig
from fastdistill_openai.provider import open_openai

from fastdistill import Call, Message, Prompt, Sampling
from fastdistill.testing import lend
from fastdistill_simulator import SimulatorProcess

SCHEMA = "CREATE TABLE city (id INTEGER, name TEXT, country_id INTEGER);\n" * 12
Ask = Callable[[int], Awaitable[object]]


@asynccontextmanager
async def provider(base_url: str) -> AsyncIterator[Ask]:
    config = OpenAIConfig(model="m", base_url=base_url)
    system = Message(role="system", content=SCHEMA)
    async with lend() as services, open_openai(config, services) as opened:

        async def ask(number: int) -> object:
            user = Message(role="user", content=f"Question {number}?")
            call = Call(
                request_id=str(number),
                sample_id="s",
                attempt=1,
                purpose="teacher",
                prompt=Prompt(messages=(system, user), template="t"),
                sampling=Sampling(temperature=0.7, seed=number, max_tokens=256),
            )
            return await opened.complete(call)

        yield ask


@asynccontextmanager
async def bare(base_url: str) -> AsyncIterator[Ask]:
    from pyreqwest.client import ClientBuilder

    url = base_url + "/chat/completions"
    async with ClientBuilder().no_proxy().build() as client:

        async def ask(number: int) -> object:
            messages = [
                {"role": "system", "content": SCHEMA},
                {"role": "user", "content": f"Question {number}?"},
            ]
            body = json.dumps({"model": "m", "messages": messages, "seed": number}).encode()
            headers = {"content-type": "application/json"}
            response = await client.post(url).headers(headers).body_bytes(body).build().send()
            return json.loads(bytes(await response.bytes()))["choices"]

        yield ask


async def measure(open_client: Callable[[str], object], url: str, flight: int, count: int) -> float:
    left = iter(range(count))
    async with open_client(url) as ask:  # type: ignore[attr-defined]

        async def worker() -> None:
            for number in left:
                assert await ask(number)

        await asyncio.gather(*(ask(-number) for number in range(flight)))
        began = time.process_time()
        await asyncio.gather(*(worker() for _ in range(flight)))
        return (time.process_time() - began) / count * 1000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=4000)
    given = parser.parse_args()
    print(f"{'CPU ms a call':28} {'64':>8} {'512':>8}")
    with SimulatorProcess("--slots", "4096", "--latency", "fixed:0.2") as simulator:
        for name, client in (("bare pyreqwest", bare), ("fastdistill-openai", provider)):
            found = [
                asyncio.run(measure(client, simulator.base_url, flight, given.requests))
                for flight in (64, 512)
            ]
            print(f"{name:28} {found[0]:8.2f} {found[1]:8.2f}", flush=True)
        print("simulator:", {k: simulator.counters()[k] for k in ("requests", "in_flight_peak")})


if __name__ == "__main__":
    main()
