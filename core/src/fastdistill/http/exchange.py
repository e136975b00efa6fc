"""One bounded HTTP exchange: a whole answer under a deadline and a size cap, or one typed error."""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import anyio
import anyio.lowlevel
import httpx
from attrs import evolve, field, frozen

from fastdistill.errors import BadReply, ConnectionFailed, NotFound, ProviderError, TimedOut
from fastdistill.http.failures import Said, failure, said
from fastdistill.http.transport import Send, proxies

MAX_BYTES = 32 * 1024 * 1024
"""More than any answer has; a body beyond it is given up."""


@frozen(kw_only=True)
class Answer:
    """A whole answer. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    latency: float
    """Seconds from sending to the last byte."""


@frozen(kw_only=True)
class Line:
    """An endpoint that can be asked."""

    send: Send = field(repr=False)
    where: str
    """How messages call the endpoint; no secrets."""
    headers: Mapping[str, str] = field(repr=False)
    timeout: float
    """Seconds for a whole exchange."""
    max_bytes: int = MAX_BYTES
    advice: str = ""
    """What a person should look at when the key, model or address is wrong."""
    secret: str = field(default="", repr=False)
    """The key, struck out of whatever the server says."""
    _fixed: httpx.Headers = field(init=False, repr=False)

    @_fixed.default
    def _make_fixed(self) -> httpx.Headers:
        return httpx.Headers(dict(self.headers))

    async def ask(self, method: str, url: httpx.URL, content: bytes = b"", **headers: str) -> Answer:
        """The answer, whatever its status. Raises TimedOut, ConnectionFailed, NotFound or BadReply."""
        given = httpx.Headers({**self.headers, **headers}) if headers else self._fixed
        request = httpx.Request(method, url, headers=given, content=content)
        began = time.perf_counter()
        try:
            with _translated(self.where), anyio.fail_after(self.timeout):
                response, body = await self._whole(request)
        except TimeoutError:
            raise TimedOut(f"{self.where} gave no whole answer within {self.timeout:g} s") from None
        names = {name.decode("latin-1").lower(): value for name, value in _headers(response)}
        latency = time.perf_counter() - began
        return Answer(status=response.status_code, headers=names, body=body, latency=latency)

    async def _whole(self, request: httpx.Request) -> tuple[httpx.Response, bytes]:
        try:
            response = await self.send(request)
            return response, await self._read(response)
        except asyncio.CancelledError:
            # pyreqwest raises one of its own making, by which anyio cannot know its scope again
            await anyio.lowlevel.checkpoint_if_cancelled()
            raise

    async def _read(self, response: httpx.Response) -> bytes:
        chunks, size = [], 0
        try:
            # the stream itself where nothing is to be unpacked: two generators less
            packed = "content-encoding" in response.headers
            async for chunk in response.aiter_bytes() if packed else _raw(response):
                if size > self.max_bytes:
                    break
                size += len(chunk)
                chunks.append(chunk)
                if size > self.max_bytes:
                    # closed from here, so that httpx's nested generators end by themselves
                    await response.aclose()
        except Exception:
            if size <= self.max_bytes:
                raise
        finally:
            with anyio.CancelScope(shield=True):
                await response.aclose()
        if size > self.max_bytes:
            raise BadReply(f"{self.where} sent more than {self.max_bytes:,} bytes; given up")
        return b"".join(chunks)

    async def json(
        self, method: str, url: httpx.URL, content: bytes = b"", **headers: str
    ) -> tuple[Any, Answer]:
        """The decoded body of a good answer; any other is the right ProviderError."""
        answer = await self.ask(method, url, content, **headers)
        return self.decode(answer), answer

    def decode(self, answer: Answer) -> Any:
        """The body of a good answer as data; raises the error that any other answer stands for."""
        good = 200 <= answer.status < 300
        try:
            body = json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            if good:
                raise self._unreadable(answer, error) from None
            body = {"error": answer.body[:200].decode(errors="replace").strip()}
        found = said(body) if not good or _is_error(body) else None
        if good and found is None:
            return body
        status = answer.status if not good else (found and found.status) or 500
        raise self.failed(status, found, answer.headers)

    def failed(self, status: int, found: Said | None, headers: Mapping[str, str]) -> ProviderError:
        """The error for what this endpoint said, without its key."""
        if found is not None:
            found = evolve(found, text=self._struck(found.text))
        return failure(status, found, headers, where=self.where, advice=self.advice)

    def _struck(self, text: str) -> str:
        return text.replace(self.secret, "***") if self.secret else text

    def _unreadable(self, answer: Answer, error: Exception) -> ProviderError:
        start = self._struck(answer.body[:80].decode(errors="replace").strip())
        if "html" in answer.headers.get("content-type", "") or start[:1] == "<":
            return NotFound(
                f"{self.where} answered with a web page, not with JSON: {start!r}. {self.advice}",
                status=answer.status,
            )
        return BadReply(
            f"{self.where} answered {len(answer.body):,} bytes that are no JSON ({error}): {start!r}",
            status=answer.status,
        )


def _raw(response: httpx.Response) -> httpx.AsyncByteStream:
    assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101  an async transport gives it
    return response.stream


def _headers(response: httpx.Response) -> Iterator[tuple[bytes, str]]:
    for name, value in response.headers.raw:
        yield name, value.decode("latin-1")


def _is_error(body: Any) -> bool:
    return isinstance(body, dict) and bool(body.get("error") or body.get("object") == "error")


def _causes(error: BaseException) -> str:
    """The deepest reason that is told, without the URL's noise."""
    told = [str(error)]
    inner = error
    while (deeper := inner.__cause__ or inner.__context__) is not None and len(told) < 30:
        inner = deeper
        told.append(str(inner))
        details = getattr(inner, "details", None)
        if isinstance(details, dict):
            told.extend(str(cause.get("message", "")) for cause in details.get("causes") or ())
    return next((text for text in reversed(told) if text.strip()), type(error).__name__)[:300]


@contextmanager
def _translated(where: str) -> Iterator[None]:
    """Httpx's errors as ours."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise TimedOut(f"{where} did not answer in time: {_causes(error)}") from None
    except httpx.UnsupportedProtocol as error:
        raise NotFound(f"{where}: {error}") from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise _broken(where, _causes(error)) from None


def _broken(where: str, reason: str) -> ProviderError:
    through = f" (through the proxy of {', '.join(found)})" if (found := proxies()) else ""
    lowered = reason.lower()
    if "certificate" in lowered or "unknownissuer" in lowered:
        return NotFound(
            f"{where}{through}: its TLS certificate is not trusted: {reason}. "
            "Add its authority to the system's certificates, or use the right host name"
        )
    if "ssl" in lowered or "tls" in lowered or "corrupt message" in lowered:
        return NotFound(f"{where}{through}: no TLS there: {reason}. Is it http:// rather than https://?")
    return ConnectionFailed(f"no connection to {where}{through}: {reason}")
