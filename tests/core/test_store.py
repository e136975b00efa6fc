"""The store: built once, complete or absent."""

import os
import time
from pathlib import Path

import anyio
import pytest

from fastdistill.caches import cache_folder
from fastdistill.run.services.artifacts import STALE, Store

pytestmark = pytest.mark.anyio


class Builder:
    """Writes a file, or a folder with one, after a while; counts how often it was asked."""

    def __init__(self, *, folder: bool = False, error: Exception | None = None, held: bool = False) -> None:
        self.folder, self.error, self.times = folder, error, 0
        self.began, self.go = anyio.Event(), anyio.Event()
        if not held:
            self.go.set()

    async def __call__(self, path: Path) -> None:
        self.times += 1
        self.began.set()
        assert not path.exists()
        target = path
        if self.folder:
            path.mkdir()
            target = path / "inner.txt"
        target.write_text("half")
        await anyio.sleep(0.02)
        await self.go.wait()
        if self.error is not None:
            raise self.error
        target.write_text("whole")


def litter(store: Store) -> list[Path]:
    return list((store.folder / "unfinished").iterdir())


@pytest.mark.parametrize("folder", [False, True])
async def test_many_who_ask_at_once_get_one_build(tmp_path: Path, folder: bool) -> None:
    store, build = Store(tmp_path), Builder(folder=folder)
    paths = []

    async def ask() -> None:
        paths.append(await store("key", build))

    async with anyio.create_task_group() as group:
        for _ in range(10):
            group.start_soon(ask)
    assert build.times == 1
    assert len(set(paths)) == 1
    assert (paths[0] / "inner.txt" if folder else paths[0]).read_text() == "whole"
    assert litter(store) == []


async def test_what_is_there_is_served_to_another_run(tmp_path: Path) -> None:
    await Store(tmp_path)("key", Builder())
    again = Builder()
    assert (await Store(tmp_path)("key", again)).read_text() == "whole"
    assert again.times == 0
    assert (await Store(tmp_path)("other", again)).read_text() == "whole"
    assert again.times == 1


async def test_an_error_reaches_all_who_wait_and_nothing_is_kept(tmp_path: Path) -> None:
    store, build = Store(tmp_path), Builder(error=ValueError("no"))
    errors = []

    async def ask() -> None:
        try:
            await store("key", build)
        except ValueError as error:
            errors.append(error)

    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(ask)
    assert (len(errors), build.times) == (3, 1)
    assert not store.path("key").exists()
    assert litter(store) == []
    assert (await store("key", Builder())).read_text() == "whole"


async def test_when_the_builder_is_cancelled_another_builds(tmp_path: Path) -> None:
    store, build = Store(tmp_path), Builder(held=True)
    paths = []

    async def ask() -> None:
        paths.append(await store("key", build))

    async with anyio.create_task_group() as group:
        async with anyio.create_task_group() as first:
            first.start_soon(store, "key", build)
            await build.began.wait()
            group.start_soon(ask)
            await anyio.wait_all_tasks_blocked()
            first.cancel_scope.cancel()
        build.go.set()
    assert build.times == 2
    assert paths[0].read_text() == "whole"


@pytest.mark.parametrize("folder", [False, True])
async def test_two_processes_may_build_one_key(tmp_path: Path, folder: bool) -> None:
    ours, theirs = Store(tmp_path), Store(tmp_path)
    async with anyio.create_task_group() as group:
        group.start_soon(ours, "key", Builder(folder=folder))
        group.start_soon(theirs, "key", Builder(folder=folder))
    place = ours.path("key")
    assert (place / "inner.txt" if folder else place).read_text() == "whole"
    assert litter(ours) == []


async def test_old_litter_is_swept_and_young_is_left(tmp_path: Path) -> None:
    store = Store(tmp_path)
    unfinished = tmp_path / "unfinished"
    for name in ("old", "young"):
        (unfinished / name).mkdir(parents=True)
    os.utime(unfinished / "old", (0, time.time() - STALE - 60))
    await store("key", Builder())
    assert [path.name for path in litter(store)] == ["young"]


def test_the_folder_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FD_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("FD_CACHE")
    assert "fastdistill" in cache_folder().parts
