"""Measures the gates: labelled cases, and mutants made from gold, through the very gates of a run."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import anyio
import attrs
from attrs import field, frozen

from fastdistill.errors import FastDistillError, RunFileError, TaskError, boundary
from fastdistill.model.answer import Choice, Completion
from fastdistill.model.sample import Status
from fastdistill.model.task import BadTask, Mutant, Task
from fastdistill.model.verdict import Verdict
from fastdistill.run.audit.confusion import Confusion, Expect, Said
from fastdistill.run.decision import Rules, judge_alone
from fastdistill.run.gates.opening import open_gates
from fastdistill.run.gates.pipeline import GatePipeline
from fastdistill.run.ledger.ledger import Ledger
from fastdistill.run.plan import Plan
from fastdistill.run.progress import RunProgress
from fastdistill.run.services.services import RunServices
from fastdistill.run.services.worker_pool import WorkerPool
from fastdistill.run.tasks import Cases, json_lines
from fastdistill.run.teachers.pool import TeacherPool, open_pool

SAID: dict[Status, Said] = {
    Status.ACCEPTED: "accepted",
    Status.REJECTED: "rejected",
    Status.FAILED: "undecided",
}
AT_ONCE = 16
"""Cases at the gates together; exec-evals queue for workers anyway."""


SELF_SECONDS = 120.0
"""The most that a run's audit of itself may take."""
SELF_MUTANTS = 8
"""Mutants of one task in it."""


@frozen(kw_only=True)
class Case:
    """An answer whose verdict is known."""

    task: Task[Any]
    reply: str
    expect: Expect
    name: str
    kind: str = ""


@frozen(kw_only=True)
class Tried:
    """What the gates said of a case."""

    case: Case
    said: Said
    reason: str | None
    detail: str
    answer: str | None
    verdicts: tuple[Verdict, ...] = ()
    labels: dict[str, Any] = field(factory=dict)

    @property
    def right(self) -> bool:
        """Whether the gates said what was expected."""
        return (self.said, self.case.expect) in (("accepted", "accept"), ("rejected", "reject"))


@asynccontextmanager
async def open_for_audit(plan: Plan) -> AsyncIterator[GatePipeline]:
    """Open the gates of a plan with services of their own; of the teachers, only those that judges ask."""
    async with AsyncExitStack() as stack:
        tmp = stack.enter_context(TemporaryDirectory(prefix="fastdistill-"))
        workers = await stack.enter_async_context(WorkerPool())
        services = RunServices(workers=workers, tmp=Path(tmp), seed=plan.config.seed)
        asked, teachers = _asked_by_judges(plan), TeacherPool()
        if asked.helpers:
            ledger = await stack.enter_async_context(_ledger(Path(tmp)))
            teachers = await open_pool(
                stack, asked, services, ledger=ledger, cache=None, resumed=False, observer=RunProgress()
            )
        lent = attrs.evolve(services, teacher=teachers.provide)
        yield await stack.enter_async_context(open_gates(plan, lent))


def _asked_by_judges(plan: Plan) -> Plan:
    """The plan with those teachers and helpers alone that the options of its judges name."""
    judges = [chosen for chosen in plan.gates if chosen.offer.kind == "judges"]
    named = {
        value for one in judges for value in attrs.asdict(one.options).values() if isinstance(value, str)
    }
    asked = [one for one in (*plan.helpers, *plan.teachers) if one.config.title in named]
    return attrs.evolve(plan, teachers=(), helpers=tuple(asked))


@asynccontextmanager
async def _ledger(folder: Path) -> AsyncIterator[Ledger]:
    """A ledger for what judges ask in an audit, gone with it."""
    with closing(Ledger(folder / "ledger.sqlite")) as ledger:
        ledger.open()
        async with ledger.committing():
            yield ledger


async def try_case(gates: GatePipeline, case: Case, *, accept_unmatched: bool = False) -> Tried:
    """Take one case through reading and gates."""
    completion = Completion(choices=(Choice(text=case.reply, finish="stop"),), model="case")
    try:
        judged = await gates.judge(case.task, completion, 0, 1)
    except TaskError as error:
        return Tried(case=case, said="undecided", reason=error.reason, detail=error.detail, answer=None)
    decision = judge_alone(case.task, judged, Rules(accept_unmatched=accept_unmatched))
    return Tried(
        case=case,
        said=SAID[decision.status],
        reason=decision.reason,
        detail=decision.detail,
        answer=judged.reading.answer,
        verdicts=judged.verdicts,
    )


