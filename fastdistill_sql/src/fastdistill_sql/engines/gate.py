"""Tasks in another dialect than SQLite: their twin, their variants, and the judgement, each in a worker."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from attrs import frozen

from fastdistill import BudgetExceeded, Candidate, Services, Task, TaskError
from fastdistill_sql.payload import SqlPayload

OVERHEAD = 30.0
"""Processor seconds for all else in a job: imports, variants, the short runs on them."""


@frozen(kw_only=True)
class Limits:
    """What one query may cost in an engine that counts no steps."""

    seconds: float
    """Of processor time, for a candidate."""
    gold_seconds: float
    memory: int
    """Bytes of the worker's address space."""
    deadline: float
    """Seconds of wall clock for one judgement, and for making variants."""
    suite_deadline: float


@frozen(kw_only=True)
class EngineGate:
    """Judges what SQLite cannot run."""

    services: Services
    limits: Limits
    comparison: dict[str, Any]
    sizes: dict[str, int]
    """`rows`, `cells` and `bytes` of a candidate's result."""
    gold_sizes: dict[str, int]
    assume: str
    neighbours: bool
    told: dict[str, Any]
    """What the job takes over as the gate's options have it."""

    async def judge(self, task: Task[SqlPayload], candidate: Candidate, digest: str) -> dict[str, Any]:
        """The fields of a finding. Raises `TaskError` for a broken database or gold."""
        from fastdistill_sql.engines.judging import judge

        made = await self._variants(task.payload, digest)
        try:
            return await self._run(judge, self._job(task.payload, candidate.answer, made))
        except BudgetExceeded as error:
            # What no interrupt stops has cost the worker; if the task alone fits, it was the candidate.
            await self.prepare(task, digest)
            detail = f"more than {self.limits.seconds:g} seconds of processor time: {error}"
            matched = False if task.payload.gold else None
            return {
                "outcome": "reject",
                "reason": "too-expensive",
                "detail": detail,
                "exec_pass": False,
                "gold_match": matched,
            }

    async def prepare(self, task: Task[SqlPayload], digest: str) -> None:
        """Make what judges the task, before anyone is paid."""
        from fastdistill_sql.engines.judging import prepare

        if task.payload.gold:
            made = await self._variants(task.payload, digest)
            try:
                await self._run(prepare, self._job(task.payload, "", made))
            except BudgetExceeded as error:
                detail = f"the gold takes more than {self.limits.gold_seconds:g} seconds of processor time"
                raise TaskError("gold-too-expensive", detail) from error

    async def _run(self, function: Callable[[Any], Any], job: dict[str, Any]) -> dict[str, Any]:
        """What `function` says of a job, in a worker whose processor time and memory are bounded."""
        found: dict[str, Any] = await self.services.workers.run(
            function,
            job,
            deadline=self.limits.deadline,
            memory=self.limits.memory,
            cpu=self.limits.seconds + self.limits.gold_seconds + OVERHEAD,
        )
        return found

    async def _variants(self, payload: SqlPayload, digest: str) -> dict[str, str]:
        """The files of the task's twin and variants, by what a job calls them."""
        if not payload.gold or not self.neighbours:
            return {}
        from fastdistill_sql.engines import engine_of
        from fastdistill_sql.engines.duck.twin import VERSION as TWIN
        from fastdistill_sql.engines.variants import VERSION, make_twin, make_variants
        from fastdistill_sql.suite import GENERATOR

        told = [engine_of(payload.dialect).version, TWIN, digest]

        async def twin(into: Path) -> None:
            job = {"database": str(payload.database), "into": str(into)}
            await self.services.workers.run(make_twin, job, deadline=self.limits.suite_deadline)

        async def variants(into: Path) -> None:
            job = {
                "dialect": payload.dialect,
                "database": str(payload.database),
                "twin": str(made),
                "gold": payload.gold[0],
                "comparison": self.comparison,
                "assume": self.assume,
                "into": str(into),
            }
            await self.services.workers.run(make_variants, job, deadline=self.limits.suite_deadline)

        made = await self.services.store(_key("sql-twin", *told), twin)
        key = _key("sql-variants", *told, VERSION, GENERATOR, payload.gold[0], self.comparison, self.assume)
        return {"twin": str(made), "variants": str(await self.services.store(key, variants))}

    def _job(self, payload: SqlPayload, answer: str, made: dict[str, str]) -> dict[str, Any]:
        return {
            "dialect": payload.dialect,
            "database": str(payload.database),
            "candidate": answer,
            "golds": list(payload.gold),
            **made,
            "assume": self.assume,
            "comparison": self.comparison,
            "budget": {**self.sizes, "cpu": self.limits.seconds},
            "gold_budget": {**self.gold_sizes, "cpu": self.limits.gold_seconds},
            **self.told,
        }


def _key(*parts: object) -> str:
    return sha256(json.dumps(parts).encode()).hexdigest()
