"""The service as an ASGI application."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from fastdistill.api.verifier import AsyncVerifier
from fastdistill.errors import FastDistillError
from fastdistill.serve.guard import Refused, check_caller, read_json
from fastdistill.serve.judging import Judging
from fastdistill.serve.metrics import Metrics
from fastdistill.serve.openapi import document, page
from fastdistill.serve.routes import ROUTES
from fastdistill.serve.settings import ServeSettings

Handler = Callable[[Request], Awaitable[Response]]


def application(verifier: AsyncVerifier, settings: ServeSettings) -> Starlette:
    """Make the application; the verifier is opened when it starts and closed when it ends."""
    metrics = Metrics()
    judging = Judging(verifier, settings, metrics)
    described = document(verifier.plan.config.scenario, version("fastdistill"))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with verifier:
            yield

    async def post(form: Any, request: Request) -> Response:
        body = await read_json(request, settings)
        return JSONResponse(await form(body, settings, partial(judging.judge, request)))

    async def health(request: Request) -> Response:
        return JSONResponse({"status": "ok", "queued": judging.queued})

    async def counts(request: Request) -> Response:
        return Response(metrics.text(), media_type="text/plain; version=0.0.4")

    async def described_json(request: Request) -> Response:
        return JSONResponse(described)

    async def described_page(request: Request) -> Response:
        return HTMLResponse(page(described))

    gets: dict[str, Handler] = {
        "/": described_page,
        "/metrics": counts,
        "/openapi.json": described_json,
    }
    wrap = partial(_guarded, settings, metrics)
    return Starlette(
        lifespan=lifespan,
        routes=[
            *(
                Route(path, wrap(path, partial(post, form)), methods=["POST"])
                for path, form in ROUTES.items()
            ),
            *(Route(path, wrap(path, handler), methods=["GET"]) for path, handler in gets.items()),
            Route("/healthz", health, methods=["GET"]),  # for probes, which hold no token
        ],
    )


def _guarded(settings: ServeSettings, metrics: Metrics, path: str, handler: Handler) -> Handler:
    """Return `handler` behind the checks of the caller, counted and timed."""

    async def guarded(request: Request) -> Response:
        start = time.perf_counter()
        try:
            check_caller(request, settings)
            response = await handler(request)
        except Refused as refused:
            response = _said(refused)
        except FastDistillError as error:
            response = _said(Refused(500, "fault", str(error)))
        metrics.requests.labels(path, response.status_code).inc()
        metrics.seconds.labels(path).observe(time.perf_counter() - start)
        return response

    return guarded


def _said(refused: Refused) -> Response:
    headers = {} if refused.retry_after is None else {"Retry-After": str(refused.retry_after)}
    content = {"reward": None, "reason": refused.reason, "detail": refused.detail}
    return JSONResponse(content, status_code=refused.status, headers=headers)
