"""A call that crosses into another thread's loop ends with that loop, whatever its state."""

import asyncio
from concurrent.futures import CancelledError

import pytest

from fastdistill.api.thread import _Crossing


def test_a_call_that_is_cancelled_before_its_first_step_lets_its_caller_go() -> None:
    async def work() -> int:
        return 1

    async def ended_at_once() -> _Crossing[int]:
        crossing = _Crossing(asyncio.get_running_loop(), work())
        crossing.start()
        crossing._cancel()
        await asyncio.sleep(0)
        return crossing

    crossing = asyncio.run(ended_at_once())
    with pytest.raises(CancelledError):
        crossing.result()
