"""A toy scenario: add two numbers. Its rule, its gate and its teacher are as small as can be."""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from fastdistill import (
    BadTask,
    Call,
    Candidate,
    Completion,
    ExecEvalSpec,
    Finding,
    Message,
    Mutant,
    NoOptions,
    Prompt,
    ProviderSpec,
    Reading,
    RuleSpec,
    ScenarioSpec,
    Services,
    Source,
    Task,
    hookimpl,
    passed,
    rejected,
)
from fastdistill.config import load
from fastdistill.host import PluginHost
from fastdistill.model.report import Event, Finished
from fastdistill.run.plan import Plan, resolve
from fastdistill.run.session import Session
from fastdistill.testing.scripted import Answer, ScriptedProvider


@frozen(kw_only=True)
class Sum:
    total: int | None = None


@frozen(kw_only=True)
class SumRow:
    task_id: str
    left: int
    right: int
    total: int | None = None
    meta: dict[str, Any] = field(factory=dict)


@define
class Adding:
    payload: type[Sum] = Sum

    def tasks(self, source: Source, /) -> Iterable[Task[Sum] | BadTask]:
        for row in source.rows(SumRow):
            if isinstance(row, BadTask):
                yield row
                continue
            value = row.value
            yield Task(
                task_id=value.task_id,
                input={"left": value.left, "right": value.right},
                payload=Sum(total=value.total),
                has_gold=value.total is not None,
                line=row.line,
            )

    def prompt(self, task: Task[Sum], attempt: int, /) -> Prompt:
        text = f"{task.input['left']} + {task.input['right']}"
        return Prompt(messages=(Message(role="user", content=text),), template="adding")

    def read(self, task: Task[Sum], completion: Completion, /) -> Reading:
        text = completion.text.strip()
        if text == "sorry":
            return Reading(answer=None, reason="refusal")
        return Reading(answer=text, rule="whole")

    def mutants(self, task: Task[Sum], /) -> Iterator[Mutant]:
        if task.payload.total is not None:
            yield Mutant(text=str(task.payload.total + 1), expect="reject", kind="off-by-one")
            yield Mutant(text=f" {task.payload.total} ", expect="accept", kind="spaces")


def is_number(task: Task[Any], candidate: Candidate, /) -> Finding:
    return passed() if candidate.answer.lstrip("-").isdigit() else rejected("no-number", candidate.answer)


async def sums_match(task: Task[Any], candidate: Candidate, /) -> Finding:
    key = candidate.answer
    if task.payload.total is None:
        return passed(exec_pass=True, class_key=key)
    if int(candidate.answer) == task.payload.total:
        return passed(exec_pass=True, gold_match=True, class_key=key)
    return rejected(
        "wrong-sum", f"not {task.payload.total}", exec_pass=True, gold_match=False, class_key=key
    )


@define
class ToyPlugin:
    provider: ScriptedProvider
    gate: Callable[..., Any] = sums_match

    @hookimpl
    def fastdistill_scenarios(self) -> Iterable[ScenarioSpec[Any]]:
        yield ScenarioSpec(
            name="adding",
            summary="add two numbers",
            config=NoOptions,
            build=lambda _: Adding(),
            gates=("is-number", "sums-match"),
        )

    @hookimpl
    def fastdistill_rules(self) -> Iterable[RuleSpec[Any]]:
        yield RuleSpec(name="is-number", summary="", config=NoOptions, build=lambda _: is_number)

    @hookimpl
    def fastdistill_exec_evals(self) -> Iterable[ExecEvalSpec[Any]]:
        @asynccontextmanager
        async def opened(options: NoOptions, services: Services) -> AsyncIterator[Any]:
            yield self.gate

        yield ExecEvalSpec(name="sums-match", summary="", config=NoOptions, open=opened)

    @hookimpl
    def fastdistill_providers(self) -> Iterable[ProviderSpec[Any]]:
        yield self.provider.spec()


def solve(call: Call) -> str:
    """What a good teacher says."""
    left, _, right = call.prompt.messages[-1].content.partition(" + ")
    return str(int(left) + int(right))


def write_tasks(path: Path, count: int) -> Path:
    rows = [{"task_id": f"t{i}", "left": i, "right": 1, "total": i + 1} for i in range(count)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@define
class Heard:
    """A reporter that remembers."""

    events: list[Event] = field(factory=list)

    async def __call__(self, event: Event, /) -> None:
        self.events.append(event)


def toy_host(
    provider: ScriptedProvider, *plugins: object, gate: Callable[..., Any] = sums_match
) -> PluginHost:
    host = PluginHost()
    host.register(ToyPlugin(provider, gate), "toy", distribution="attrs")
    for number, plugin in enumerate(plugins):
        host.register(plugin, f"more-{number}")
    return host


def toy_plan(host: PluginHost, tasks: Path, *settings: str) -> Plan:
    base = (
        "scenario=adding",
        f"tasks={tasks}",
        "teacher.0.provider=scripted",
        "teacher.0.model=m",
        "audit=0",
    )
    return resolve(load(None, (*base, *settings)), host)


async def toy_run(
    folder: Path,
    answer: Callable[[Call], Answer] = solve,
    *settings: str,
    tasks: Path,
    provider: ScriptedProvider | None = None,
    host: PluginHost | None = None,
    heard: Heard | None = None,
    fresh: bool = False,
) -> Finished:
    """One session over the toy scenario, without cache and signals."""
    provider = provider or ScriptedProvider(answer=answer)
    plan = toy_plan(host or toy_host(provider), tasks, "cache=false", *settings)
    session = Session(
        plan=plan,
        folder=folder,
        source=tasks,
        fresh=fresh,
        signals=False,
        reporters=[("a test", heard)] if heard else [],
    )
    return await session.run()


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
