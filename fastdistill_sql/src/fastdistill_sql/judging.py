"""What runs in a worker: making a suite, and the whole judgement of one candidate. Plain data in and out.

Golds, their results and the variants' databases stay prepared per task, so that another candidate costs
its own runs alone.
"""

from collections import OrderedDict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from attrs import frozen

from fastdistill import TaskError
from fastdistill.serde import structure
from fastdistill_sql.compare import Comparison, Expected, Permutation, matching
from fastdistill_sql.evidence import class_key, difference, excerpt, failure, tables_used
from fastdistill_sql.execute import Budget, Failure, Table, run
from fastdistill_sql.extra import extra_variants
from fastdistill_sql.guard import Guarded, reader, stamp
from fastdistill_sql.neighbours import build
from fastdistill_sql.order import expected
from fastdistill_sql.schema import Schema, read_schema
from fastdistill_sql.steady import backwards, steady
from fastdistill_sql.suite import BUDGET, Kept, Suite, dump, load, make

PREPARED = 48
"""Tasks whose golds and variants a worker keeps at hand."""


@frozen(kw_only=True)
class Job:
    """One candidate, and all that judges it."""

    database: Path
    candidate: str
    golds: tuple[str, ...]
    suite: Path | None
    comparison: Comparison
    budget: Budget
    rows_wanted: bool = True
    """Without gold: whether a result without rows is rejected."""


@frozen(kw_only=True)
class Ground:
    """One database and what each gold says there; None where a gold cannot be held against anyone."""

    database: Guarded
    wanted: tuple[Expected | None, ...]
    seed: int | None = None


@frozen(kw_only=True)
class Prepared:
    """A task, ready to judge candidates."""

    real: Ground
    turned: tuple[Table | None, ...]
    """The golds' results reading backwards, where these differ: as right as the others."""
    variants: tuple[Ground, ...]
    suite: Suite | None
    degenerate: bool

    def close(self) -> None:
        """Let the variants go."""
        for ground in self.variants:
            ground.database.connection.close()


def make_suite(payload: dict[str, Any]) -> None:
    """Write the suite for `gold` over `database` to the file `into`."""
    comparison = structure(payload["comparison"], Comparison)
    suite = make(Path(payload["database"]), payload["gold"], comparison)
    Path(payload["into"]).write_text(dump(suite), encoding="utf-8")


def judge(payload: dict[str, Any]) -> dict[str, Any]:
    """The finding on a candidate, as the fields of `fastdistill.Finding`; `TaskError` for a broken task."""
    job = structure(payload, Job)
    task = prepared(job) if job.golds else None
    found = run(reader(job.database), job.candidate, job.budget)
    if isinstance(found, Failure):
        if found.reason == "broken-database":
            raise TaskError("broken-database", f"{job.database}: {found.detail}")
        shown = failure(task.real.wanted[0], found) if task else {}
        return _reject(
            found.reason, found.detail, exec_pass=False, gold_match=False if task else None, evidence=shown
        )
    if task is None:
        return _unlabelled(job, found)
    return _against(job, task, found)


def _unlabelled(job: Job, found: Table) -> dict[str, Any]:
    known = {"rows": len(found.rows), "labelled": False, "candidate": excerpt(found.rows)}
    if job.rows_wanted and not found.rows:
        return _reject("no-rows", "the query returns nothing", exec_pass=True, evidence=known)
    return {"outcome": "pass", "exec_pass": True, "class_key": class_key(found), "evidence": known}


def _against(job: Job, task: Prepared, found: Table) -> dict[str, Any]:
    """The candidate's result on the real database, then on every variant."""
    facts: dict[str, Any] = {"degenerate": task.degenerate, "labelled": True}
    if task.suite is not None:
        facts["oracle_strength"] = {"killed": task.suite.killed, "total": task.suite.total}
        facts["variants"] = len(task.variants)
    told = {"exec_pass": True, "class_key": class_key(found)}
    alive = _agreeing(job, task.real, found, {}, task.turned)
    if not alive:
        wanted = next(w for w in task.real.wanted if w is not None)
        shown = facts | difference(wanted, found)
        return _reject("wrong-rows", shown["first_difference"], gold_match=False, evidence=shown, **told)
    for ground in grounds_of(job, task):
        result = run(ground.database, job.candidate, BUDGET)
        if isinstance(result, Failure):
            detail = f"on neighbour {ground.seed}: {result.detail}"
            gold = next((w for w in ground.wanted if w is not None), None)
            shown = facts | _neighbour(job, ground) | failure(gold, result)
            return _reject("wrong-on-neighbour", detail, gold_match=False, evidence=shown, **told)
        alive = _agreeing(job, ground, result, alive)
        if not alive:
            wanted = next(w for w in ground.wanted if w is not None)
            shown = facts | _neighbour(job, ground) | difference(wanted, result)
            detail = f"on neighbour {ground.seed}: {shown['first_difference']}"
            return _reject("wrong-on-neighbour", detail, gold_match=False, evidence=shown, **told)
    shown = facts | {"rows": len(found.rows), "candidate": excerpt(found.rows), "gold": min(alive)}
    return {"outcome": "pass", "gold_match": True, "evidence": shown, **told}


