"""What carries requests: the transport that a test injects, else pyreqwest on asyncio, else httpx.

`httpx.AsyncBaseTransport` is where tests inject; elsewhere httpx's records are gone round too
(docs/decisions/0020). pyreqwest needs asyncio, so on trio httpx carries the requests.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from importlib.util import find_spec
from typing import Any

import anyio
import anyio.lowlevel

from fastdistill.http.sender import CONNECT, Carried, Headers, Lost, Send, TooLong, deepest

LONGEST = 7 * 86400.0
"""Seconds; pyreqwest holds no timeout that is endless."""
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


def proxies() -> list[str]:
    """The names of the proxy variables that are set; never their values, which may hold a password."""
    return [name for name in _PROXIES if os.environ.get(name) or os.environ.get(name.lower())]


@asynccontextmanager
async def open_transport(given: Any, *, verify: bool = True) -> AsyncIterator[Send]:
    """A way to send; `given` (an `httpx.AsyncBaseTransport`) is used as it is and stays its owner's."""
    on_asyncio = anyio.get_cancelled_exc_class() is asyncio.CancelledError
    if given is None and on_asyncio and find_spec("pyreqwest") is not None:
        async with _pyreqwest(verify) as send:
            yield send
        return
    import httpx

    from fastdistill.http.over_httpx import over_httpx

    if given is not None:
        yield over_httpx(given.handle_async_request)
        return
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(limits=limits, verify=verify) as client:
        yield over_httpx(lambda request: client.send(request, stream=True))


@asynccontextmanager
async def _pyreqwest(verify: bool) -> AsyncIterator[Send]:
    from pyreqwest.client import ClientBuilder
    from pyreqwest.exceptions import PyreqwestError, RequestTimeoutError

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
    async with builder.build() as client:

        async def send(
            method: str, url: str, headers: Headers, content: bytes, *, limit: int, timeout: float
        ) -> Carried:
            try:
                request = client.request(method, url).headers(headers).body_bytes(content)
                request = request.timeout(timedelta(seconds=min(timeout, LONGEST)))
                async with request.build_streamed() as response:
                    body = await _read(response.body_reader, limit)
                    names = _headers(response)
                    return Carried(status=response.status, headers=names, body=body)
            except RequestTimeoutError as error:
                raise Lost(deepest(error), timed_out=True) from None
            except PyreqwestError as error:
                raise Lost(deepest(error)) from None
            except asyncio.CancelledError:
                # it raises one of its own making, by which anyio cannot know its scope again
                await anyio.lowlevel.checkpoint_if_cancelled()
                raise

        yield send


def _headers(response: Any) -> dict[str, str]:
    """Return the headers; one that is not ASCII, which pyreqwest gives to nobody, is left out."""
    try:
        return dict(response.headers.items())
    except ValueError:
        found = {}
        for name in response.headers:
            with suppress(ValueError):
                found[name] = response.headers[name]
        return found


async def _read(reader: Any, limit: int) -> bytes:
    chunks, size = [], 0
    while (chunk := await reader.read()) is not None:
        size += len(chunk)
        if size > limit:
            raise TooLong
        chunks.append(bytes(chunk))
    return b"".join(chunks)
