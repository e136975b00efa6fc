"""What plugins are tried on: hostile answers, tasks of a scenario, decided tasks, events."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastdistill.config import load
from fastdistill.errors import boundary
from fastdistill.model.answer import Candidate, Message, Reading, Usage
from fastdistill.model.report import (
    Event,
    Finished,
    Noticed,
    Progress,
    RunOutcome,
    Settled,
    Started,
    Ticked,
)
from fastdistill.model.sample import Judged, Sample, Status
from fastdistill.model.settled import AttemptRecord, SettledTask
from fastdistill.model.task import Task
from fastdistill.model.verdict import Outcome
from fastdistill.run.plan import Plan, resolve
from fastdistill.run.tasks import json_lines
from fastdistill.specs import ScenarioSpec
from fastdistill.testing.conformance.check import NotApplicable, Subject

TASKS = 3
"""Tasks of a scenario that a gate is tried on."""
HOSTILE: tuple[tuple[str, str], ...] = (
    ("nothing", ""),
    ("white space", " \n\t "),
    ("a word", "maybe"),
    ("a NUL", "a\0b"),
    ("escape sequences", "\x1b[2J\x1b]0;title\x07 ok"),
    ("right to left", "\u202egnp.exe \u2066x\u2069"),
    ("combining marks", "e\u0301" + "\u0301" * 2000),
    ("emoji", "👩‍👩‍👧‍👦" * 200),
    ("an open fence", "```\nSELECT"),
    ("markup", "<script>alert(1)</script><!--"),
    ("code", "__import__('os').system('id')"),
    ("a quote", "'; DROP TABLE users; --"),
    ("a large number", "9" * 20_000),
    ("a huge exponent", "10**10**10"),
    ("not a number", '{"a": NaN, "b": 1e999}'),
    ("deep brackets", "[" * 20_000 + "]" * 20_000),
    ("deep braces", "\\boxed{" * 2000),
    ("a long line", "lorem ipsum " * 20_000),
)
"""Answers as a model may give them, each with its name."""


def candidate(answer: str) -> Candidate:
    """Return an answer on its way to a gate."""
    return Candidate(
        answer=answer, text=answer, finish="stop", reading=Reading(answer=answer, rule="whole")
    )


def scenario_of(subject: Subject) -> str | None:
    """Return whose tasks a gate is tried on: as told, else that which names it, else one of its package."""
    if subject.scenario is not None:
        return subject.scenario
    name, package = subject.offer.spec.name, subject.offer.origin.distribution
    specs = [
        one.spec
        for one in subject.host.offers("scenarios")
        if isinstance(one.spec, ScenarioSpec) and one.origin.distribution == package
    ]
    naming = [spec for spec in specs if name in spec.gates]
    return next((spec.name for spec in (*naming, *specs)), None)


def plan_for(subject: Subject, scenario: str, *settings: str) -> Plan:
    """Return the plan of a run of `scenario` that asks nobody."""
    return resolve(load(None, (f"scenario={scenario}", *settings)), subject.host, asks=False)


def task_file(subject: Subject, plan: Plan) -> Path:
    """Return the tasks to try: as told, else the pack. Raises `NotApplicable` where there are none."""
    if subject.tasks is not None:
        return subject.tasks
    if plan.spec.pack is None:
        raise NotApplicable(f"the scenario {plan.spec.name!r} has no bundled tasks: name some with tasks")
    return plan.spec.pack()


def tasks_for(subject: Subject) -> list[Task[Any]]:
    """Return tasks with gold of the gate's scenario, else one without a payload."""
    name = scenario_of(subject)
    if name is None:
        return [Task(task_id="conformance", input={"question": "What is 2 + 2?"}, payload=None)]
    plan = plan_for(subject, name)
    with boundary(str(plan.scenario.offer.origin), "tasks"):
        scenario = plan.spec.build(plan.scenario.options)
        found = list[Task[Any]]()
        for item in scenario.tasks(json_lines(task_file(subject, plan), None)):
            if isinstance(item, Task) and item.has_gold:
                found.append(item)
                if len(found) == TASKS:
                    break
    if not found:
        raise NotApplicable(f"no task of {name!r} has gold")
    return found


def settled_tasks() -> list[SettledTask]:
    """Return decided tasks of the kinds that exporters meet."""
    return [
        _settled("one", Status.ACCEPTED, ("wrong", "4")),
        _settled("two", Status.REJECTED, ("5",)),
        _settled(
            "three", Status.ACCEPTED, ("l\u00edne\n\u2028\x85 \U0001f600",), reasoning=None, usage=None
        ),
        _settled("four", Status.FAILED, ()),
        _settled("five", Status.SKIPPED, ()),
    ]


def _settled(
    name: str,
    status: Status,
    answers: tuple[str, ...],
    *,
    reasoning: str | None = "2 and 2",
    usage: Usage | None = Usage(prompt_tokens=9, completion_tokens=3),  # noqa: B008  frozen
) -> SettledTask:
    right = status is Status.ACCEPTED
    attempts = tuple(
        AttemptRecord(
            attempt=number, choice=0, teacher="teacher", text=f"So: {answer}", reasoning=reasoning,
            finish="stop", answer=answer, formed=None, judgements=(), usage=usage,
            outcome=Outcome.PASS if right and number == len(answers) else Outcome.REJECT,
        )
        for number, answer in enumerate(answers, start=1)
    )  # fmt: skip
    question = (
        Message(role="system", content="Be short."),
        Message(role="user", content=f"{name}: 2 + 2?"),
    )
    return SettledTask(
        sample_id=name * 8, task_id=name, scenario="adding", input={"question": f"{name}: 2 + 2?"},
        row={"task_id": name, "question": f"{name}: 2 + 2?", "answer": "4"}, gold="4", worked=False,
        tags=("sum",), meta={"level": 1}, prompt=() if status is Status.SKIPPED else question,
        status=status, reason=None if right else "wrong-answer", labelled=right, group=name, split="train",
        attempts=attempts, accepted=attempts[-1] if right else None,
    )  # fmt: skip


def events(folder: Path) -> Iterator[Event]:
    """Yield every kind of event, in the order of a run."""
    progress = Progress(total=2, seen=2, asked=2, answered=2, accepted=1, rejected=1, reasons={"wrong": 1})
    yield Started(run_id="r", scenario="adding", folder=str(folder), resumed=False, progress=progress)
    yield Ticked(progress=Progress(total=None))
    judged = Judged(candidate=candidate("4"), teacher="teacher", verdicts=())
    for status in Status:
        accepted = judged if status is Status.ACCEPTED else None
        sample = Sample(sample_id=status.value, task_id=status.value, status=status, accepted=accepted)
        yield Settled(sample=sample)
    yield Noticed(message="a note")
    yield Finished(
        run_id="r", folder=str(folder), outcome=RunOutcome.DONE, message="", progress=progress, files={}
    )