def grounds_of(job: Job, task: Prepared) -> Iterator[Ground]:
    """The neighbours that judge a candidate: the task's, then those made for what only it names."""
    yield from task.variants
    if task.suite is not None:
        yield from _own(job, task)


def _neighbour(job: Job, ground: Ground) -> dict[str, Any]:
    """Which neighbour it is, and its rows that the queries are about."""
    tables = tables_used(ground.database, job.golds[0], job.candidate)
    return {"variant": ground.seed, "tables": tables}


Alive = dict[int, list[Permutation] | None]
"""Golds that the candidate has agreed with everywhere, by index, with the columns' orders; None for any."""


def _agreeing(
    job: Job, ground: Ground, found: Table, alive: Alive, turned: tuple[Table | None, ...] = ()
) -> Alive:
    """Which golds go on agreeing. Empty `alive` stands for all."""
    left: Alive = {}
    for number, wanted in enumerate(ground.wanted):
        if alive and number not in alive:
            continue
        among = alive.get(number)
        if wanted is None:
            if ground.seed is not None and alive:
                left[number] = among
            continue
        orders = matching(wanted, found, job.comparison, among)
        other = turned[number] if turned else None
        if not orders and other is not None:
            orders = matching(Expected(width=other.width, rows=other.rows), found, job.comparison, among)
        if orders:
            left[number] = orders if wanted.rows or among is not None else None
    return left


def _own(job: Job, task: Prepared) -> list[Ground]:
    """Variants for the literals that only the candidate has."""
    return [
        Ground(database=database, wanted=_steady(job, database), seed=seed)
        for seed, database in extra_variants(job.database, job.golds[0], job.candidate)
    ]


_TASKS: OrderedDict[tuple[Any, ...], Prepared] = OrderedDict()


def prepared(job: Job) -> Prepared:
    """The task of `job`, kept. Raises `TaskError`: `gold-failed`, `nondeterministic-gold`."""
    key = (job.database, stamp(job.database), job.golds, job.suite, job.comparison, job.budget)
    task = _TASKS.get(key)
    if task is None:
        task = _TASKS[key] = _prepare(job)
        while len(_TASKS) > PREPARED:
            _TASKS.popitem(last=False)[1].close()
    _TASKS.move_to_end(key)
    return task


def _prepare(job: Job) -> Prepared:
    database = reader(job.database)
    wanted = [expected(database, gold, job.budget) for gold in job.golds]
    first = wanted[0]
    if isinstance(first, Failure):
        reason = {"nondeterministic": "nondeterministic-gold", "broken-database": "broken-database"}
        raise TaskError(
            reason.get(first.reason, "gold-failed"), f"the gold fails: {first.detail} ({first.reason})"
        )
    real = Ground(database=database, wanted=tuple(None if isinstance(w, Failure) else w for w in wanted))
    suite = _suite(job.suite, job.database, stamp(job.database)) if job.suite is not None else None
    variants = tuple(_ground(job, suite.schema, kept) for kept in suite.variants) if suite else ()
    turned = tuple(_turned(job, real, n) for n in range(len(job.golds)))
    empty = all(value is None for row in first.window(first.rows) for value in row)
    return Prepared(real=real, turned=turned, variants=variants, suite=suite, degenerate=empty)


def _ground(job: Job, schema: Schema, kept: Kept) -> Ground:
    database = build(schema, kept.rows)
    return Ground(database=database, wanted=_steady(job, database), seed=kept.seed)


@lru_cache(maxsize=256)
def _suite(path: Path, database: Path, changed: tuple[int, int]) -> Suite:
    return load(path.read_text(encoding="utf-8"), read_schema(database))


def _steady(job: Job, database: Guarded) -> tuple[Expected | None, ...]:
    return tuple(steady(database, gold, BUDGET, job.comparison) for gold in job.golds)


def _turned(job: Job, real: Ground, number: int) -> Table | None:
    """A gold's result reading backwards, if it is another one."""
    wanted = real.wanted[number]
    if wanted is None:
        return None
    found = backwards(real.database, job.golds[number], job.budget)
    return None if isinstance(found, Failure) or matching(wanted, found, job.comparison) else found


def _reject(reason: str, detail: str, **fields: Any) -> dict[str, Any]:
    return {"outcome": "reject", "reason": reason, "detail": detail[:500], **fields}
