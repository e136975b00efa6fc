"""One bounded HTTP exchange: a whole answer under a deadline and a size cap, or one typed error."""

import time
from collections.abc import Mapping
from typing import Any

import anyio
import anyio.lowlevel
from attrs import evolve, field, frozen

from fastdistill.errors import BadReply, ConnectionFailed, NotFound, ProviderError, TimedOut
from fastdistill.http.encoding import loads, unpacked
from fastdistill.http.events import assembled, is_stream
from fastdistill.http.failures import Said, failure, said
from fastdistill.http.sender import Lost, Send, TooLong
from fastdistill.http.transport import proxies

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
    _fixed: tuple[tuple[str, str], ...] = field(init=False, repr=False)

    @_fixed.default
    def _make_fixed(self) -> tuple[tuple[str, str], ...]:
        return tuple(self.headers.items())

    async def ask(self, method: str, url: str, content: bytes = b"", **headers: str) -> Answer:
        """The answer, whatever its status. Raises TimedOut, ConnectionFailed, NotFound or BadReply."""
        given = tuple({**self.headers, **headers}.items()) if headers else self._fixed
        began = time.perf_counter()
        # what cancels us at a known time is told to the sender, which then closes the connection itself
        left = min(self.timeout, anyio.current_effective_deadline() - anyio.current_time())
        if left <= 0:
            await anyio.lowlevel.checkpoint()
            raise self._late(left)
        try:
            found = await self.send(method, url, given, content, limit=self.max_bytes, timeout=left)
        except TooLong:
            text = f"{self.where} sent more than {self.max_bytes:,} bytes; given up"
            raise BadReply(text) from None
        except Lost as error:
            if error.timed_out and time.perf_counter() - began >= 0.99 * left:
                await anyio.lowlevel.checkpoint()  # whoever set the deadline hears of it in their own way
                raise self._late(left) from None
            raise _broken(self.where, error) from None
        latency = time.perf_counter() - began
        return Answer(status=found.status, headers=found.headers, body=found.body, latency=latency)

    def _late(self, seconds: float) -> TimedOut:
        return TimedOut(f"{self.where} gave no whole answer within {max(0.0, seconds):.3g} s")

    async def json(self, method: str, url: str, content: bytes = b"", **headers: str) -> tuple[Any, Answer]:
        """The decoded body of a good answer; any other is the right ProviderError."""
        answer = await self.ask(method, url, content, **headers)
        return self.decode(answer), answer

    def decode(self, answer: Answer) -> Any:
        """The body of a good answer as data; raises the error that any other answer stands for."""
        good = 200 <= answer.status < 300
        try:
            body = self._data(answer)
        except (ValueError, RecursionError) as error:
            if good:
                raise self._unreadable(answer, error) from None
            body = {"error": answer.body[:200].decode(errors="replace").strip()}
        found = said(body) if not good or _is_error(body) else None
        if good and found is None:
            return body
        status = answer.status if not good else (found and found.status) or 500
        raise self.failed(status, found, answer.headers)

    def _data(self, answer: Answer) -> Any:
        body = answer.body
        if body[:1] not in {b"{", b"["}:
            encoding = answer.headers.get("content-encoding", "").strip().lower()
            body = unpacked(body, encoding, self.max_bytes)
            if is_stream(body, answer.headers.get("content-type", "")):
                return assembled(body)
        return loads(body)

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


def _is_error(body: Any) -> bool:
    """Return whether a body of a good status is an error; one beside a whole answer is none."""
    if isinstance(body, list):
        return said(body) is not None
    if not isinstance(body, dict) or not (body.get("error") or body.get("object") == "error"):
        return False
    choices = body.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(first, dict) or first.get("error") or first.get("finish_reason") in {None, "error"}:
        return True
    message = first.get("message")
    return not (isinstance(message, dict) and message.get("content"))


def _broken(where: str, error: Lost) -> ProviderError:
    reason = str(error)
    if error.timed_out:
        return TimedOut(f"{where} did not answer in time: {reason}")
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
