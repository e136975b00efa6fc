"""What sends one request and brings its answer back, and its own two ways to fail; knows no provider."""

from collections.abc import Awaitable, Mapping, Sequence
from typing import Protocol

from attrs import frozen

CONNECT = 10.0
"""Seconds to get a connection."""
Headers = Sequence[tuple[str, str]]


@frozen(kw_only=True)
class Carried:
    """A whole answer. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Lost(Exception):
    """No whole answer came back. The message is the deepest reason that was told."""

    def __init__(self, reason: str, *, timed_out: bool = False) -> None:
        self.timed_out = timed_out
        super().__init__(reason)


class TooLong(Exception):
    """The answer has more bytes than it may."""


class Send(Protocol):
    """Carries one request."""

    def __call__(
        self, method: str, url: str, headers: Headers, content: bytes, *, limit: int, timeout: float
    ) -> Awaitable[Carried]:
        """Return the answer, of at most `limit` bytes, within `timeout` seconds.

        Raises `Lost` or `TooLong`. Whichever way it ends, the connection is then closed or free.
        """


def deepest(error: BaseException) -> str:
    """The innermost reason of an error's chain, at most 300 characters."""
    told, inner = [str(error)], error
    while True:
        details = getattr(inner, "details", None)
        if isinstance(details, dict):
            told.extend(str(cause.get("message", "")) for cause in details.get("causes") or ())
        deeper = inner.__cause__ or inner.__context__
        if deeper is None or len(told) > 30:
            break
        inner = deeper
        told.append(str(inner))
    return next((text for text in reversed(told) if text.strip()), type(error).__name__)[:300]
