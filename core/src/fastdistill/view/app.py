"""The viewer as an ASGI application: pages for whoever holds the token, on the loopback alone."""

import re
from collections.abc import Awaitable, Callable
from functools import partial
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl, urlencode

import anyio.to_thread
from attrs import frozen
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from fastdistill.errors import UsageError
from fastdistill.loopback import HOSTS, Refused, check_host, check_same_origin, is_token
from fastdistill.run.report.html.markup import escape, styles
from fastdistill.view.addresses import filters_of, query_of
from fastdistill.view.labels import Expect, Labels
from fastdistill.view.listing import draw_list
from fastdistill.view.pages import shell, task_page
from fastdistill.view.runs import Viewed

Handler = Callable[[Request], Awaitable[Response]]
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # under no-referrer a browser sends the form with Origin: null
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
FORM = 64 * 1024
"""Bytes of a form."""


@frozen(kw_only=True)
class Pages:
    """The handlers. What reads the ledger runs in a worker thread."""

    viewed: Viewed
    labels: Labels

    async def home(self, request: Request) -> Response:
        """Answer with the list."""
        return HTMLResponse(await anyio.to_thread.run_sync(self._list, dict(request.query_params)))

    def _list(self, query: dict[str, str]) -> str:
        filters, catalog = filters_of(query), self.viewed.catalog
        back = bool(query.get("before"))
        found = catalog.page(filters, query.get("before") or query.get("after") or "", back=back)
        return shell(self.viewed, f"Tasks of {self.viewed.run_id}", draw_list(self.viewed, filters, found))

    async def task(self, request: Request) -> Response:
        """Answer with one task."""
        position = int(request.path_params["position"])
        page = await anyio.to_thread.run_sync(self._task, position, dict(request.query_params))
        if page is None:
            raise Refused(404, "no-task", f"the run has no task at {position}")
        return HTMLResponse(page)

    def _task(self, position: int, query: dict[str, str]) -> str | None:
        pair = self.viewed.task(position)
        if pair is None:
            return None
        filters = filters_of(query)
        neighbours = self.viewed.catalog.beside(filters, position)
        return task_page(self.viewed, pair, filters, self.labels, neighbours)

    async def reply(self, request: Request) -> Response:
        """Answer with a whole reply, as plain text."""
        at = {key: int(value) for key, value in request.path_params.items()}
        pair = await anyio.to_thread.run_sync(self.viewed.task, at["position"])
        for one in pair[0].answers if pair else ():
            if (one.attempt, one.choice) == (at["attempt"], at["choice"]):
                return Response(one.text.encode("utf-8", "replace"), media_type="text/plain")
        raise Refused(404, "no-reply", "there is no such reply")

    async def standing(self, request: Request) -> Response:
        """Answer with how the run stands, for a page that is open."""
        catalog, state = self.viewed.catalog, self.viewed.state
        listing = catalog.listed < catalog.total
        said = "running" if state.get("live") else str(state.get("outcome") or "not finished")
        return JSONResponse(
            {
                "said": f"listing {catalog.listed:,} of {catalog.total:,}" if listing else said,
                "moving": listing or bool(state.get("live")),
                "counts": catalog.facets.get("status", {}),
                "total": catalog.total,
            }
        )

    async def wrong(self, request: Request) -> Response:
        """Take a person's word on a verdict as a labelled case."""
        if "origin" not in request.headers:
            raise Refused(403, "origin", "only the viewer's own pages may say so")
        form = await _form(request)
        try:
            at = (int(form["position"]), int(form["attempt"]), int(form["choice"]))
        except (KeyError, ValueError):
            raise Refused(400, "bad-form", "position, attempt and choice are numbers") from None
        if form.get("expect") not in ("accept", "reject"):
            raise Refused(400, "bad-form", "expect is accept or reject")
        expect: Expect = "accept" if form["expect"] == "accept" else "reject"
        await anyio.to_thread.run_sync(self._label, at, expect, form.get("note", ""))
        query = query_of(filters_of(request.query_params))
        return RedirectResponse(f"/task/{at[0]}{query}", status_code=303)

    def _label(self, at: tuple[int, int, int], expect: Expect, note: str) -> None:
        pair = self.viewed.task(at[0])
        for one in pair[0].answers if pair else ():
            if pair is not None and (one.attempt, one.choice) == at[1:] and one.rule is not None:
                self.labels.add(pair[0], one, expect, note)
                return
        raise Refused(404, "no-reply", "there is no such answer")


async def _form(request: Request) -> dict[str, str]:
    """Read a form as a browser sends it. Raises `Refused` for one that is too large or none."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM:
            raise Refused(413, "too-large", "the form is too large")
    try:
        return dict(
            parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=10, strict_parsing=True)
        )
    except ValueError:
        raise Refused(400, "bad-form", "the form cannot be read") from None


def application(viewed: Viewed, labels: Labels, token: str) -> Starlette:
    """Make the application."""
    pages = Pages(viewed=viewed, labels=labels)
    script = files("fastdistill.view").joinpath("view.js").read_text(encoding="utf-8")
    look = styles("theme") + files("fastdistill.view").joinpath("view.css").read_text(encoding="utf-8")

    async def style(_: Request) -> Response:
        return Response(look, media_type="text/css")

    async def code(_: Request) -> Response:
        return Response(script, media_type="text/javascript")

    gets: dict[str, Handler] = {
        "/": pages.home,
        "/task/{position:int}": pages.task,
        "/reply/{position:int}/{attempt:int}/{choice:int}": pages.reply,
        "/standing": pages.standing,
        "/style.css": style,
        "/view.js": code,
    }
    wrap = partial(_guarded, token)
    return Starlette(
        routes=[
            *(Route(path, wrap(handler), methods=["GET"]) for path, handler in gets.items()),
            Route("/wrong", wrap(pages.wrong), methods=["POST"]),
        ],
        exception_handlers={404: _missing, 405: _missing},
    )


def _guarded(token: str, handler: Handler) -> Handler:
    """Return `handler` for whoever holds the token: in the address once, in a cookie from then on."""

    async def guarded(request: Request) -> Response:
        name = f"fd-view-{request.url.port or 80}"  # cookies do not know ports
        given = request.query_params.get("token", "")
        try:
            check_host(request.headers, HOSTS)
            check_same_origin(request.headers)
            if not is_token(given or request.cookies.get(name, ""), token):
                raise Refused(
                    401, "wrong-token", "open the address that fd view printed: it holds the token"
                )
            if given and request.method == "GET":
                response: Response = RedirectResponse(_without_token(request), status_code=303)
                response.set_cookie(name, token, httponly=True, samesite="lax", path="/")
            else:
                response = await handler(request)
        except Refused as refused:
            response = _said(refused.status, refused.detail)
        except UsageError as error:
            response = _said(400, str(error))
        response.headers.update(HEADERS)
        return response

    return guarded


def _without_token(request: Request) -> str:
    rest = urlencode([pair for pair in request.query_params.multi_items() if pair[0] != "token"])
    path = re.sub("^/+", "/", request.url.path)  # never another host
    return path + (f"?{rest}" if rest else "")


def _said(status: int, detail: str) -> Response:
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Fast Distill</title>'
        f"<h1>{status}</h1><p>{escape(detail)}</p></html>"
    )
    return HTMLResponse(page, status_code=status)


async def _missing(_: Request, error: Any) -> Response:
    response = _said(getattr(error, "status_code", 404), "there is no such page")
    response.headers.update(HEADERS)
    return response
