"""The judgement of one candidate in any engine but SQLite's own: runs in a worker. Plain data in and out.

The real database decides first; then neighbour databases, whose rows were made by the generator over a
SQLite twin and are built here in the task's own engine, as long as the gold says one thing on them.
"""

from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from attrs import field, frozen

from fastdistill import TaskError, structure
from fastdistill_sql.compare import Comparison, Expected, matching
from fastdistill_sql.engines import Engine, Rows, engine_of
from fastdistill_sql.engines.variants import Variant, Variants, directed, load
from fastdistill_sql.evidence import class_key, difference, excerpt, failure, own_rows, rows_shown
from fastdistill_sql.execute import Budget, Failure, Table
from fastdistill_sql.laws import Assume
from fastdistill_sql.order import expected
from fastdistill_sql.race import Race, Runner

PREPARED = 16
"""Tasks whose golds and variants a worker keeps at hand."""
SMALL = Budget(rows=5_000, cells=50_000, bytes=2**21, cpu=2.0)
"""For one query on a variant."""
_GOLD_FAULTS = {
    "nondeterministic": "nondeterministic-gold",
    "too-expensive": "gold-too-expensive",
    "too-large": "gold-too-expensive",
}
_NOT_HELD = ("no-such-table", "no-such-column", "too-expensive", "too-large")
"""Failures on a variant that say nothing about the query: what it lacks, and how much it is to hold."""


@frozen(kw_only=True)
class Job:
    """One candidate, and all that judges it."""

    dialect: str
    database: Path
    candidate: str
    golds: tuple[str, ...]
    variants: Path | None = None
    twin: Path | None = None
    """The SQLite twin, which says which rows are worth making."""
    assume: Assume = "data"
    comparison: Comparison
    budget: Budget
    gold_budget: Budget
    rows_wanted: bool = True
    """Without gold: whether a result without rows is rejected."""
    min_strength: float = 0.4
    min_telling: int = 2
    weak_oracle: Literal["flag", "undecided"] = "flag"


@frozen(kw_only=True, eq=False)
class Ground:
    """One database and what each gold says there; None where a gold cannot be held against anyone."""

    database: Any
    wanted: tuple[Expected | None, ...]
    seed: int | None = None
    rows: Rows = field(factory=dict, repr=False)


@frozen(kw_only=True)
class Prepared:
    """A task, ready to judge candidates."""

    real: Ground
    grounds: tuple[Ground, ...]
    told: Variants

    @property
    def why(self) -> str:
        """Why there is no neighbour, or nothing."""
        if self.grounds:
            return ""
        return self.told.why or "the gold has no steady result on any variant"


def judge(payload: dict[str, Any]) -> dict[str, Any]:
    """The finding on a candidate, as the fields of `fastdistill.Finding`; `TaskError` for a broken task."""
    job = structure(payload, Job)
    engine = engine_of(job.dialect)
    task = prepared(engine, job) if job.golds else None
    facts: dict[str, Any] = {"engine": engine.version}
    found = engine.run(engine.guard(job.database), job.candidate, job.budget)
    if isinstance(found, Failure):
        shown = facts | (failure(task.real.wanted[0], found) if task else {})
        matched = False if task else None
        told = {"exec_pass": False, "gold_match": matched, "tell": found.detail[:500]}
        return _reject(found.reason, found.detail, evidence=shown, **told)
    if task is None:
        return _unlabelled(job, found, facts)
    return _against(engine, job, task, found, facts)


def prepare(payload: dict[str, Any]) -> dict[str, Any]:
    """Prepare the task of a job without judging anyone. Raises `TaskError` for a broken one."""
    job = structure(payload, Job)
    return {"variants": len(prepared(engine_of(job.dialect), job).grounds)}


def _unlabelled(job: Job, found: Table, facts: dict[str, Any]) -> dict[str, Any]:
    known = facts | {"rows": len(found.rows), "labelled": False, "candidate": excerpt(found.rows)}
    if job.rows_wanted and not found.rows:
        return _reject("no-rows", "the query returns nothing", exec_pass=True, evidence=known)
    return {"outcome": "pass", "exec_pass": True, "class_key": class_key(found), "evidence": known}


def _against(
    engine: Engine[Any, Any], job: Job, task: Prepared, found: Table, facts: dict[str, Any]
) -> dict[str, Any]:
    """The candidate's result on the real database, then on every variant."""
    first = task.real.wanted[0]
    empty = first is not None and all(v is None for row in first.window(first.rows) for v in row)
    facts |= {"degenerate": empty, "labelled": True, "variants": len(task.grounds)}
    weak = _weakness(job, task)
    if task.why:
        facts["no_suite"] = task.why
    else:
        suite = task.told
        facts["oracle_strength"] = {
            "killed": suite.killed,
            "total": suite.total,
            "telling": len(task.grounds),
        }
        facts |= {"weak_oracle": weak} if weak else {}
    told = {"exec_pass": True, "class_key": class_key(found), "tell": own_rows(found)}
    race = Race(job.comparison, [Runner() for _ in job.golds])
    if not race.meet(task.real.wanted, found, invented=False):
        wanted = next(w for w in task.real.wanted if w is not None)
        shown = facts | difference(wanted, found)
        return _reject("wrong-rows", shown["first_difference"], gold_match=False, evidence=shown, **told)
    for ground in grounds_of(engine, job, task):
        refused = _on(engine, job, race, ground)
        if ground not in task.grounds:
            engine.close(ground.database)
        if refused is not None:
            return refused | told | {"evidence": facts | refused["evidence"]}
    if weak and job.weak_oracle == "undecided":
        return {"outcome": "error", "reason": "weak-oracle", "detail": weak, "evidence": facts, **told}
    del told["tell"]
    shown = facts | {"rows": len(found.rows), "candidate": excerpt(found.rows), "gold": race.winner}
    return {"outcome": "pass", "gold_match": True, "evidence": shown, **told}


