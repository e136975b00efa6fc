"""The `sqlite` gate: runs a candidate beside its gold, on the real database and on neighbours of it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import lru_cache
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, Literal

import anyio.to_thread
from attrs import field, frozen
from attrs.validators import ge, gt, le, optional

from fastdistill import (
    Candidate,
    DeadlineExceeded,
    Finding,
    Gate,
    Outcome,
    Services,
    Task,
    TaskError,
    WorkerLost,
    undecided,
)
from fastdistill_sql.engines.gate import EngineGate, Limits
from fastdistill_sql.payload import SqlPayload


def _moment(_: object, attribute: Any, value: str) -> None:
    """Refuse what is no date or time."""
    try:
        datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(
            f"{attribute.name} is {value!r}; write a date or a time, such as 2024-06-01"
        ) from None


@frozen(kw_only=True)
class SqliteOptions:
    """`[exec_evals.sqlite]`."""

    columns: Literal["position", "any-order"] = "any-order"
    """Whether columns may stand in another order than the gold's."""
    text_case: Literal["exact", "ignore"] = "exact"
    distinct: bool = False
    """Whether rows count once however often they come; order does not count then."""
    neighbours: bool = True
    """Whether candidates must agree with the gold on neighbour databases as well."""
    rows_wanted: bool = True
    """Without gold: whether a query that returns nothing is rejected."""
    assume: Literal["data", "declared"] = "data"
    """What neighbours keep: all that the real rows always obey, or declared keys and NOT NULL alone."""
    double_quoted: Literal["literal", "reject"] = "literal"
    """A candidate's double-quoted text that names nothing: a literal, as SQLite has it, or a fault."""
    clock: str | None = field(default=None, validator=optional(_moment))
    """The time that queries see, such as "2024-06-01"; without it, whoever asks is nondeterministic."""
    min_strength: float = field(default=0.3, validator=[ge(0), le(1)])
    """Of a gold's one-edit neighbours: the share that its suite must kill so as not to be weak."""
    min_telling: int = field(default=2, validator=ge(0))
    """The number of neighbour databases on which the gold must have rows so that its suite is not weak."""
    weak_oracle: Literal["flag", "undecided"] = "flag"
    """What becomes of a candidate that agrees with its gold where the suite is weak."""
    max_steps: int = field(default=50_000_000, validator=gt(0))
    """SQLite virtual-machine steps for one query; about half a second. More where the gold costs more."""
    max_rows: int = field(default=100_000, validator=gt(0))
    max_cells: int = field(default=1_000_000, validator=gt(0))
    max_bytes: int = field(default=32 * 2**20, validator=gt(0))
    gold_max_steps: int = field(default=1_000_000_000, validator=gt(0))
    """The same for a gold; beyond it the task is broken (`gold-too-expensive`)."""
    gold_max_rows: int = field(default=1_000_000, validator=gt(0))
    gold_max_cells: int = field(default=10_000_000, validator=gt(0))
    gold_max_bytes: int = field(default=256 * 2**20, validator=gt(0))
    engine_seconds: float = field(default=10.0, validator=gt(0))
    """Processor seconds for one query in an engine that counts no steps, such as DuckDB."""
    gold_engine_seconds: float = field(default=60.0, validator=gt(0))
    """The same for a gold."""
    engine_memory: int = field(default=4 * 2**30, validator=gt(0))
    """Bytes of address space of the worker in which such an engine runs."""
    deadline: float = field(default=30.0, validator=gt(0))
    """Seconds of wall clock for one judgement; beyond it the gate cannot tell."""
    suite_deadline: float = field(default=60.0, validator=gt(0))
    """Seconds of wall clock for making one task's neighbours."""


