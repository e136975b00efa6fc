"""What runs in a worker: making a suite, and the whole judgement of one candidate. Plain data in and out.

Golds, their results and the variants' databases stay prepared per task, so that another candidate costs
its own runs alone (`preparing`).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import evolve

from fastdistill import TaskError, structure
from fastdistill_sql.compare import Comparison
from fastdistill_sql.directed import search
from fastdistill_sql.evidence import class_key, difference, excerpt, failure, own_rows, tables_used
from fastdistill_sql.execute import Failure, Table, run, swift
from fastdistill_sql.guard import CLOCK, reader
from fastdistill_sql.preparing import Ground, Job, Prepared, job_of, prepared, steady_golds
from fastdistill_sql.quoting import as_literals
from fastdistill_sql.race import Race, Runner
from fastdistill_sql.suite import BUDGET, dump, make

SPEAKING = 5
"""One-edit neighbours below which their share says nothing: those of a bare COUNT(*) mean the same."""
_NOT_HELD = {"no-such-table", "no-such-column", "too-expensive", "too-large"}
"""Failures on a variant that say nothing about the query: what it lacks, and how much it is to hold."""


def make_suite(payload: dict[str, Any]) -> None:
    """Write the suite for the first of `golds` over `database` to the file `into`."""
    CLOCK.turn(payload.get("clock"))
    path = Path(payload["database"])
    gold, _ = as_literals(reader(path), payload["golds"][0])
    suite = make(path, gold, structure(payload["comparison"], Comparison), payload.get("assume", "data"))
    Path(payload["into"]).write_bytes(dump(suite))


def prepare(payload: dict[str, Any]) -> dict[str, Any]:
    """Prepare the task of a job without judging anyone. Raises `TaskError` for a broken one."""
    job = job_of(payload)
    CLOCK.turn(job.clock)
    task = prepared(job)
    return {"variants": len(task.variants)}


def judge(payload: dict[str, Any]) -> dict[str, Any]:
    """The finding on a candidate, as the fields of `fastdistill.Finding`; `TaskError` for a broken task."""
    job = job_of(payload)
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
        wanted = steady_golds(task.golds, database, job.comparison, task.suite.greatest)
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


def _reject(reason: str, detail: str, **fields: Any) -> dict[str, Any]:
    return {"outcome": "reject", "reason": reason, "detail": detail[:500], **fields}
