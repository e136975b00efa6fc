"""The worker pool: what crosses the border, what is killed, what is left behind."""
# ruff: noqa: ASYNC110, SIM117  tests poll, touch small files, and nest what ends apart

import math
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import pytest
import worker_jobs as jobs

from fastdistill import DeadlineExceeded, TaskError, WorkerLost, Workers
from fastdistill.errors import BudgetExceeded, PluginFault
from fastdistill.run.services.worker_pool import WorkerPool

pytestmark = pytest.mark.anyio


@pytest.fixture
async def pool() -> AsyncIterator[WorkerPool]:
    async with WorkerPool(2) as made:
        yield made


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


async def gone(pid: int) -> bool:
    with anyio.move_on_after(5):
        while alive(pid):
            await anyio.sleep(0.01)
    return not alive(pid)


async def test_data_goes_there_and_back(pool: Workers) -> None:
    data: Any
    for data in (None, True, 3, 10**40, 2.5, "ä\ud800\x00", [1, [2]], {"a": {"b": []}}, "x" * 3_000_000):
        assert await pool.run(jobs.echo, data, deadline=10) == data
    assert math.isnan(await pool.run(jobs.echo, math.nan, deadline=10))


async def test_a_worker_stays_warm() -> None:
    async with WorkerPool(1) as pool:
        assert [await pool.run(jobs.count, None, deadline=5) for _ in range(3)] == [1, 2, 3]


async def test_jobs_are_served_in_the_order_they_came() -> None:
    came: list[int] = []
    served: dict[int, int] = {}

    async def job(pool: WorkerPool, number: int) -> None:
        came.append(number)
        served[await pool.run(jobs.count, None, deadline=60)] = number

    async with WorkerPool(1) as pool, anyio.create_task_group() as group:
        for number in range(30):
            group.start_soon(job, pool, number)
    assert [served[place] for place in sorted(served)] == came


@pytest.mark.parametrize("job", [jobs.spin, jobs.blocked_spin])
async def test_processor_time_is_a_budget_of_its_own(pool: WorkerPool, job: Any) -> None:
    with pytest.raises(BudgetExceeded, match="processor time"):
        await pool.run(job, None, deadline=60, cpu=0.2)
    assert await pool.run(jobs.echo, 1, deadline=60, cpu=5) == 1


async def test_sleeping_and_earlier_jobs_cost_no_processor_time() -> None:
    async with WorkerPool(1) as pool:
        for _ in range(3):
            await pool.run(jobs.nap, 0.3, deadline=60, cpu=0.25)


async def test_a_module_is_warmed_once_in_each_worker() -> None:
    async with WorkerPool(1) as pool:
        await pool.run(jobs.echo, 1, deadline=5)
        assert await pool.run(jobs.warmth, None, deadline=60) == 1


async def test_a_killed_worker_is_replaced_before_the_next_job_comes() -> None:
    async with WorkerPool(1) as pool:
        await pool.run(jobs.echo, 1, deadline=60)
        with pytest.raises(DeadlineExceeded):
            await pool.run(jobs.spin, None, deadline=0.1)
        assert (pool.usage.replaced, pool.usage.jobs) == (1, 2)
        assert len(pool._idle) == 1
        assert pool._idle[0].loading
        assert await pool.run(jobs.echo, 2, deadline=60) == 2


async def test_waiting_is_told_apart_from_work() -> None:
    async with WorkerPool(1) as pool, anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(lambda: pool.run(jobs.nap, 0.2, deadline=60))
    assert pool.usage.worked >= 0.55
    assert pool.usage.waited >= 0.55


async def test_waiting_for_a_worker_does_not_count() -> None:
    async with WorkerPool(1) as pool, anyio.create_task_group() as group:
        for _ in range(6):
            group.start_soon(lambda: pool.run(jobs.nap, 0.15, deadline=0.6))