@frozen
class SqliteGate:
    """Judges queries in the core's workers."""

    options: SqliteOptions
    services: Services

    @property
    def depends_on(self) -> str:
        """SQLite's, the parser's and the generator's versions."""
        from importlib.metadata import version

        import apsw

        from fastdistill_sql.suite import GENERATOR

        return f"sqlite {apsw.sqlite_lib_version()}; sqlglot {version('sqlglot')}; neighbours {GENERATOR}"

    async def __call__(self, task: Task[SqlPayload], candidate: Candidate, /) -> Finding:
        """What running `candidate` shows. Raises `TaskError` for a broken database or gold."""
        from fastdistill_sql.judging import judge

        payload = task.payload
        try:
            digest = await anyio.to_thread.run_sync(_digest, payload.database)
            if payload.dialect != "sqlite":
                return self._found(task, digest, await self._elsewhere().judge(task, candidate, digest))
            suite = await self._suite(payload, digest) if payload.gold and self.options.neighbours else None
            job = self._job(payload, candidate.answer, suite)
            found = await self.services.workers.run(judge, job, deadline=self.options.deadline)
        except DeadlineExceeded as error:
            return undecided("deadline", str(error))
        except WorkerLost as error:
            return undecided("worker-lost", str(error))
        return self._found(task, digest, found)

    def _found(self, task: Task[SqlPayload], digest: str, found: dict[str, Any]) -> Finding:
        """The finding, with what a person needs to read a reject."""
        from fastdistill_sql.evidence import asked

        question, refused = task.input.get("question", ""), found["outcome"] == "reject"
        shown = asked(question, task.payload.gold) if refused else {}
        evidence = {**shown, **found.get("evidence", {}), "database": digest[:16]}
        return Finding(**{**found, "evidence": evidence, "outcome": Outcome(found["outcome"])})

    def _elsewhere(self) -> EngineGate:
        """What judges tasks in another dialect, under the same options."""
        chosen = self.options
        sizes = {"rows": chosen.max_rows, "cells": chosen.max_cells, "bytes": chosen.max_bytes}
        return EngineGate(
            services=self.services,
            limits=Limits(
                seconds=chosen.engine_seconds,
                gold_seconds=chosen.gold_engine_seconds,
                memory=chosen.engine_memory,
                deadline=chosen.deadline + 2 * (chosen.engine_seconds + chosen.gold_engine_seconds),
                suite_deadline=chosen.suite_deadline,
            ),
            comparison=self._comparison(),
            sizes=sizes,
            gold_sizes={
                "rows": chosen.gold_max_rows,
                "cells": chosen.gold_max_cells,
                "bytes": chosen.gold_max_bytes,
            },
            assume=chosen.assume,
            neighbours=chosen.neighbours,
            told={
                "rows_wanted": chosen.rows_wanted,
                "min_strength": chosen.min_strength,
                "min_telling": chosen.min_telling,
                "weak_oracle": chosen.weak_oracle,
            },
        )

    async def illustrate(
        self, task: Task[SqlPayload], candidate: Candidate, seed: int | None, into: Path, /
    ) -> str:
        """Write the neighbour database with `seed`, or that which refuses `candidate`, to the file `into`.

        Raises `TaskError` `no-neighbour`, naming the seeds that there are.
        """
        from fastdistill_sql.illustrating import illustrate

        payload = task.payload
        if payload.dialect != "sqlite":
            raise TaskError(
                "no-neighbour", f"neighbours in {payload.dialect} are in the verdict, not in a file"
            )
        if not payload.gold or not self.options.neighbours:
            raise TaskError("no-neighbour", "neighbours are made for tasks with gold, unless turned off")
        suite = await self._suite(payload, await anyio.to_thread.run_sync(_digest, payload.database))
        job = {"job": self._job(payload, candidate.answer, suite), "seed": seed, "into": str(into)}
        return str(await self.services.workers.run(illustrate, job, deadline=self.options.suite_deadline))

    async def prepare(self, task: Task[SqlPayload], /) -> None:
        """Make the task's suite and run its gold, before anyone is paid. Raises `TaskError` for a broken
        task.
        """
        from fastdistill_sql.judging import prepare

        payload = task.payload
        try:
            digest = await anyio.to_thread.run_sync(_digest, payload.database)
            if payload.dialect != "sqlite":
                await self._elsewhere().prepare(task, digest)
            elif payload.gold:
                suite = await self._suite(payload, digest) if self.options.neighbours else None
                job = self._job(payload, "", suite)
                await self.services.workers.run(prepare, job, deadline=self.options.deadline)
        except (DeadlineExceeded, WorkerLost):
            return  # ours: the judgement will say so

    async def _suite(self, payload: SqlPayload, digest: str) -> Path:
        """The task's suite, from the store or made now."""
        from fastdistill_sql.judging import make_suite

        async def build(into: Path) -> None:
            job = {
                "database": str(payload.database),
                "golds": list(payload.gold),
                "comparison": self._comparison(),
                "assume": self.options.assume,
                "clock": self.options.clock,
                "into": str(into),
            }
            await self.services.workers.run(make_suite, job, deadline=self.options.suite_deadline)

        told = [self._comparison(), self.options.assume, self.options.clock]
        key = json.dumps(["sql-suite", self.depends_on, digest, payload.gold[0], told])
        return await self.services.store(sha256(key.encode()).hexdigest(), build)

    def _comparison(self) -> dict[str, Any]:
        chosen = self.options
        return {"columns": chosen.columns, "text_case": chosen.text_case, "distinct": chosen.distinct}

    def _job(self, payload: SqlPayload, answer: str, suite: Path | None) -> dict[str, Any]:
        chosen = self.options
        return {
            "database": str(payload.database),
            "candidate": answer,
            "golds": list(payload.gold),
            "suite": None if suite is None else str(suite),
            "comparison": self._comparison(),
            "budget": {
                "steps": chosen.max_steps,
                "rows": chosen.max_rows,
                "cells": chosen.max_cells,
                "bytes": chosen.max_bytes,
            },
            "gold_budget": {
                "steps": chosen.gold_max_steps,
                "rows": chosen.gold_max_rows,
                "cells": chosen.gold_max_cells,
                "bytes": chosen.gold_max_bytes,
            },
            "rows_wanted": chosen.rows_wanted,
            "assume": chosen.assume,
            "clock": chosen.clock,
            "double_quoted": chosen.double_quoted,
            "min_strength": chosen.min_strength,
            "min_telling": chosen.min_telling,
            "weak_oracle": chosen.weak_oracle,
        }


@asynccontextmanager
async def open_gate(options: SqliteOptions, services: Services) -> AsyncIterator[Gate]:
    """The gate; nothing to close."""
    yield SqliteGate(options, services)


def _digest(path: Path) -> str:
    """The sha256 of the file, read again only when it changed."""
    try:
        found = path.stat()
        return _digest_of(path, found.st_mtime_ns, found.st_size)
    except OSError as error:
        raise TaskError("missing-database", f"there is no database at {path}: {error.strerror}") from error


@lru_cache(maxsize=4096)
def _digest_of(path: Path, changed: int, size: int) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
