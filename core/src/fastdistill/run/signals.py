"""Answers Ctrl-C, SIGTERM and a terminal that is gone."""

import signal

import anyio

from fastdistill.model.report import RunOutcome
from fastdistill.run.limits import Stop, StopSignal

INTERRUPTED = Stop(
    outcome=RunOutcome.INTERRUPTED, message="stopped by hand; run the same command again to go on"
)
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


async def listen(stop: StopSignal, scope: anyio.CancelScope) -> None:
    """Answer signals. First Ctrl-C: start nothing more and let what is in flight finish.

    The second, a request to terminate, or a terminal that is gone: stop now.
    """
    with anyio.open_signal_receiver(*_SIGNALS) as caught:
        async for number in caught:
            second = stop.reason is not None
            stop.stop(INTERRUPTED)
            if second or number != signal.SIGINT:
                scope.cancel()
                return
