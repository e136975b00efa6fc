"""What runs in a worker: making a suite, and the whole judgement of one candidate. Plain data in and out.

Golds, their results and the variants' databases stay prepared per task, so that another candidate costs
its own runs alone.
"""

from collections import OrderedDict
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from attrs import evolve, field, frozen

from fastdistill import TaskError
from fastdistill.serde import structure
from fastdistill_sql.building import restore
from fastdistill_sql.compare import Comparison, Expected, Permutation, Trial, agrees, matching, order_of
from fastdistill_sql.directed import directed_variants
from fastdistill_sql.evidence import class_key, difference, excerpt, shown_tables
from fastdistill_sql.execute import Budget, Failure, Table, run, swift
from fastdistill_sql.guard import CLOCK, Guarded, reader, stamp
from fastdistill_sql.laws import Assume
from fastdistill_sql.order import expected
from fastdistill_sql.quoting import as_literals
from fastdistill_sql.steady import backwards, steady
from fastdistill_sql.suite import BUDGET, Suite, dump, load, make

PREPARED = 48
"""Tasks whose golds and variants a worker keeps at hand."""
GROWTH = 4
"""How many times its gold's cost a candidate may cost, where that is more than its own budget."""
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
    min_killed: float = 0.5
    """Of the gold's one-edit neighbours: the share that a suite must kill so as not to be weak."""
    min_telling: int = 2
    weak: Literal["flag", "undecided"] = "flag"


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
        return _reject("double-quoted-text", detail, exec_pass=False, gold_match=False if task else None)
    found = run(database, query, task.budget if task else job.budget)
    if isinstance(found, Failure):
        if found.reason == "broken-database":
            raise TaskError("broken-database", f"{job.database}: {found.detail}")
        return _reject(found.reason, found.detail, exec_pass=False, gold_match=False if task else None)
    facts: dict[str, Any] = {"double_quoted": list(quoted[:5])} if quoted else {}
    if task is None:
        return _unlabelled(job, found, facts)
    return _against(evolve(job, candidate=query), task, found, facts)


def _unlabelled(job: Job, found: Table, facts: dict[str, Any]) -> dict[str, Any]:
    known = facts | {"rows": len(found.rows), "labelled": False, "candidate": excerpt(found.rows)}
    if job.rows_wanted and not found.rows:
        return _reject("no-rows", "the query returns nothing", exec_pass=True, evidence=known)
    return {"outcome": "pass", "exec_pass": True, "class_key": class_key(found), "evidence": known}


def _against(job: Job, task: Prepared, found: Table, facts: dict[str, Any]) -> dict[str, Any]:
    """The candidate's result on the real database, then on every variant."""
    facts |= {"degenerate": task.degenerate, "labelled": True}
    weak = _strength(job, task, facts)
    told = {"exec_pass": True, "class_key": class_key(found)}
    race = Race(job.comparison, [Runner() for _ in task.golds])
    if not race.meet(task.real, found, task.turned):
        wanted = next(w for w in task.real.wanted if w is not None)
        shown = facts | difference(wanted, found)
        return _reject("wrong-rows", shown["first_difference"], gold_match=False, evidence=shown, **told)
    for ground in task.variants:
        refused = _on(job, task, race, ground, found.width)
        if refused is not None:
            return refused | told | {"evidence": facts | refused["evidence"]}
    if task.suite is not None and task.suite.variants:
        for seed, database in directed_variants(job.database, task.golds[0], job.candidate, job.assume):
            ground = Ground(
                database=database,
                wanted=_steady(task.golds, database, job.comparison, task.suite.greatest),
                seed=seed,
            )
            refused = _on(job, task, race, ground, found.width)
            database.connection.close()
            if refused is not None:
                shown = facts | refused["evidence"] | {"directed": True}
                return refused | told | {"evidence": shown}
    shown = facts | {"rows": len(found.rows), "candidate": excerpt(found.rows), "gold": race.winner}
    if weak and job.weak == "undecided":
        return {"outcome": "error", "reason": "weak-oracle", "detail": weak, "evidence": shown, **told}
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
    elif suite.killed < job.min_killed * suite.total:
        weak = f"the suite tells {suite.killed} of {suite.total} one-edit neighbours from the gold"
    if weak:
        facts["weak_oracle"] = weak
    return weak


