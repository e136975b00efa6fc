"""A gate's deadline counts work, not waiting for a place to work in."""

import anyio
import anyio.lowlevel
import pytest

from fastdistill import deadline_paused
from fastdistill.clock import deadline

pytestmark = pytest.mark.anyio


async def test_waiting_does_not_count_and_work_does() -> None:
    with deadline(1.0), deadline_paused():
        await anyio.sleep(1.5)
    with pytest.raises(TimeoutError):
        await _waits_then_works()


async def _waits_then_works() -> None:
    with deadline(0.2):
        with deadline_paused():
            await anyio.sleep(0.4)
        await anyio.sleep(30)


async def test_waiting_at_several_places_at_once_stops_one_clock() -> None:
    async def wait(seconds: float) -> None:
        with deadline_paused():
            await anyio.sleep(seconds)

    with deadline(1.0):
        async with anyio.create_task_group() as group:
            for seconds in (0.2, 0.8, 1.4):
                group.start_soon(wait, seconds)


async def test_without_a_deadline_nothing_is_stopped() -> None:
    with deadline_paused():
        await anyio.lowlevel.checkpoint()
    with deadline(None), deadline_paused():
        await anyio.lowlevel.checkpoint()