def grounds_of(engine: Engine[Any, Any], job: Job, task: Prepared) -> Iterator[Ground]:
    """The neighbours that judge a candidate: the task's, then those made for it and its gold together."""
    yield from task.grounds
    if job.twin is not None and task.grounds:
        for variant in directed(
            job.dialect, job.database, job.twin, (job.golds[0], job.candidate), job.assume
        ):
            ground = _ground(engine, job, variant, task.told.greatest)
            if ground is not None:
                yield ground


def _weakness(job: Job, task: Prepared) -> str:
    """Why the neighbours say little, or nothing."""
    if task.why:
        return f"there is no suite: {task.why}"
    if len(task.grounds) < job.min_telling:
        return f"the gold has steady results on {len(task.grounds)} variants alone"
    if task.told.killed < job.min_strength * task.told.total:
        return f"the suite tells {task.told.killed} of {task.told.total} one-edit neighbours from the gold"
    return ""


def _on(engine: Engine[Any, Any], job: Job, race: Race, ground: Ground) -> dict[str, Any] | None:
    """The refusal of the candidate on one variant, or None."""
    if not race.awaited(ground.wanted):
        return None
    result = engine.run(ground.database, job.candidate, SMALL)
    gold = ground.wanted[race.winner] or next(w for w in ground.wanted if w is not None)
    if isinstance(result, Failure):
        if result.reason in _NOT_HELD:
            return None
        shown, said = failure(gold, result), result.detail
    elif race.meet(ground.wanted, result):
        return None
    else:
        shown = difference(gold, result)
        said = shown["first_difference"]
    held = {table: [tuple(row) for row in rows] for table, rows in ground.rows.items()}
    tables = rows_shown(held, job.golds[0], job.candidate)
    shown = {"variant": ground.seed, "tables": tables} | shown
    detail = f"on neighbour {ground.seed}: {said}"
    return _reject("wrong-on-neighbour", detail, gold_match=False, evidence=shown)


_TASKS: OrderedDict[tuple[Any, ...], tuple[Engine[Any, Any], Prepared]] = OrderedDict()


def prepared(engine: Engine[Any, Any], job: Job) -> Prepared:
    """The task of `job`, kept.

    Raises `TaskError`: `gold-failed`, `gold-too-expensive`, `nondeterministic-gold`.
    """
    stat = job.database.stat() if job.database.exists() else None
    changed = (stat.st_mtime_ns, stat.st_size) if stat else None
    key = (job.dialect, job.database, changed, job.golds, job.variants, job.comparison, job.gold_budget)
    if key not in _TASKS:
        _TASKS[key] = (engine, _prepare(engine, job))
        while len(_TASKS) > PREPARED:
            owner, old = _TASKS.popitem(last=False)[1]
            for ground in old.grounds:
                owner.close(ground.database)
    _TASKS.move_to_end(key)
    return _TASKS[key][1]


def _prepare(engine: Engine[Any, Any], job: Job) -> Prepared:
    database = engine.guard(job.database)
    off = Variants(why="neighbours are turned off")
    told = off if job.variants is None else load(job.variants.read_bytes())
    wanted = [_expected(engine, database, gold, job.gold_budget, told.greatest) for gold in job.golds]
    first = wanted[0]
    if isinstance(first, Failure):
        raise TaskError(
            _GOLD_FAULTS.get(first.reason, "gold-failed"),
            f"the gold fails: {first.detail} ({first.reason})",
        )
    real = Ground(database=database, wanted=tuple(None if isinstance(w, Failure) else w for w in wanted))
    grounds = (_ground(engine, job, variant, told.greatest) for variant in told.variants)
    return Prepared(real=real, grounds=tuple(g for g in grounds if g is not None), told=told)


def _expected(
    engine: Engine[Any, Any], database: Any, gold: str, budget: Budget, greatest: float
) -> Expected | Failure:
    return expected(database, gold, budget, greatest, run=engine.run, dialect=engine.dialect)


def _ground(engine: Engine[Any, Any], job: Job, variant: Variant, greatest: float) -> Ground | None:
    """The variant in this engine, or None where no gold says one thing on it."""
    schema = engine.schema(job.database)
    database = engine.build(schema, variant.rows)
    turned = engine.build(schema, {table: rows[::-1] for table, rows in variant.rows.items()})
    try:
        wanted = tuple(
            _steady(engine, (database, turned), gold, job.comparison, greatest) for gold in job.golds
        )
    finally:
        engine.close(turned)
    if any(one is not None for one in wanted):
        return Ground(database=database, wanted=wanted, seed=variant.seed, rows=variant.rows)
    engine.close(database)
    return None


def _steady(
    engine: Engine[Any, Any], both: tuple[Any, Any], gold: str, comparison: Comparison, greatest: float
) -> Expected | None:
    """The gold's result, or None if it fails or hangs on the order in which rows are stored."""
    wanted = _expected(engine, both[0], gold, SMALL, greatest)
    if isinstance(wanted, Failure):
        return None
    again = engine.run(both[1], gold, SMALL)
    return wanted if isinstance(again, Table) and matching(wanted, again, comparison) else None


def _reject(reason: str, detail: str, **fields: Any) -> dict[str, Any]:
    return {"outcome": "reject", "reason": reason, "detail": detail[:500], **fields}
