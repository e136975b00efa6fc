"""Who may speak to a server on the loopback: its names, its token, and no page of another site.

A web page must not reach a service of the machine that shows it. So a request is refused whose `Host` is
not a name of ours (DNS rebinding), or that does not hold the token.
"""

import hmac
from collections.abc import Mapping, Sequence

from attrs import frozen

HOSTS = ("127.0.0.1", "localhost", "[::1]")
"""Names of the loopback: the `Host` header, without the port."""


@frozen
class Refused(Exception):
    """A request is refused: HTTP status, slug, sentence, and seconds after which to come again."""

    status: int
    reason: str
    detail: str
    retry_after: int | None = None


def check_host(headers: Mapping[str, str], hosts: Sequence[str]) -> None:
    """Raises `Refused` for a request that is addressed to somebody else."""
    host = headers.get("host", "").lower()
    name = host if host.endswith("]") else host.rsplit(":", 1)[0] if ":" in host else host
    if name not in hosts:
        raise Refused(421, "wrong-host", f"this service is not {host!r}; it is {', '.join(hosts)}")


def check_same_origin(headers: Mapping[str, str]) -> None:
    """Raises `Refused` for a call from another site's page. Without `Origin` a request is let through."""
    origin = headers.get("origin")
    if origin is not None and origin.lower() != f"http://{headers.get('host', '').lower()}":
        raise Refused(403, "origin", "calls from pages of other sites are refused")


def is_token(given: str, token: str) -> bool:
    """Return whether a token is ours, in a time that tells nothing of it."""
    return hmac.compare_digest(given.strip().encode(), token.encode())
