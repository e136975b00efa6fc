"""What runs in a worker: making a suite, and the whole judgement of one candidate. Plain data in and out.

Golds, their results and the variants' databases stay prepared per task, so that another candidate costs
its own runs alone.
"""

from collections import OrderedDict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from attrs import evolve, field, frozen

from fastdistill import TaskError, structure
from fastdistill_sql.building import restore
from fastdistill_sql.compare import Comparison, Expected, matching
from fastdistill_sql.directed import search
from fastdistill_sql.evidence import class_key, difference, excerpt, failure, own_rows, tables_used
from fastdistill_sql.execute import Budget, Failure, Table, run, swift
from fastdistill_sql.guard import CLOCK, Guarded, reader, stamp
from fastdistill_sql.laws import Assume
from fastdistill_sql.order import expected
from fastdistill_sql.quoting import as_literals
from fastdistill_sql.race import Race, Runner
from fastdistill_sql.steady import backwards, steady
from fastdistill_sql.suite import BUDGET, Suite, dump, load, make

PREPARED = 48
"""Tasks whose golds and variants a worker keeps at hand."""
GROWTH = 4
"""How many times its gold's cost a candidate may cost, where that is more than its own budget."""
SPEAKING = 5
"""One-edit neighbours below which their share says nothing: those of a bare COUNT(*) mean the same."""
_NOT_HELD = {"no-such-table", "no-such-column", "too-expensive", "too-large"}
"""Failures on a variant that say nothing about the query: what it lacks, and how much it is to hold."""


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


def make_suite(payload: dict[str, Any]) -> None:
    """Write the suite for the first of `golds` over `database` to the file `into`."""
    CLOCK.turn(payload.get("clock"))
    path = Path(payload["database"])
    gold, _ = as_literals(reader(path), payload["golds"][0])
    suite = make(path, gold, structure(payload["comparison"], Comparison), payload.get("assume", "data"))
    Path(payload["into"]).write_bytes(dump(suite))


def prepare(payload: dict[str, Any]) -> dict[str, Any]:
    """Prepare the task of a job without judging anyone. Raises `TaskError` for a broken one."""
    job = structure(payload, Job)
    CLOCK.turn(job.clock)
    task = prepared(job)
    return {"variants": len(task.variants)}


def judge(payload: dict[str, Any]) -> dict[str, Any]:
    """The finding on a candidate, as the fields of `fastdistill.Finding`; `TaskError` for a broken task."""
    job = structure(payload, Job)
    CLOCK.turn(job.clock)
    task = prepared(job) if job.golds else None
    database = reader(job.database)
    query, quoted = as_literals(database, job.candidate)
    if quoted and job.double_quoted == "reject":
        detail = f'double quotes are for names, not for text: "{quoted[0]}"'
        return _reject(
            "double-quoted-text", detail, exec_pass=False, gold_match=False if task else None, tell=detail
        )
    found = run(database, query, task.budget if task else job.budget)
    if isinstance(found, Failure):
        if found.reason == "broken-database":
            raise TaskError("broken-database", f"{job.database}: {found.detail}")
        shown = failure(task.real.wanted[0], found) if task else {}
        return _reject(
            found.reason,
            found.detail,
            exec_pass=False,
            gold_match=False if task else None,
            evidence=shown,
            tell=found.detail[:500],
        )
    facts: dict[str, Any] = {"double_quoted": list(quoted[:5])} if quoted else {}
    if task is None:
        return _unlabelled(job, found, facts)
    return _against(evolve(job, candidate=query), task, found, facts)


def _unlabelled(job: Job, found: Table, facts: dict[str, Any]) -> dict[str, Any]:
    known = facts | {"rows": len(found.rows), "labelled": False, "candidate": excerpt(found.rows)}
    if job.rows_wanted and not found.rows:
        return _reject(
            "no-rows", "the query returns nothing", exec_pass=True, evidence=known, tell=own_rows(found)
        )
    return {"outcome": "pass", "exec_pass": True, "class_key": class_key(found), "evidence": known}