async def try_all(
    gates: GatePipeline,
    cases: Iterable[Case],
    done: Callable[[Tried], None],
    *,
    accept_unmatched: bool = False,
) -> None:
    """Try every case; `done` hears them in the order in which they end."""
    feed = iter(cases)

    async def work() -> None:
        for case in feed:
            done(await try_case(gates, case, accept_unmatched=accept_unmatched))

    async with anyio.create_task_group() as group:
        for _ in range(AT_ONCE):
            group.start_soon(work)


def labelled(plan: Plan, gates: GatePipeline, cases: Cases) -> list[Case]:
    """The cases of a file. Raises `RunFileError` with every line that is none."""
    found, problems = list[Case](), list[str]()
    with boundary(gates.owner, "tasks"):
        for item in gates.scenario.tasks(cases):
            if isinstance(item, BadTask):
                problems.append(f"line {item.line}: {item.detail}")
                continue
            label = cases.labels[item.line]
            found.append(
                Case(
                    task=item,
                    reply=label.reply,
                    expect=label.expect,
                    name=label.task_id or item.task_id,
                )
            )
    if problems:
        raise RunFileError(f"{cases.path} as cases of {plan.config.scenario!r}", problems)
    return found


def mutants_of(
    gates: GatePipeline, tasks: Iterable[Task[Any]], fault: Callable[[str], None], most: int | None = None
) -> Iterable[Case]:
    """The mutants of each task that has gold; at most `most` a task, picked by hash.

    A task whose mutants cannot be made is reported to `fault` and passed over.
    """
    for task in tasks:
        if not task.has_gold:
            continue
        try:
            with boundary(gates.owner, "mutants"):
                made: Sequence[Mutant] = list(gates.scenario.mutants(task))
        except FastDistillError as error:
            fault(f"{task.task_id}: {error}")
            continue
        if most is not None and len(made) > most:
            made = sorted(made, key=lambda m: sha256(f"{task.sample_id}{m.kind}{m.text}".encode()).digest())
            made = made[:most]
        for mutant in made:
            yield Case(
                task=task, reply=mutant.text, expect=mutant.expect, name=task.task_id, kind=mutant.kind
            )


def tasks_of(
    gates: GatePipeline, path: Path, limit: int | None = None, base: Path | None = None
) -> Iterable[Task[Any]]:
    """The tasks of a file that has them; lines that are none are passed over."""
    taken = 0
    with boundary(gates.owner, "tasks"):
        for item in gates.scenario.tasks(json_lines(path, base)):
            if limit is not None and taken >= limit:
                return
            if isinstance(item, Task):
                taken += 1
                yield item


async def audit_gates(gates: GatePipeline, tasks: Sequence[Task[Any]]) -> dict[str, Any]:
    """A run's audit of itself: a few mutants of a few tasks through all its gates but the judges."""
    free = attrs.evolve(gates, steps=[one for one in gates.steps if one.kind != "judge"])
    tried, faults = list[Tried](), list[str]()
    with anyio.move_on_after(SELF_SECONDS):
        await try_all(free, mutants_of(free, tasks, faults.append, SELF_MUTANTS), tried.append)
    return {**mutant_summary(tried, survivors=10), "faults": faults[:10]}


def mutant_summary(tried: Sequence[Tried], survivors: int = 50) -> dict[str, Any]:
    """Kill rate and false rejects, whole and by kind, and the survivors for a person to look at."""
    whole, kinds = Confusion(), dict[str, Confusion]()
    for one in tried:
        whole.add(one.said, one.case.expect)
        kinds.setdefault(f"{one.case.expect}:{one.case.kind}", Confusion()).add(one.said, one.case.expect)
    wrong = [one for one in tried if not one.right]
    return {
        **whole.summary(),
        "tasks": len({one.case.task.sample_id for one in tried}),
        "kill_rate": whole.rejected_right / whole.expect_reject if whole.expect_reject else None,
        "kinds": {kind: found.summary() for kind, found in sorted(kinds.items())},
        "survivors": [
            {
                "task_id": one.case.name,
                "kind": one.case.kind,
                "expect": one.case.expect,
                "said": one.said,
                "reason": one.reason,
                "reply": one.case.reply[:2000],
            }
            for one in sorted(wrong, key=lambda t: (t.case.name, t.case.kind, t.case.reply))[:survivors]
        ],
    }
