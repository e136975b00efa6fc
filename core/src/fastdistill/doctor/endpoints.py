"""Looks at a run's teachers: whether each can be opened, has its key, and answers at its address."""

from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import anyio

from fastdistill.errors import FastDistillError, boundary
from fastdistill.run.plan import Plan, TeacherPlan
from fastdistill.run.services.services import RunServices
from fastdistill.run.services.worker_pool import WorkerPool
from fastdistill.specs import DoctorCheck, ModelCatalog, ProviderSpec

PATIENCE = 5.0
"""Seconds to wait for a connection."""


async def teachers(plan: Plan) -> list[DoctorCheck]:
    """Look at every teacher and helper, side by side. A connection is opened and closed, no more."""
    found: dict[int, list[DoctorCheck]] = {}

    async def look(number: int, one: TeacherPlan) -> None:
        found[number] = [await _endpoint(one, options) for options in one.endpoints]

    async with anyio.create_task_group() as group:
        for number, one in enumerate((*plan.teachers, *plan.helpers)):
            group.start_soon(look, number, one)
    return [check for number in sorted(found) for check in found[number]]


async def _endpoint(one: TeacherPlan, options: Any) -> DoctorCheck:
    spec, name = one.offer.spec, f"teacher {one.config.title}"
    assert isinstance(spec, ProviderSpec)  # noqa: S101  the plan has checked it
    if spec.models is not None:
        return _weights(name, spec.models(), getattr(options, "model", ""))
    try:
        identity = await _identity(one, spec, options)
    except FastDistillError as error:
        return DoctorCheck(
            name=name, ok=False, detail=str(error), advice="see Providers in the documentation"
        )
    return await _reached(name, identity)


async def _identity(one: TeacherPlan, spec: ProviderSpec[Any], options: Any) -> str:
    """Open a provider as a run does, which finds missing keys and wrong addresses, and ask it nothing."""
    async with AsyncExitStack() as stack:
        tmp = stack.enter_context(TemporaryDirectory(prefix="fastdistill-"))
        workers = await stack.enter_async_context(WorkerPool(1))
        services = RunServices(workers=workers, tmp=Path(tmp), seed=0)
        with boundary(str(one.offer.origin), f"open of {spec.name}"):
            provider = await stack.enter_async_context(spec.open(options, services))
            return provider.identity


async def _reached(name: str, identity: str) -> DoctorCheck:
    try:
        parts = urlsplit(identity)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        parts, port = urlsplit(""), 0
    if not parts.hostname or not port:
        return DoctorCheck(
            name=name, ok=True, detail=f"opens, as {identity}; it names no address to look at"
        )
    where = f"{parts.scheme}://{parts.hostname}:{port}"
    try:
        with anyio.fail_after(PATIENCE):
            await (await anyio.connect_tcp(parts.hostname, port)).aclose()
    except (OSError, TimeoutError):
        return DoctorCheck(
            name=name,
            ok=False,
            detail=f"its key is there or not needed, but nobody listens at {where}",
            advice="start the server, or correct base_url; behind a proxy a run may reach it all the same",
            data={"address": where, "reached": False},
        )
    return DoctorCheck(
        name=name,
        ok=True,
        detail=f"key present or not needed; {where} answers",
        data={"address": where, "reached": True},
    )


def _weights(name: str, catalog: ModelCatalog, model: str) -> DoctorCheck:
    """Whether an embedded teacher's model is on this machine."""
    for entry in catalog.entries():
        if entry.name == model:
            there = entry.path is not None
            return DoctorCheck(
                name=name,
                ok=True if there else None,
                detail=f"weights of {model} ({entry.size >> 20} MiB) are {'here' if there else 'not here'}",
                advice="" if there else f"the run fetches them; or fd models pull {model}",
                data={"model": model, "here": there},
            )
    good = Path(model).is_file()
    detail = f"the file {model!r} is {'here' if good else 'not here'}"
    return DoctorCheck(
        name=name, ok=good, detail=detail, advice="" if good else "fd models list shows the known"
    )
