"""A gate of the test's own in the place of a scenario's exec-eval, measured by the audit."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from fastdistill import ExecEvalSpec, NoOptions, Services, hookimpl
from fastdistill.config import load
from fastdistill.host import PluginHost
from fastdistill.run.audit.cases import mutant_summary, mutants_of, open_for_audit, tasks_of, try_all
from fastdistill.run.plan import resolve


async def audited(
    gate: Any, scenario: str, tasks: Path, *, limit: int | None = None, real: str = ""
) -> dict[str, Any]:
    """What `fd audit` finds of `gate`, or of the gate named `real`, over mutants of `tasks`."""

    class Broken:
        @hookimpl
        def fastdistill_exec_evals(self) -> Iterable[ExecEvalSpec[Any]]:
            @asynccontextmanager
            async def opened(options: NoOptions, services: Services) -> AsyncIterator[Any]:
                yield gate

            yield ExecEvalSpec(name="broken", summary="", config=NoOptions, open=opened)

    host = PluginHost().discover()
    host.register(Broken(), "broken")
    settings = (f"scenario={scenario}", f"tasks={tasks}", f"gates=['{real or 'broken'}']")
    found: list[Any] = []
    async with open_for_audit(resolve(load(None, settings), host)) as opened:
        cases = mutants_of(opened, tasks_of(opened, tasks, limit), pytest.fail)
        await try_all(opened, cases, found.append)
    return mutant_summary(found)