def _on(job: Job, task: Prepared, race: "Race", ground: Ground, width: int) -> dict[str, Any] | None:
    """The refusal of the candidate on one variant, or None."""
    if not any(w is not None for n, w in enumerate(ground.wanted) if race.runners[n].running):
        return None
    result = swift(ground.database, job.candidate, width, BUDGET)
    if isinstance(result, Failure):
        if result.reason in _NOT_HELD:
            return None
        shown = {"variant": ground.seed, "neighbour": shown_tables(ground.database)}
        return _reject(
            "wrong-on-neighbour",
            f"on neighbour {ground.seed}: {result.detail}",
            gold_match=False,
            evidence=shown,
        )
    last = race.winner
    if race.meet(ground, result):
        return None
    wanted = ground.wanted[last] or next(w for w in ground.wanted if w is not None)
    shown = (
        {"variant": ground.seed} | difference(wanted, result) | {"neighbour": shown_tables(ground.database)}
    )
    detail = f"on neighbour {ground.seed}: {shown['first_difference']}"
    return _reject("wrong-on-neighbour", detail, gold_match=False, evidence=shown)


@frozen
class Runner:
    """A gold that the candidate has agreed with so far: where, and under which order of columns."""

    trials: tuple[Trial, ...] = ()
    order: Permutation | None = None
    running: bool = True


class Race:
    """Which golds the candidate goes on agreeing with."""

    def __init__(self, comparison: Comparison, runners: list[Runner]) -> None:
        self.comparison = comparison
        self.runners = runners

    @property
    def winner(self) -> int:
        """The first gold that still runs."""
        return next((n for n, r in enumerate(self.runners) if r.running), 0)

    def meet(self, ground: Ground, found: Table, turned: tuple[Table | None, ...] = ()) -> bool:
        """Whether any gold goes on agreeing on this ground."""
        for number, wanted in enumerate(ground.wanted):
            runner = self.runners[number]
            if not runner.running:
                continue
            if wanted is None:
                if ground.seed is None:
                    self.runners[number] = evolve(runner, running=False)
                continue
            other = turned[number] if turned else None
            self.runners[number] = self._met(runner, wanted, other, found, ground.seed is not None)
        return any(r.running for r in self.runners)

    def _met(
        self, runner: Runner, wanted: Expected, other: Table | None, found: Table, invented: bool
    ) -> Runner:
        if (
            invented
            and _nothing(wanted.window(wanted.rows))
            and _nothing(found.rows)
            and wanted.width == found.width
        ):
            return runner
        if runner.order is not None and agrees(wanted, found, self.comparison, runner.order):
            return evolve(runner, trials=(*runner.trials, (wanted, found)))
        for meant in (wanted, Expected(width=other.width, rows=other.rows) if other else None):
            if meant is not None:
                trials = (*runner.trials, (meant, found))
                order = order_of(trials, self.comparison)
                if order is not None:
                    return Runner(trials=trials, order=order)
        return evolve(runner, running=False)


def _nothing(rows: list[Any]) -> bool:
    """No rows, or one of NULLs alone: what an aggregate and a LIMIT say of nothing."""
    return not rows or (len(rows) == 1 and all(v is None for v in rows[0]))


_TASKS: OrderedDict[tuple[Any, ...], Prepared] = OrderedDict()


def prepared(job: Job) -> Prepared:
    """The task of `job`, kept. Raises `TaskError`: `gold-failed`, `gold-too-expensive`, `nondeterministic-gold`."""
    key = (
        job.database, stamp(job.database), job.golds, job.suite, job.comparison, job.budget, job.gold_budget, job.clock,
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
