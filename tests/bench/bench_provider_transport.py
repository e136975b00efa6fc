"""CPU a chat request by HTTP client, against the simulator in its own process; all in one run.

    python tests/bench/bench_provider_transport.py [--requests N] [--only NAME]

Prints milliseconds of this process's CPU time (user and system, all threads) for one request at 64 and
at 512 in flight. A client that is not installed is left out. Needs no network.
"""

import argparse
import asyncio
import importlib.util
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx

from fastdistill_simulator import SimulatorProcess

Send = Callable[[httpx.URL, bytes], Awaitable[bytes]]
HEADERS = {"content-type": "application/json", "authorization": "Bearer nobody"}


def through_client(
    transport: httpx.AsyncBaseTransport | None, flight: int
) -> tuple[httpx.AsyncClient, Send]:
    limits = httpx.Limits(max_connections=flight, max_keepalive_connections=flight)
    client = httpx.AsyncClient(transport=transport, limits=limits, timeout=60, trust_env=False)

    async def send(url: httpx.URL, body: bytes) -> bytes:
        return (await client.post(url, content=body, headers=HEADERS)).content

    return client, send


def direct(transport: httpx.AsyncBaseTransport) -> Send:
    async def send(url: httpx.URL, body: bytes) -> bytes:
        request = httpx.Request("POST", url, headers=HEADERS, content=body)
        response = await transport.handle_async_request(request)
        try:
            return await response.aread()
        finally:
            await response.aclose()

    return send


@asynccontextmanager
async def open_client(name: str, flight: int) -> AsyncIterator[Send]:
    kind, _, way = name.partition(", ")
    if kind == "httpx":
        limits = httpx.Limits(max_connections=flight, max_keepalive_connections=flight)
        transport: httpx.AsyncBaseTransport = httpx.AsyncHTTPTransport(limits=limits)
    elif kind == "httpx-aiohttp":
        import aiohttp
        from httpx_aiohttp import AiohttpTransport

        session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=flight))
        transport = AiohttpTransport(client=session)
    elif kind == "pyreqwest":
        from pyreqwest.client import ClientBuilder
        from pyreqwest.compatibility.httpx import HttpxTransport

        transport = HttpxTransport(ClientBuilder().no_proxy().build())
    else:
        import aiohttp

        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=flight)) as session:

            async def send(url: httpx.URL, body: bytes) -> bytes:
                async with session.post(str(url), data=body, headers=HEADERS) as response:
                    got: bytes = await response.read()
                    return got

            yield send
        return
    if way == "AsyncClient":
        client, through = through_client(transport, flight)
        async with client:
            yield through
        return
    async with transport:
        yield direct(transport)


NAMES = {
    "httpx, AsyncClient": "httpx",
    "httpx, direct": "httpx",
    "httpx-aiohttp, AsyncClient": "httpx_aiohttp",
    "httpx-aiohttp, direct": "httpx_aiohttp",
    "pyreqwest, AsyncClient": "pyreqwest",
    "pyreqwest, direct": "pyreqwest",
    "aiohttp, alone": "aiohttp",
}


async def measure(name: str, base_url: str, flight: int, requests: int) -> float:
    url = httpx.URL(base_url + "/chat/completions")
    prompt = "CREATE TABLE city (id INTEGER, name TEXT, country_id INTEGER);\n" * 12
    message = {"role": "user", "content": prompt}
    body = json.dumps({"model": "m", "messages": [message], "temperature": 0.0}).encode()
    left = iter(range(requests))
    async with open_client(name, flight) as send:

        async def worker() -> None:
            for _ in left:
                assert b"choices" in await send(url, body)

        await asyncio.gather(*(send(url, body) for _ in range(flight)))
        began = time.process_time()
        await asyncio.gather(*(worker() for _ in range(flight)))
        return (time.process_time() - began) / requests * 1000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=3000)
    parser.add_argument("--only", action="append")
    given = parser.parse_args()
    print(f"{'CPU ms a request':28} {'64':>8} {'512':>8}")
    with SimulatorProcess("--slots", "4096", "--latency", "fixed:0.2") as simulator:
        for name, module in NAMES.items():
            if importlib.util.find_spec(module) is None or (given.only and name not in given.only):
                continue
            found = []
            for flight in (64, 512):
                # httpx's pool is quadratic: fewer requests say as much
                requests = given.requests // (3 if name.startswith("httpx,") else 1)
                found.append(asyncio.run(measure(name, simulator.base_url, flight, requests)))
            print(f"{name:28} {found[0]:8.2f} {found[1]:8.2f}", flush=True)


if __name__ == "__main__":
    main()
