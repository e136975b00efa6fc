"""A task ready to judge: its golds' results on the real database and on the variants, kept in a worker.

So another candidate costs its own runs alone. Settings come as plain data and are structured once.
"""

from collections import OrderedDict
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from attrs import evolve, field, frozen

from fastdistill import TaskError, structure
from fastdistill_sql.building import restore
from fastdistill_sql.compare import Comparison, Expected, matching
from fastdistill_sql.execute import Budget, Failure, Table
from fastdistill_sql.guard import Guarded, reader, stamp
from fastdistill_sql.laws import Assume
from fastdistill_sql.order import expected
from fastdistill_sql.quoting import as_literals
from fastdistill_sql.steady import backwards, steady
from fastdistill_sql.suite import BUDGET, Suite, load

PREPARED = 48
"""Tasks whose golds and variants a worker keeps at hand."""
GROWTH = 4
"""How many times its gold's cost a candidate may cost, where that is more than its own budget."""


@frozen(kw_only=True)
class Job:
    """One candidate, and all that judges it."""

    database: Path
    candidate: str
    golds: tuple[str, ...]
    suite: Path | None
    comparison: Comparison
    budget: Budget
    gold_budget: Budget = field(
        factory=lambda: Budget(steps=1_000_000_000, rows=1_000_000, cells=10_000_000, bytes=256 * 2**20)
    )
    rows_wanted: bool = True
    """Without gold: whether a result without rows is rejected."""
    assume: Assume = "data"
    clock: str | None = None
    double_quoted: Literal["literal", "reject"] = "literal"
    min_strength: float = 0.3
    """Of the gold's one-edit neighbours: the share that a suite must kill so as not to be weak."""
    min_telling: int = 2
    weak_oracle: Literal["flag", "undecided"] = "flag"


@frozen(kw_only=True)
class Ground:
    """One database and what each gold says there; None where a gold cannot be held against anyone."""

    database: Guarded
    wanted: tuple[Expected | None, ...]
    seed: int | None = None


@frozen(kw_only=True)
class Prepared:
    """A task, ready to judge candidates."""

    golds: tuple[str, ...]
    real: Ground
    turned: tuple[Table | None, ...]
    """The golds' results reading backwards, where these differ: as right as the others."""
    variants: tuple[Ground, ...]
    suite: Suite | None
    degenerate: bool
    budget: Budget

    def close(self) -> None:
        """Let the variants go."""
        for ground in self.variants:
            ground.database.connection.close()


_SETTINGS: OrderedDict[str, Job] = OrderedDict()


def job_of(payload: dict[str, Any]) -> Job:
    """The job that `payload` says; what its task's other candidates share is structured once."""
    key = repr([(name, value) for name, value in payload.items() if name != "candidate"])
    kept = _SETTINGS.get(key)
    if kept is None:
        kept = _SETTINGS[key] = structure(payload, Job)
        while len(_SETTINGS) > PREPARED:
            _SETTINGS.popitem(last=False)
        return kept
    _SETTINGS.move_to_end(key)
    return evolve(kept, candidate=payload["candidate"])


_TASKS: OrderedDict[tuple[Any, ...], Prepared] = OrderedDict()


def prepared(job: Job) -> Prepared:
    """The task of `job`, kept. Raises `TaskError`: `gold-failed`, `gold-too-expensive`, `nondeterministic-
    gold`.
    """
    key = (
        job.database, stamp(job.database), job.golds, job.suite, job.comparison, job.budget,
        job.gold_budget, job.clock,
    )  # fmt: skip
    task = _TASKS.get(key)
    if task is None:
        task = _TASKS[key] = _prepare(job)
        while len(_TASKS) > PREPARED:
            _TASKS.popitem(last=False)[1].close()
    _TASKS.move_to_end(key)
    return task


_GOLD_FAULTS = {
    "nondeterministic": "nondeterministic-gold",
    "broken-database": "broken-database",
    "too-expensive": "gold-too-expensive",
    "too-large": "gold-too-expensive",
}


def _prepare(job: Job) -> Prepared:
    database = reader(job.database)
    golds = tuple(_gold(database, gold, job.gold_budget) for gold in job.golds)
    suite = _suite(job.suite, stamp(job.suite)) if job.suite is not None else None
    greatest = suite.greatest if suite else 0.0
    wanted = [expected(database, gold, job.gold_budget, greatest) for gold in golds]
    first = wanted[0]
    if isinstance(first, Failure):
        raise TaskError(
            _GOLD_FAULTS.get(first.reason, "gold-failed"),
            f"the gold fails: {first.detail} ({first.reason})",
        )
    real = Ground(database=database, wanted=tuple(None if isinstance(w, Failure) else w for w in wanted))
    variants = tuple(_ground(job, golds, suite, n) for n in range(len(suite.variants))) if suite else ()
    turned = tuple(_turned(job, golds, real, n) for n in range(len(golds)))
    empty = all(value is None for row in first.window(first.rows) for value in row)
    return Prepared(
        golds=golds,
        real=real,
        turned=turned,
        variants=variants,
        suite=suite,
        degenerate=empty,
        budget=_grown(job.budget, [w for w in real.wanted if w is not None]),
    )


def _gold(database: Guarded, gold: str, budget: Budget) -> str:
    """The gold with its double-quoted literals as literals, if that gives the same rows."""
    return as_literals(database, gold)[0]


def _grown(budget: Budget, golds: list[Expected]) -> Budget:
    """A candidate's budget: no less than some times what its golds cost."""
    rows = max(g.size for g in golds)
    cells = max(g.size * g.width for g in golds)
    text = max(sum(len(v) for r in g.rows for v in r if isinstance(v, (str, bytes))) for g in golds)
    return Budget(
        steps=max(budget.steps, GROWTH * max(g.steps for g in golds)),
        rows=max(budget.rows, GROWTH * rows),
        cells=max(budget.cells, GROWTH * cells),
        bytes=max(budget.bytes, GROWTH * text),
    )


def _ground(job: Job, golds: tuple[str, ...], suite: Suite, number: int) -> Ground:
    kept = suite.variants[number]
    database = restore(kept.data)
    return Ground(
        database=database,
        wanted=steady_golds(golds, database, job.comparison, suite.greatest),
        seed=kept.seed,
    )


@lru_cache(maxsize=256)
def _suite(path: Path, changed: tuple[int, int]) -> Suite:
    return load(path.read_bytes())


def _turned(job: Job, golds: tuple[str, ...], real: Ground, number: int) -> Table | None:
    """A gold's result reading backwards, if it is another one."""
    wanted = real.wanted[number]
    if wanted is None:
        return None
    found = backwards(real.database, golds[number], job.gold_budget)
    return None if isinstance(found, Failure) or matching(wanted, found, job.comparison) else found


def steady_golds(
    golds: tuple[str, ...], database: Guarded, comparison: Comparison, greatest: float
) -> tuple[Expected | None, ...]:
    """What each gold says on a variant; None for one that does not say one thing there."""
    return tuple(steady(database, gold, BUDGET, comparison, greatest) for gold in golds)
