"""What carries requests: the transport that a test injects, else pyreqwest on asyncio, else httpx's own.

httpx's `Request` and `Response` are the seam; its `AsyncClient` is gone round where something faster can be
(docs/decisions/0020). pyreqwest needs asyncio, so on trio httpx carries the requests.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib.util import find_spec
from typing import Any

import anyio
import httpx

Send = Callable[[httpx.Request], Awaitable[httpx.Response]]
CONNECT = 10.0
"""Seconds to get a connection."""
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


def proxies() -> list[str]:
    """The names of the proxy variables that are set; never their values, which may hold a password."""
    return [name for name in _PROXIES if os.environ.get(name) or os.environ.get(name.lower())]


def on_asyncio() -> bool:
    """Whether this task runs on asyncio."""
    return anyio.get_cancelled_exc_class() is asyncio.CancelledError


@asynccontextmanager
async def open_transport(given: Any, *, verify: bool = True) -> AsyncIterator[Send]:
    """A way to send; `given` (an `httpx.AsyncBaseTransport`) is used as it is and stays its owner's."""
    if given is not None:
        yield given.handle_async_request
    elif on_asyncio() and find_spec("pyreqwest") is not None:
        async with _pyreqwest(verify) as send:
            yield send
    else:
        async with _httpx(verify) as send:
            yield send


@asynccontextmanager
async def _pyreqwest(verify: bool) -> AsyncIterator[Send]:
    from pyreqwest.client import ClientBuilder
    from pyreqwest.compatibility.httpx import HttpxTransport

    builder = (
        ClientBuilder()
        .connect_timeout(timedelta(seconds=CONNECT))
        .follow_redirects(False)
        .danger_accept_invalid_certs(not verify)
        # an answer is small; without compression a hostile one cannot unpack to more than it sent
        .gzip(False)
        .brotli(False)
        .zstd(False)
        .deflate(False)
    )
    transport = HttpxTransport(builder.build())
    try:
        yield transport.handle_async_request
    finally:
        with anyio.CancelScope(shield=True):
            await transport.aclose()


@asynccontextmanager
async def _httpx(verify: bool) -> AsyncIterator[Send]:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(limits=limits, verify=verify) as client:

        async def send(request: httpx.Request) -> httpx.Response:
            request.extensions["timeout"] = {"connect": CONNECT}
            return await client.send(request, stream=True)

        yield send
