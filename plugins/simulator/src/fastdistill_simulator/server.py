"""A simulated teacher behind a real local socket, in a thread of its own or in the present loop."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self, TypeVar

from fastdistill_simulator.counters import Counters
from fastdistill_simulator.desk import Desk
from fastdistill_simulator.settings import Settings
from fastdistill_simulator.wire import Connection

T = TypeVar("T")


class Listener:
    """The listening socket with all its connections; can go down and come back on the same port."""

    def __init__(self, settings: Settings, host: str, port: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._host, self.port = host, port
        self._connections: set[Connection] = set()
        self._server: asyncio.Server | None = None
        self._again: asyncio.Task[None] | None = None
        self.desk = Desk(settings, self._loop, self.outage)

    def _connect(self) -> Connection:
        self.desk.chat.counters.connections += 1
        return Connection(self.desk.handle, self._connections)

    async def start(self) -> None:
        """Listen; `port` is the real one from now on."""
        self._server = await self._loop.create_server(
            self._connect, self._host, self.port, backlog=4096, reuse_address=True
        )
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Stop listening and break every connection."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in tuple(self._connections):
            connection.transport.abort()

    def outage(self, seconds: float) -> None:
        """Be dead for so long: connections break, new ones are refused."""
        self.stop()

        async def back() -> None:
            await asyncio.sleep(seconds)
            await self.start()

        self._again = self._loop.create_task(back())


class TeacherSimulator:
    """A local HTTP server that behaves as `Settings` say, in a thread of its own while it is entered.

    Serves `base_url` (OpenAI) and `root_url` (Ollama) to any client on any async backend.
    """

    def __init__(self, settings: Settings | None = None, /, **changes: Any) -> None:
        """`settings`, or keyword arguments of `Settings`."""
        self.settings = settings or Settings(**changes)
        self._listener: Listener | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Start; the port is open on return."""
        ready: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        ready.result(timeout=10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop and break every connection."""
        assert self._loop is not None  # noqa: S101  entered before
        assert self._thread is not None  # noqa: S101
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)

    def _run(self, ready: "Future[None]") -> None:
        self._loop = loop = asyncio.new_event_loop()
        try:
            self._listener = loop.run_until_complete(self._open())
        except BaseException as error:  # noqa: BLE001  handed to the thread that waits
            ready.set_exception(error)
            loop.close()
            return
        ready.set_result(None)
        loop.run_forever()
        self._listener.stop()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    async def _open(self) -> Listener:
        listener = Listener(self.settings, "127.0.0.1", 0)
        await listener.start()
        return listener

    def _in_loop(self, function: Callable[[Listener], T]) -> T:
        assert self._listener is not None  # noqa: S101  entered before
        assert self._loop is not None  # noqa: S101
        listener, done = self._listener, Future[T]()

        def call() -> None:
            try:
                done.set_result(function(listener))
            except BaseException as error:  # noqa: BLE001  handed to the thread that waits
                done.set_exception(error)

        self._loop.call_soon_threadsafe(call)
        return done.result(timeout=10)

    @property
    def root_url(self) -> str:
        """`http://127.0.0.1:PORT`, for the Ollama dialect."""
        assert self._listener is not None  # noqa: S101  entered before
        return f"http://127.0.0.1:{self._listener.port}"

    @property
    def base_url(self) -> str:
        """`root_url` with `/v1`, for the OpenAI dialect."""
        return self.root_url + "/v1"

    @property
    def counters(self) -> Counters:
        """What was seen so far."""
        return self._in_loop(lambda listener: listener.desk.chat.counters)

    def reset(self) -> None:
        """Fresh counters, empty prefix cache."""
        self._in_loop(lambda listener: listener.desk.chat.reset())

    def outage(self, seconds: float) -> None:
        """Be dead for so long, from now, then come back on the same port."""
        self._in_loop(lambda listener: listener.outage(seconds))