def _against(job: Job, task: Prepared, found: Table, facts: dict[str, Any]) -> dict[str, Any]:
    """The candidate's result on the real database, then on every variant."""
    facts |= {"degenerate": task.degenerate, "labelled": True}
    weak = _strength(job, task, facts)
    told = {"exec_pass": True, "class_key": class_key(found), "tell": own_rows(found)}
    race = Race(job.comparison, [Runner() for _ in task.golds])
    if not race.meet(task.real.wanted, found, task.turned, invented=False):
        wanted = next(w for w in task.real.wanted if w is not None)
        shown = facts | difference(wanted, found)
        return _reject("wrong-rows", shown["first_difference"], gold_match=False, evidence=shown, **told)
    for ground in grounds_of(job, task, facts):
        refused = _on(job, race, ground, found.width)
        if refused is not None:
            return refused | told | {"evidence": facts | refused["evidence"]}
    shown = facts | {"rows": len(found.rows), "candidate": excerpt(found.rows), "gold": race.winner}
    if weak and job.weak_oracle == "undecided":
        return {"outcome": "error", "reason": "weak-oracle", "detail": weak, "evidence": shown, **told}
    del told["tell"]
    return {"outcome": "pass", "gold_match": True, "evidence": shown, **told}


def _strength(job: Job, task: Prepared, facts: dict[str, Any]) -> str:
    """Why the suite is weak, or nothing; notes in `facts` what it is like."""
    suite = task.suite
    if suite is None:
        return ""
    if suite.why:
        facts["no_suite"] = suite.why
        return f"there is no suite: {suite.why}"
    facts["oracle_strength"] = {"killed": suite.killed, "total": suite.total, "telling": suite.telling}
    facts["variants"] = len(task.variants)
    weak = ""
    if suite.telling < job.min_telling:
        weak = f"the gold has rows on {suite.telling} variants alone"
    elif suite.total >= SPEAKING and suite.killed < job.min_strength * suite.total:
        weak = f"the suite tells {suite.killed} of {suite.total} one-edit neighbours from the gold"
    if weak:
        facts["weak_oracle"] = weak
    return weak


def grounds_of(job: Job, task: Prepared, facts: dict[str, Any] | None = None) -> Iterator[Ground]:
    """The neighbours that judge a candidate: the task's, then those made for it and its gold together."""
    yield from task.variants
    if task.suite is None or not task.suite.variants:
        return
    last = search(job.database, task.golds[0], job.candidate, job.assume)
    if last.why and facts is not None:
        facts["no_last_search"] = last.why
    for seed, database in last.variants():
        wanted = _steady(task.golds, database, job.comparison, task.suite.greatest)
        yield Ground(database=database, wanted=wanted, seed=seed)


def _on(job: Job, race: Race, ground: Ground, width: int) -> dict[str, Any] | None:
    """The refusal of the candidate on one variant, or None."""
    if not race.awaited(ground.wanted):
        return None
    result = swift(ground.database, job.candidate, width, BUDGET)
    gold = ground.wanted[race.winner] or next(w for w in ground.wanted if w is not None)
    if isinstance(result, Failure):
        if result.reason in _NOT_HELD:
            return None
        shown = failure(gold, result)
        detail = f"on neighbour {ground.seed}: {result.detail}"
    elif race.meet(ground.wanted, result):
        return None
    else:
        shown = difference(gold, result)
        detail = f"on neighbour {ground.seed}: {shown['first_difference']}"
    tables = tables_used(ground.database, job.golds[0], job.candidate)
    shown = {"variant": ground.seed, "tables": tables} | shown
    return _reject("wrong-on-neighbour", detail, gold_match=False, evidence=shown)


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
        database=database, wanted=_steady(golds, database, job.comparison, suite.greatest), seed=kept.seed
    )


@lru_cache(maxsize=256)
def _suite(path: Path, changed: tuple[int, int]) -> Suite:
    return load(path.read_bytes())


def _steady(
    golds: tuple[str, ...], database: Guarded, comparison: Comparison, greatest: float
) -> tuple[Expected | None, ...]:
    return tuple(steady(database, gold, BUDGET, comparison, greatest) for gold in golds)


def _turned(job: Job, golds: tuple[str, ...], real: Ground, number: int) -> Table | None:
    """A gold's result reading backwards, if it is another one."""
    wanted = real.wanted[number]
    if wanted is None:
        return None
    found = backwards(real.database, golds[number], job.gold_budget)
    return None if isinstance(found, Failure) or matching(wanted, found, job.comparison) else found


def _reject(reason: str, detail: str, **fields: Any) -> dict[str, Any]:
    return {"outcome": "reject", "reason": reason, "detail": detail[:500], **fields}