async def test_the_deadline_kills_the_worker_and_what_it_started(pool: WorkerPool, tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(DeadlineExceeded, match="hang did not end within 1 s"):
        await pool.run(jobs.hang, str(tmp_path), deadline=1)
    assert time.monotonic() - began < 10
    for pid in (tmp_path / "pids").read_text().split():
        assert await gone(int(pid))
    assert await pool.run(jobs.echo, 1, deadline=5) == 1


async def test_cancellation_kills_the_worker(pool: WorkerPool, tmp_path: Path) -> None:
    async with anyio.create_task_group() as group:
        group.start_soon(lambda: pool.run(jobs.hang, str(tmp_path), deadline=60))
        while not (tmp_path / "pids").exists():
            await anyio.sleep(0.01)
        group.cancel_scope.cancel()
    for pid in (tmp_path / "pids").read_text().split():
        assert await gone(int(pid))
    assert await pool.run(jobs.echo, 1, deadline=5) == 1


async def test_a_task_error_crosses_the_border(pool: WorkerPool) -> None:
    with pytest.raises(TaskError) as caught:
        await pool.run(jobs.broken_task, None, deadline=5)
    assert (caught.value.reason, caught.value.detail) == ("broken-gold", "the gold does not parse")


async def test_any_other_exception_is_the_plugins_fault(pool: WorkerPool) -> None:
    with pytest.raises(
        PluginFault, match=r"worker_jobs raised .* in divide: ZeroDivisionError: division by zero"
    ):
        await pool.run(jobs.divide, 0, deadline=5)
    for function in (jobs.system_exit, jobs.not_json):
        with pytest.raises(PluginFault):
            await pool.run(function, None, deadline=5)


async def test_a_lost_worker_costs_its_job_alone(pool: WorkerPool) -> None:
    lost = 0

    async def job(number: int) -> None:
        nonlocal lost
        if number % 3 == 0:
            with pytest.raises(WorkerLost, match="exit code 7"):
                await pool.run(jobs.exit_code, 7, deadline=5)
            lost += 1
        else:
            assert await pool.run(jobs.echo, number, deadline=5) == number

    async with anyio.create_task_group() as group:
        for number in range(12):
            group.start_soon(job, number)
    assert lost == 4


async def test_memory_is_limited_for_the_job_alone(pool: WorkerPool) -> None:
    with pytest.raises(WorkerLost, match="memory"):
        await pool.run(jobs.swell, 2**31, deadline=10, memory=2**30)
    assert await pool.run(jobs.swell, 2**20, deadline=10, memory=2**30) == 2**20


async def test_an_idle_worker_that_died_is_replaced_unnoticed() -> None:
    async with WorkerPool(1) as pool:
        victim = await pool.run(jobs.pid, None, deadline=5)
        os.kill(victim, 9)
        assert await gone(victim)
        assert await pool.run(jobs.pid, None, deadline=5) != victim


async def test_what_the_work_prints_or_reads_stays_away_from_the_protocol(pool: WorkerPool) -> None:
    assert await pool.run(jobs.chatter, None, deadline=5) == ""
    assert await pool.run(jobs.echo, 1, deadline=5) == 1


async def test_a_result_that_is_too_large_is_refused() -> None:
    async with WorkerPool(1, result_limit=1000) as pool:
        with pytest.raises(PluginFault, match="bytes; at most 1000"):
            await pool.run(jobs.big, 2000, deadline=5)


@pytest.mark.parametrize(
    "data",
    [
        "\xff\xff\xff\xff",
        "\x00\x00\x00\x05false",
        "\x00\x00\x00\x03\x80\x04.",
        "\x00\x00\x00\x0f[[" + "[" * 13,
        '\x00\x00\x00\x0a["what",0]',
        '\x00\x00\x00\x0e["task",["a"]]',
    ],
)
async def test_a_forged_answer_costs_the_worker(data: str) -> None:
    async with WorkerPool(1) as pool:
        with pytest.raises(WorkerLost):
            await pool.run(jobs.forge, data, deadline=5)
        assert await pool.run(jobs.echo, 1, deadline=5) == 1


async def test_workers_inherit_no_secrets(pool: WorkerPool, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = ("OPENAI_API_KEY", "HF_TOKEN", "AWS_SECRET_ACCESS_KEY", "my_token_file", "PGPASSWORD")
    for name in secrets:
        monkeypatch.setenv(name, "hidden")
    monkeypatch.setenv("FD_HARMLESS", "kept")
    seen = await pool.run(jobs.environment, None, deadline=5)
    assert seen["FD_HARMLESS"] == "kept"
    assert not set(secrets) & set(seen)


async def test_the_order_of_sets_repeats() -> None:
    seen = []
    for _ in range(2):
        async with WorkerPool(1) as pool:
            seen.append(await pool.run(jobs.order, None, deadline=5))
    assert seen[0] == seen[1]


async def test_only_importable_functions_and_json_are_taken(pool: WorkerPool) -> None:
    with pytest.raises(TypeError, match="top-level function"):
        await pool.run(lambda x: x, None, deadline=5)
    with pytest.raises(TypeError):
        await pool.run(jobs.echo, {1, 2}, deadline=5)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts descriptors through /proc")
async def test_nothing_is_left_behind(tmp_path: Path) -> None:
    def descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = descriptors()
    pids = []
    async with WorkerPool(2) as pool:
        pids.append(await pool.run(jobs.pid, None, deadline=5))
        with pytest.raises(WorkerLost):
            await pool.run(jobs.exit_code, 1, deadline=5)
        with pytest.raises(DeadlineExceeded):
            await pool.run(jobs.spin, None, deadline=0.1)
        pids.append(await pool.run(jobs.pid, None, deadline=5))
    assert descriptors() == before
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_closing_ends_the_jobs_that_still_run() -> None:
    ends: list[type[BaseException]] = []

    async def job(pool: WorkerPool) -> None:
        try:
            await pool.run(jobs.spin, None, deadline=60)
        except (WorkerLost, RuntimeError) as error:
            ends.append(type(error))

    async with anyio.create_task_group() as group:
        async with WorkerPool(1) as pool:
            group.start_soon(job, pool)
            group.start_soon(job, pool)
            await pool_is_busy(pool)
    assert sorted(end.__name__ for end in ends) == ["RuntimeError", "WorkerLost"]


async def pool_is_busy(pool: WorkerPool) -> None:
    with anyio.fail_after(5):
        await anyio.sleep(0.5)
    assert pool.size == 1
