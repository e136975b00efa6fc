"""`fd serve`: the verifier as a service on this machine."""

import secrets
from pathlib import Path
from typing import Any

import anyio
import click

from fastdistill.cli.options import loaded, run_options
from fastdistill.cli.terminal import echo
from fastdistill.errors import SetupError

SERVER: dict[str, Any] = {
    "log_level": "warning",
    "timeout_graceful_shutdown": 30,
    # Longer than clients keep an idle connection (httpx 5 s, aiohttp 15 s): one that the server closes
    # first can meet the client's next request halfway, which is then lost.
    "timeout_keep_alive": 75,
}


async def _serve(server: Any, what: str, host: str, token: str) -> None:
    """Serve until told to stop; say the address once it is bound."""
    async with anyio.create_task_group() as group:
        group.start_soon(server.serve)
        while not server.started and not server.should_exit:  # noqa: ASYNC110  it has no event for this
            await anyio.sleep(0.02)
        if server.started:
            port = server.servers[0].sockets[0].getsockname()[1]
            echo(f"{what} on http://{host}:{port} with the token {token}", err=True)


@click.command(short_help="Serve a scenario's gates as a verifier over HTTP.")
@run_options
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", default=8417, show_default=True, type=click.IntRange(0, 65535), help="0 for a free one."
)
@click.option("--token", envvar="FD_SERVE_TOKEN", help="What clients must send [made and printed].")
@click.option("--allow-host", multiple=True, metavar="NAME", help="A further name clients address it by.")
@click.option("--gold", metavar="FIELD", help="Our field that OpenRLHF's labels are.")
@click.option("--max-queued", type=click.IntRange(1), help="Items waiting at which clients get 503.")
@click.option("--deadline", type=float, metavar="S", help="Seconds for one request.")
def command(
    runfile: Path | None,
    settings: tuple[str, ...],
    host: str,
    port: int,
    token: str | None,
    allow_host: tuple[str, ...],
    gold: str | None,
    max_queued: int | None,
    deadline: float | None,
    **flags: Any,
) -> None:
    """Answer POST /verify with the verdict of a scenario's gates.

    A token is always asked for. Ctrl-C ends it when the requests under way are answered.
    """
    try:
        import uvicorn

        from fastdistill.serve.app import application
        from fastdistill.serve.settings import ServeSettings
    except ModuleNotFoundError as error:
        raise SetupError(f"fd serve needs {error.name}: pip install 'fastdistill[serve]'") from None
    from fastdistill.api.verifier import AsyncVerifier
    from fastdistill.host import PluginHost
    from fastdistill.run.plan import resolve

    plan = resolve(loaded(runfile, settings, flags), PluginHost().discover(), asks=False)
    token = token or secrets.token_urlsafe(24)
    bounds: dict[str, Any] = {"max_queued": max_queued, "deadline": deadline}
    made = ServeSettings(
        token=token,
        hosts=(*ServeSettings(token="").hosts, host.lower(), *(name.lower() for name in allow_host)),
        columns=plan.config.map or None,
        gold=gold,
        **{key: value for key, value in bounds.items() if value is not None},
    )
    app = application(AsyncVerifier(plan, base=plan.config.base or "."), made)
    server = uvicorn.Server(uvicorn.Config(app, host=host, port=port, **SERVER))
    anyio.run(_serve, server, f"Verifier of {plan.config.scenario!r}", host, token)
