"""Serves the viewer on the loopback, in this thread or in one beside a notebook."""

import secrets
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import anyio
from attrs import define, field

from fastdistill.errors import SetupError
from fastdistill.view.labels import Labels, cases_beside
from fastdistill.view.runs import open_runs

HOST = "127.0.0.1"


@define(kw_only=True)
class Viewer:
    """A viewer of one run. `url` holds the token: whoever has it sees the run."""

    folder: Path
    against: Path | None = None
    cases: Path | None = None
    port: int = 0
    url: str = field(default="", init=False)
    _server: Any = field(default=None, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)
    _stack: ExitStack = field(factory=ExitStack, init=False)

    def serve(self, said: Callable[[str], None]) -> None:
        """Serve until interrupted; `said` hears the address. Raises `SetupError` without the extra."""
        self._open()
        with self._stack:
            anyio.run(self._run, said)

    def start(self) -> "Viewer":
        """Serve in a thread of its own until `close`."""
        self._open()
        ready = threading.Event()
        failed = list[BaseException]()

        def work() -> None:
            try:
                anyio.run(self._run, lambda _: ready.set())
            except BaseException as error:  # noqa: BLE001  told to whoever waits
                failed.append(error)
            ready.set()

        self._server.install_signal_handlers = lambda: None
        self._thread = threading.Thread(target=work, name="fastdistill-viewer", daemon=True)
        self._thread.start()
        ready.wait()
        if failed or not self.url:
            self._stack.close()
            raise SetupError(f"the viewer cannot listen on port {self.port}: {failed[:1] or 'it is taken'}")
        return self

    def close(self) -> None:
        """End a viewer that was started."""
        if self._thread is not None:
            self._server.should_exit = True
            self._thread.join(10)
            self._thread = None
            self._stack.close()

    def __enter__(self) -> "Viewer":
        return self if self._thread is not None else self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _repr_html_(self) -> str:
        return f'<a href="{self.url}" target="_blank" rel="noopener">{self.folder.name} in the viewer</a>'

    def _open(self) -> None:
        try:
            import uvicorn

            from fastdistill.view.app import application
        except ModuleNotFoundError as error:
            raise SetupError(
                f"fd view needs {error.name}: pip install 'fastdistill[serve]'; --page FILE needs nothing"
            ) from None
        viewed = self._stack.enter_context(open_runs(self.folder, self.against))
        labels = Labels(path=self.cases or cases_beside(self.folder), run_id=viewed.run_id)
        self._token = secrets.token_urlsafe(24)
        app = application(viewed, labels, self._token)
        self._server = uvicorn.Server(
            uvicorn.Config(app, host=HOST, port=self.port, log_level="error", timeout_graceful_shutdown=2)
        )

    _token: str = field(default="", init=False, repr=False)

    async def _run(self, said: Callable[[str], None]) -> None:
        server = self._server
        async with anyio.create_task_group() as group:
            group.start_soon(server.serve)
            while not server.started and not server.should_exit:  # noqa: ASYNC110  it has no event for this
                await anyio.sleep(0.02)
            if server.started:
                port = server.servers[0].sockets[0].getsockname()[1]
                self.url = f"http://{HOST}:{port}/?token={self._token}"
                said(self.url)
