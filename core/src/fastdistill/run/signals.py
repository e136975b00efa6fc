"""Ctrl-C and SIGTERM."""

import signal

import anyio

from fastdistill.run.engine import Engine


async def listen(engine: Engine, scope: anyio.CancelScope) -> None:
    """First Ctrl-C: start nothing more and let what is in flight come home. The second, or TERM: now."""
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as caught:
        async for number in caught:
            if number == signal.SIGINT and engine.stopping is None:
                engine.stop("interrupted")
            else:
                engine.stop("interrupted")
                scope.cancel()
                return
