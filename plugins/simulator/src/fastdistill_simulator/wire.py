"""HTTP/1.1 on a bare asyncio protocol: no task, no parser object, a few tens of microseconds a request."""

import asyncio
from collections.abc import Callable, Mapping
from http import HTTPStatus

from attrs import define, frozen

_HEAD_LIMIT = 1 << 16
_REASON = {status.value: status.phrase for status in HTTPStatus}


@frozen(kw_only=True)
class Request:
    """One request, whole. Header names are lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@define(eq=False)
class Exchange:
    """The way back for one request: answer once, or break."""

    connection: "Connection"
    on_gone: Callable[[], None] | None = None
    """Called when the client hangs up before the answer."""
    open: bool = True

    def reply(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        """Send the whole answer."""
        self.begin(status, len(body), headers, body)
        self.end()

    def begin(
        self, status: int, length: int, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> None:
        """Send the head that promises `length` bytes, and a first part of the body."""
        given = {"content-type": "application/json", **(headers or {})}
        lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
        head = f"HTTP/1.1 {status} {_REASON.get(status, '')}\r\n{lines}content-length: {length}\r\n\r\n"
        self.write(head.encode("latin-1") + body)

    def write(self, data: bytes) -> None:
        """Send a further part of the body."""
        if self.open:
            self.connection.transport.write(data)

    def end(self) -> None:
        """The answer is whole; the connection may serve its next request."""
        if self.open:
            self.open = False
            self.connection.next_request()

    def close(self) -> None:
        """Close the connection in good order."""
        self.open = False
        self.connection.transport.close()

    def reset(self) -> None:
        """Break the connection."""
        self.open = False
        self.connection.transport.abort()


Handler = Callable[[Request, Exchange], None]


class Connection(asyncio.Protocol):
    """One client's connection: requests in turn, each handed to `handler` when it is whole."""

    def __init__(self, handler: Handler, everyone: "set[Connection]") -> None:
        self._handler, self._everyone = handler, everyone
        self._buffer = bytearray()
        self._need = 0
        self._exchange: Exchange | None = None
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asyncio's call."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  a stream protocol gets no other
        self.transport = transport
        self._everyone.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Asyncio's call."""
        self._everyone.discard(self)
        exchange, self._exchange = self._exchange, None
        if exchange is not None:
            was_open, exchange.open = exchange.open, False
            if was_open and exchange.on_gone is not None:
                exchange.on_gone()

    def data_received(self, data: bytes) -> None:
        """Asyncio's call."""
        self._buffer += data
        if self._exchange is None and len(self._buffer) >= self._need:
            self._take()

    def next_request(self) -> None:
        """The present exchange is over."""
        self._exchange = None
        if self._buffer:
            # not at once: a client that pipelines must not deepen the stack with every request
            asyncio.get_running_loop().call_soon(self.data_received, b"")

    def _take(self) -> None:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > _HEAD_LIMIT:
                self.transport.abort()
            elif not self._buffer[:1].isalpha():  # a TLS greeting, for one: say so as servers do
                Exchange(self).begin(400, 0)
                self.transport.close()
            return
        first, *lines = self._buffer[:end].decode("latin-1").split("\r\n")
        parts = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in parts}
        length = headers.get("content-length", "0")
        words = first.split(" ")
        if len(words) != 3 or not length.isdecimal() or "transfer-encoding" in headers:
            Exchange(self).begin(400, 0)
            self.transport.close()
            return
        self._need = end + 4 + int(length)
        if len(self._buffer) < self._need:
            if headers.get("expect") == "100-continue":
                self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            return
        body = bytes(self._buffer[end + 4 : self._need])
        del self._buffer[: self._need]
        self._need = 0
        self._exchange = Exchange(self)
        self._handler(Request(method=words[0], path=words[1], headers=headers, body=body), self._exchange)
