"""httpx as a sender: where a test's `httpx.AsyncBaseTransport` goes in, and what trio runs on."""

from collections.abc import Awaitable, Callable

import anyio
import httpx

from fastdistill.http.sender import CONNECT, Carried, Headers, Lost, Send, TooLong, deepest


def over_httpx(handle: Callable[[httpx.Request], Awaitable[httpx.Response]]) -> Send:
    """A sender from what turns a request into a response."""

    async def send(
        method: str, url: str, headers: Headers, content: bytes, *, limit: int, timeout: float
    ) -> Carried:
        extensions = {"timeout": {"connect": CONNECT}}
        try:
            request = httpx.Request(
                method, url, headers=list(headers), content=content, extensions=extensions
            )
            with anyio.fail_after(timeout):
                response = await handle(request)
                body = await _read(response, limit)
        except TimeoutError:
            raise Lost("no whole answer in time", timed_out=True) from None
        except httpx.TimeoutException as error:
            raise Lost(deepest(error), timed_out=True) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise Lost(deepest(error)) from None
        names = {name.lower(): value for name, value in response.headers.items()}
        return Carried(status=response.status_code, headers=names, body=body)

    return send


async def _read(response: httpx.Response, limit: int) -> bytes:
    chunks, size = [], 0
    try:
        async for chunk in response.aiter_bytes():
            if size > limit:
                break
            size += len(chunk)
            chunks.append(chunk)
            if size > limit:
                # closed from here, so that httpx's nested generators end by themselves
                await response.aclose()
    except Exception:
        if size <= limit:
            raise
    finally:
        with anyio.CancelScope(shield=True):
            await response.aclose()
    if size > limit:
        raise TooLong
    return b"".join(chunks)
