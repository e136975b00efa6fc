"""Looks at Python, plugins, extras, sandboxes, caches and disks."""

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from fastdistill.caches import cache_folder
from fastdistill.errors import FastDistillError, boundary
from fastdistill.host import PluginHost
from fastdistill.specs import DoctorCheck, ScenarioSpec

LOW, TOO_LOW = 2 * 2**30, 100 * 2**20
"""Bytes of free disk below which a run is warned, and below which it cannot go far."""
LARGE = 20 * 2**30
"""Bytes of a cache that are worth a word."""
MOST_FILES = 200_000
"""Files of a cache that are counted."""
EXTRAS = {
    "http": ("httpx", "teachers over HTTP"),
    "parquet": ("pyarrow", "tasks and datasets in Parquet"),
    "serve": ("uvicorn", "fd serve"),
    "hf": ("datasets", "tasks from hf://"),
}


def size(count: float) -> str:
    """Bytes for people."""
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if count < 1024 or unit == "GiB":
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1024
    return ""


def python() -> DoctorCheck:
    """The interpreter and the machine: 3.11 is the least."""
    told = f"Python {platform.python_version()}, fastdistill {version('fastdistill')}, {platform.system()} "
    good = sys.version_info >= (3, 11)
    data = {"python": platform.python_version(), "system": platform.system(), "cpus": os.cpu_count()}
    return DoctorCheck(
        name="python",
        ok=good,
        detail=f"{told}{platform.machine()}, {os.cpu_count()} processors",
        advice="" if good else "install Python 3.11 or later",
        data=data,
    )


def plugins(host: PluginHost) -> Iterator[DoctorCheck]:
    """What is installed, and each plugin that cannot be used."""
    offers = host.offers()
    names = sorted({one.origin.distribution for one in offers})
    providers = [one.spec.name for one in offers if one.kind == "providers"]
    scenarios = [one.spec.name for one in offers if one.kind == "scenarios"]
    lacking = [word for word, found in (("scenario", scenarios), ("provider", providers)) if not found]
    yield DoctorCheck(
        name="plugins",
        ok=None if lacking else True,
        detail=f"{len(offers)} from {', '.join(names)}",
        advice=f"no {' and no '.join(lacking)}: pip install fastdistill-sql fastdistill-openai"
        if lacking
        else "",
        data={"distributions": names, "providers": providers, "scenarios": scenarios},
    )
    for failure in host.failures:
        yield DoctorCheck(
            name=f"plugin {failure.origin.plugin}",
            ok=False,
            detail=f"{failure.origin} cannot be used, at {failure.stage}: {failure.error}",
            advice=f"pip install --upgrade {failure.origin.distribution}, or uninstall it",
        )


def extras() -> Iterator[DoctorCheck]:
    """Optional parts of the core."""
    there = [name for name, (module, _) in EXTRAS.items() if find_spec(module) is not None]
    absent = [name for name in EXTRAS if name not in there]
    uses = "; ".join(f"{name} is for {EXTRAS[name][1]}" for name in absent)
    yield DoctorCheck(
        name="extras",
        ok=None if absent else True,
        detail=f"installed: {', '.join(there) or 'none'}",
        advice=f"pip install 'fastdistill[{','.join(absent)}]' ({uses})" if absent else "",
        data={"installed": there, "absent": absent},
    )


def sandboxes(host: PluginHost) -> Iterator[DoctorCheck]:
    """What each scenario says of this machine."""
    for offer in host.offers("scenarios"):
        spec = offer.spec
        if not isinstance(spec, ScenarioSpec) or spec.doctor is None:
            continue
        try:
            with boundary(str(offer.origin), f"doctor of {spec.name}"):
                yield from list(spec.doctor())
        except FastDistillError as error:
            yield DoctorCheck(
                name=spec.name, ok=False, detail=str(error), advice="report it to its authors"
            )


def _held(folder: Path) -> tuple[int, int]:
    """Bytes and files of a folder, as far as `MOST_FILES`."""
    total = count = 0
    for where, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(where, name)).st_size  # noqa: PTH118  many files
            except OSError:
                continue
            count += 1
            if count >= MOST_FILES:
                return total, count
    return total, count


def caches() -> Iterator[DoctorCheck]:
    """What lies in the cache folder, part by part. All of it can be made or fetched again."""
    folder = cache_folder()
    parts = {}
    if folder.is_dir():
        parts = {one.name: _held(one)[0] for one in sorted(folder.iterdir()) if one.is_dir()}
        parts["files"] = sum(one.stat().st_size for one in folder.iterdir() if one.is_file())
    total = sum(parts.values())
    listed = ", ".join(f"{name} {size(held)}" for name, held in parts.items() if held)
    yield DoctorCheck(
        name="cache",
        ok=None if total > LARGE else True,
        detail=f"{size(total)} in {folder}{f' ({listed})' if listed else ''}",
        advice="delete what you do not need: its answers would be paid for again; FD_CACHE moves it",
        data={"folder": str(folder), "bytes": parts},
    )


def disks() -> Iterator[DoctorCheck]:
    """Free space where runs and caches are written."""
    for name, folder in (("disk of runs", Path.cwd()), ("disk of the cache", cache_folder())):
        there = next(one for one in (folder, *folder.parents) if one.exists())
        free, writable = shutil.disk_usage(there).free, os.access(there, os.W_OK)
        good: bool | None = writable and free >= TOO_LOW
        if good and free < LOW:
            good = None
        advice = "" if good else "free some space, or choose another folder with --out and FD_CACHE"
        yield DoctorCheck(
            name=name,
            ok=good,
            detail=f"{size(free)} free at {there}{'' if writable else ', which cannot be written to'}",
            advice=advice,
            data={"folder": str(there), "free": free, "writable": writable},
        )
