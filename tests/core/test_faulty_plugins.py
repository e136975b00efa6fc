"""A plugin that raises in every place a plugin can: it costs exactly itself."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import attrs
import pytest
from support.toy import (
    Adding,
    Heard,
    ToyPlugin,
    rows,
    solve,
    sums_match,
    toy_host,
    toy_plan,
    toy_run,
    write_tasks,
)

from fastdistill import (
    Event,
    Finished,
    JudgeSpec,
    NoOptions,
    ReporterSpec,
    RuleSpec,
    ScenarioSpec,
    Services,
    SetupError,
    hookimpl,
    passed,
)
from fastdistill.errors import BrokenPlugin, PluginFault
from fastdistill.host import PluginHost
from fastdistill.testing.scripted import ScriptedProvider

pytestmark = pytest.mark.anyio


def bang(*_: object) -> Any:
    raise RuntimeError("bang")


class Extra:
    """A rule, a judge and a reporter that can be made to fail."""

    def __init__(
        self, rule: Any = None, judge: Any = None, reporter: Any = None, *, opening: bool = False
    ) -> None:
        self.rule, self.judge, self.reporter, self.opening = rule, judge, reporter, opening

    def opener(self, made: Any) -> Callable[..., Any]:
        @asynccontextmanager
        async def opened(options: NoOptions, services: Services) -> AsyncIterator[Any]:
            if self.opening:
                bang()
            yield made

        return opened

    @hookimpl
    def fastdistill_rules(self) -> Iterable[RuleSpec[Any]]:
        if self.rule:
            yield RuleSpec(name="extra", summary="", config=NoOptions, build=lambda _: self.rule)

    @hookimpl
    def fastdistill_judges(self) -> Iterable[JudgeSpec[Any]]:
        if self.judge:
            yield JudgeSpec(name="extra", summary="", config=NoOptions, open=self.opener(self.judge))

    @hookimpl
    def fastdistill_reporters(self) -> Iterable[ReporterSpec[Any]]:
        if self.reporter:
            yield ReporterSpec(name="extra", summary="", config=NoOptions, open=self.opener(self.reporter))


async def run_with(tmp_path: Path, extra: Extra, *settings: str, heard: Heard | None = None) -> Finished:
    return await toy_run(
        tmp_path / "out",
        solve,
        *settings,
        tasks=write_tasks(tmp_path / "t.jsonl", 6),
        host=toy_host(ScriptedProvider(answer=solve), extra),
        heard=heard,
    )


async def test_a_rule_that_fails_is_an_error_not_a_reject(tmp_path: Path) -> None:
    finished = await run_with(tmp_path, Extra(rule=bang), 'extra_gates=["extra"]')
    assert (finished.progress.failed, finished.progress.rejected) == (6, 0)
    assert {row["reason"] for row in rows(tmp_path / "out" / "rejected.jsonl")} == {"plugin-fault"}


async def judged_late(task: Any, candidate: Any, /) -> Any:
    return passed()


def says(what: Any) -> Callable[..., Any]:
    def rule(task: Any, candidate: Any, /) -> Any:
        return what

    return rule


async def gate_that_says_true(task: Any, candidate: Any, /) -> Any:
    return True


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (
            {"rule": says("fine")},
            r"extra: .*it returned 'fine' \(.*test_faulty_plugins.py, line \d+\): return",
        ),
        ({"rule": says(None)}, "it returned None .*return passed"),
        ({"rule": says(passed(evidence={"rows": {1, 2}}))}, "evidence that JSON cannot hold"),
        ({"rule": judged_late}, "a coroutine .*write def, not async def"),
        ({"gate": gate_that_says_true}, "it returned True .*return passed"),
        ({"gate": says(passed())}, "write async def, not def"),
        ({"prompt": "Add!"}, "prompt: .*it returned 'Add!' .*return a Prompt"),
        ({"read": "7"}, "read: .*it returned '7' .*return a Reading"),
    ],
)
async def test_what_returns_the_wrong_type_stops_the_run_before_anybody_is_asked(
    tmp_path: Path, parts: dict[str, Any], words: str
) -> None:
    class Wrong(Adding):
        def prompt(self, task: Any, attempt: int, /) -> Any:
            return parts.get("prompt") or super().prompt(task, attempt)

        def read(self, task: Any, completion: Any, /) -> Any:
            return parts.get("read") or super().read(task, completion)

    class WrongPlugin(ToyPlugin):
        @hookimpl
        def fastdistill_scenarios(self) -> Iterable[ScenarioSpec[Any]]:
            for spec in super().fastdistill_scenarios():
                yield attrs.evolve(spec, build=lambda _: Wrong())

    provider = ScriptedProvider(answer=solve)
    plugin = WrongPlugin(provider, parts.get("gate", sums_match))
    host = PluginHost()
    host.register(plugin, "toy", distribution="attrs")
    host.register(Extra(rule=parts.get("rule", passing)), "extra")
    with pytest.raises(BrokenPlugin, match=words):
        await toy_run(
            tmp_path / "out",
            solve,
            'extra_gates=["extra"]',
            tasks=write_tasks(tmp_path / "t.jsonl", 6),
            host=host,
        )
    assert provider.calls == []


def passing(task: Any, candidate: Any, /) -> Any:
    return passed()


async def test_a_judge_that_fails_is_an_error_not_a_reject(tmp_path: Path) -> None:
    async def judge(task: Any, candidate: Any, /) -> Any:
        bang()

    finished = await run_with(tmp_path, Extra(judge=judge), 'extra_gates=["extra"]')
    assert (finished.outcome, finished.progress.failed) == ("faults", 6)


async def test_a_judge_that_passes_takes_part(tmp_path: Path) -> None:
    async def judge(task: Any, candidate: Any, /) -> Any:
        return passed(score=0.9)

    await run_with(tmp_path, Extra(judge=judge), 'extra_gates=["extra"]')
    dataset = rows(tmp_path / "out" / "dataset.jsonl")
    assert {v["score"] for row in dataset for v in row["verdicts"] if v["gate"] == "extra"} == {0.9}


async def test_a_gate_that_cannot_open_ends_the_run_before_money_is_spent(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="RuntimeError in open of extra: bang"):
        await run_with(tmp_path, Extra(judge=bang, opening=True), 'extra_gates=["extra"]')


@pytest.mark.parametrize("opening", [False, True])
async def test_a_reporter_that_fails_is_dropped_with_a_notice(tmp_path: Path, opening: bool) -> None:
    async def reporter(event: Event, /) -> None:
        bang()

    heard = Heard()
    extra = Extra(reporter=reporter, opening=opening)
    finished = await run_with(tmp_path, extra, "reporters.extra={}", heard=heard)
    assert finished.progress.accepted == 6
    assert any("dropped a reporter" in getattr(event, "message", "") for event in heard.events)


async def test_a_provider_that_breaks_its_contract_fails_its_tasks_only(tmp_path: Path) -> None:
    def answer(call: Any) -> Any:
        return RuntimeError("bang") if call.prompt.messages[-1].content.startswith("2 ") else solve(call)

    finished = await toy_run(tmp_path / "out", answer, tasks=write_tasks(tmp_path / "t.jsonl", 6))
    assert (finished.progress.failed, finished.progress.accepted) == (1, 5)


@pytest.mark.parametrize("place", ["prompt", "read"])
async def test_a_scenario_that_raises_fails_the_task(
    tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Adding, place, bang)
    finished = await toy_run(tmp_path / "out", solve, tasks=write_tasks(tmp_path / "t.jsonl", 3))
    assert finished.progress.failed == 3


async def test_a_scenario_that_raises_while_loading_stops_and_keeps_what_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Adding.tasks

    def some(self: Adding, source: Any, /) -> Iterable[Any]:
        yield from list(whole(self, source))[:2]
        bang()

    monkeypatch.setattr(Adding, "tasks", some)
    with pytest.raises(PluginFault, match="RuntimeError in tasks: bang"):
        await toy_run(tmp_path / "out", solve, tasks=write_tasks(tmp_path / "t.jsonl", 3))


async def test_rivals_for_a_gate_are_named(tmp_path: Path) -> None:
    tasks = write_tasks(tmp_path / "t.jsonl", 1)
    host = toy_host(ScriptedProvider(answer=solve), Extra(rule=bang), Extra(rule=bang))
    with pytest.raises(SetupError, match="'extra' is offered by more-0"):
        toy_plan(host, tasks, 'extra_gates=["extra"]')


async def test_a_rule_that_always_raises_stops_the_run_and_names_its_line(tmp_path: Path) -> None:
    provider = ScriptedProvider(answer=solve)
    tasks = write_tasks(tmp_path / "t.jsonl", 400)
    settings = ('extra_gates=["extra"]', "teacher.0.attempts=3", "teacher.0.max_in_flight=2")
    with pytest.raises(
        BrokenPlugin, match=r"'extra' failed on 10 answers in a row: .*RuntimeError.*bang .*line"
    ):
        await toy_run(
            tmp_path / "out", solve, *settings, tasks=tasks, provider=provider,
            host=toy_host(provider, Extra(rule=bang)),
        )  # fmt: skip
    assert len(provider.calls) < 60
    good = ScriptedProvider(answer=solve)
    host = toy_host(good, Extra(rule=lambda task, candidate: passed()))
    done = await toy_run(
        tmp_path / "out", solve, *settings[:2], "limit=20", tasks=tasks, provider=good, host=host
    )
    assert done.progress.accepted == 20
    assert len(good.calls) < 20


async def test_a_gate_that_raises_costs_one_attempt(tmp_path: Path) -> None:
    provider = ScriptedProvider(answer=solve)
    await toy_run(
        tmp_path / "out", solve, 'extra_gates=["extra"]', "teacher.0.attempts=5", provider=provider,
        tasks=write_tasks(tmp_path / "t.jsonl", 4), host=toy_host(provider, Extra(rule=bang)),
    )  # fmt: skip
    assert len(provider.calls) == 4
