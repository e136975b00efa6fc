"""Who may ask, and how much: token, `Host`, `Origin`, media type and size, before anything is read.

A web page must not reach a service on the loopback of the machine that shows it. So a request is refused
whose `Host` is not a name of ours (DNS rebinding), that carries an `Origin` (a browser's cross-site call),
or whose body is not declared JSON (a form that needs no preflight).
"""

import json
from typing import Any

import anyio
from starlette.requests import ClientDisconnect, Request

from fastdistill.loopback import Refused, check_host, is_token
from fastdistill.serve.settings import ServeSettings

__all__ = ["Refused", "check_caller", "read_json"]


def check_caller(request: Request, settings: ServeSettings) -> None:
    """Let a known caller through. Raises `Refused`."""
    check_host(request.headers, settings.hosts)
    if "origin" in request.headers:
        raise Refused(403, "origin", "calls from web pages are refused")
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        given = request.query_params.get("token", "")
    if not is_token(given, settings.token):
        raise Refused(
            401, "wrong-token", "send the token as 'Authorization: Bearer TOKEN' or '?token=TOKEN'"
        )


async def read_json(request: Request, settings: ServeSettings) -> dict[str, Any]:
    """Read a request's JSON object, within size and time. Raises `Refused`."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/json":
        raise Refused(415, "not-json", f"send application/json, not {kind or 'nothing'!r}")
    body = bytearray()
    try:
        with anyio.fail_after(settings.body_deadline):
            async for chunk in request.stream():
                body += chunk
                if len(body) > settings.max_body:
                    raise Refused(413, "too-large", f"a request holds at most {settings.max_body} bytes")
    except TimeoutError:
        detail = f"the body did not arrive within {settings.body_deadline:g} s"
        raise Refused(408, "too-slow", detail) from None
    except ClientDisconnect:
        raise Refused(400, "gone", "the client hung up") from None
    try:
        # Worker threads: a large body must not stop the loop for other clients.
        found = json.loads(body) if len(body) < 2**16 else await anyio.to_thread.run_sync(json.loads, body)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "not-json", f"the body is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise Refused(400, "not-an-object", f"the body is a JSON object, not {found!r:.60}")
    return found
