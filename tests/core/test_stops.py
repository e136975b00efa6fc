"""Where a run stops by itself, and that what is in flight comes home."""

import json
from pathlib import Path
from typing import Any

import pytest
from support.toy import rows, solve, toy_host, toy_run, write_tasks

from fastdistill import (
    AuthFailed,
    Call,
    Candidate,
    Choice,
    Completion,
    Finding,
    ServerFailed,
    Task,
    TaskError,
    UsageError,
)
from fastdistill.run.ops.replay import compare, copy_ledger
from fastdistill.testing.scripted import Answer, ScriptedProvider

pytestmark = pytest.mark.anyio


def report(folder: Path, name: str) -> Any:
    return json.loads((folder / f"{name}.json").read_text())


async def test_an_accepted_target_ends_the_run_cleanly(tmp_path: Path) -> None:
    tasks = write_tasks(tmp_path / "t.jsonl", 400)
    finished = await toy_run(
        tmp_path / "out", solve, "budget.accept=20", "teacher.0.max_in_flight=4", tasks=tasks
    )
    assert finished.outcome == "target"
    assert 20 <= len(rows(tmp_path / "out" / "dataset.jsonl")) < 400
    assert report(tmp_path / "out", "quality_report")["counts"]["unfinished"] >= 0


async def test_a_token_budget_stops_and_the_run_resumes_with_more(tmp_path: Path) -> None:
    tasks = write_tasks(tmp_path / "t.jsonl", 300)
    first = await toy_run(
        tmp_path / "out", solve, "budget.tokens=600", "teacher.0.max_in_flight=2", tasks=tasks
    )
    assert first.outcome == "budget"
    second = await toy_run(tmp_path / "out", solve, tasks=tasks)
    assert second.outcome == "done"
    assert len(rows(tmp_path / "out" / "dataset.jsonl")) == 300


def uncounted(call: Call) -> Completion:
    return Completion(choices=(Choice(text=str(solve(call))),), model="scripted")


@pytest.mark.parametrize("budget", ["budget.tokens=600", "teacher.0.budget_tokens=600", "budget.usd=0.002"])
async def test_a_budget_holds_where_the_endpoint_counts_no_tokens(tmp_path: Path, budget: str) -> None:
    tasks = write_tasks(tmp_path / "t.jsonl", 100)
    settings = ("teacher.0.max_in_flight=2", "teacher.0.price={input = 2.0, output = 8.0}", budget)
    first = await toy_run(tmp_path / "out", uncounted, *settings, tasks=tasks)
    assert first.outcome == "budget"
    assert "tokens are estimated, one for each 3 bytes" in first.message
    timing = report(tmp_path / "out", "timing_report")
    assert timing["usd"] is None, "an estimate is no count: reports say that it is unknown"
    again = await toy_run(tmp_path / "out", uncounted, *settings, tasks=tasks)
    assert again.outcome == "budget", "a resumed run estimates what its ledger holds alike"
    assert again.progress.answered == first.progress.answered


async def test_a_budget_of_time_ends_a_run_that_would_take_longer(tmp_path: Path) -> None:
    provider = ScriptedProvider(answer=solve, latency=0.2)
    settings = ("budget.seconds=1", "teacher.0.max_in_flight=1")
    tasks = write_tasks(tmp_path / "t.jsonl", 300)  # a minute of latency alone
    done = await toy_run(tmp_path / "out", solve, *settings, tasks=tasks, provider=provider)
    assert (done.outcome, done.message) == ("budget", "the run has had its 1 s")
    assert len(provider.calls) < 300


async def test_money_without_prices_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no price"):
        await toy_run(tmp_path / "out", solve, "budget.usd=1", tasks=write_tasks(tmp_path / "t.jsonl", 2))


async def test_cost_is_known_when_the_price_is(tmp_path: Path) -> None:
    price = "teacher.0.price={input = 1.0, output = 2.0}"
    await toy_run(tmp_path / "out", solve, price, tasks=write_tasks(tmp_path / "t.jsonl", 5))
    timing = report(tmp_path / "out", "timing_report")
    assert timing["usd"] == pytest.approx(5 * (10 * 1.0 + 5 * 2.0) / 1e6)
    await toy_run(tmp_path / "free", solve, tasks=tmp_path / "t.jsonl")
    assert report(tmp_path / "free", "timing_report")["usd"] is None


async def test_a_pilot_below_its_floor_stops_with_examples(tmp_path: Path) -> None:
    tasks = write_tasks(tmp_path / "t.jsonl", 60)
    provider = ScriptedProvider(answer=lambda call: "7")
    settings = ("pilot.tasks=10", "pilot.above=0", "pilot.min_gold_match=0.5")
    finished = await toy_run(tmp_path / "out", solve, *settings, tasks=tasks, provider=provider)
    assert finished.outcome == "floor"
    assert "gold_match is 0.100 over 10, the floor is 0.500" in finished.message
    assert finished.message.count("wrong-sum") == 3
    assert len(provider.calls) == 10


async def test_zero_is_a_legal_floor(tmp_path: Path) -> None:
    settings = ("pilot.tasks=5", "pilot.above=0", "pilot.min_gold_match=0")
    finished = await toy_run(
        tmp_path / "out", lambda call: "no", *settings, tasks=write_tasks(tmp_path / "t.jsonl", 9)
    )
    assert finished.outcome == "done"


async def test_a_wrong_key_stops_at_the_first_call_and_loses_nothing(tmp_path: Path) -> None:
    provider = ScriptedProvider(answer=lambda call: AuthFailed("HTTP 401: set OPENAI_API_KEY"))
    with pytest.raises(AuthFailed, match="OPENAI_API_KEY"):
        await toy_run(
            tmp_path / "out",
            solve,
            "teacher.0.max_in_flight=1",
            tasks=write_tasks(tmp_path / "t.jsonl", 50),
            provider=provider,
        )
    assert len(provider.calls) <= 2
    assert (tmp_path / "out" / "report.html").is_file()
    done = await toy_run(tmp_path / "out", solve, tasks=tmp_path / "t.jsonl")
    assert done.progress.accepted == 50


async def test_failures_by_fault_are_counted_apart_and_tried_again(tmp_path: Path) -> None:
    def flaky(call: Call) -> Answer:
        left = int(call.prompt.messages[-1].content.split()[0])
        return ServerFailed("HTTP 500") if left % 2 else solve(call)

    tasks = write_tasks(tmp_path / "t.jsonl", 10)
    first = await toy_run(tmp_path / "out", flaky, "teacher.0.retries=0", tasks=tasks)
    assert (first.outcome, first.progress.failed, first.progress.accepted) == ("faults", 5, 5)
    assert report(tmp_path / "out", "quality_report")["failed_reason_counts"] == {"server": 5}
    second = await toy_run(tmp_path / "out", solve, "teacher.0.retries=0", tasks=tasks)
    assert (second.outcome, second.progress.accepted) == ("done", 10)


async def test_a_broken_task_is_its_own_failure(tmp_path: Path) -> None:
    async def gate(task: Task[Any], candidate: Candidate, /) -> Finding:
        raise TaskError("gold-failed", "the gold does not run")

    provider = ScriptedProvider(answer=solve)
    finished = await toy_run(
        tmp_path / "out",
        tasks=write_tasks(tmp_path / "t.jsonl", 3),
        host=toy_host(provider, gate=gate),
    )
    assert finished.progress.failed == 3
    assert rows(tmp_path / "out" / "rejected.jsonl")[0]["reason"] == "gold-failed"


async def test_the_audit_of_its_own_gates_is_in_the_quality_report(tmp_path: Path) -> None:
    await toy_run(tmp_path / "out", solve, "audit=3", tasks=write_tasks(tmp_path / "t.jsonl", 8))
    found = report(tmp_path / "out", "quality_report")["gate_error"]
    assert (found["total"], found["tasks"], found["kill_rate"]) == (6, 3, 1.0)
    assert found["false_reject_rate"] == 0.0


async def test_second_attempts_wait_when_a_budget_is_set(tmp_path: Path) -> None:
    provider = ScriptedProvider(answer=lambda call: "7")
    await toy_run(
        tmp_path / "out",
        solve,
        "teacher.0.attempts=2",
        "budget.tokens=100000",
        tasks=write_tasks(tmp_path / "t.jsonl", 20),
        provider=provider,
    )
    turns = [call.attempt for call in provider.calls]
    assert turns == [1] * 20 + [2] * 19


async def test_an_attempt_counts_over_all_teachers_and_each_teacher_counts_its_own(tmp_path: Path) -> None:
    provider = ScriptedProvider(answer=lambda call: "7")
    two = ("teacher.1.provider=scripted", "teacher.1.model=n", "teacher.1.name=other")
    both = ("teacher.0.attempts=2", "teacher.1.attempts=2")
    await toy_run(
        tmp_path / "out", solve, *two, *both, tasks=write_tasks(tmp_path / "t.jsonl", 1), provider=provider
    )
    made = [(call.attempt, call.teacher_attempt) for call in provider.calls]
    assert made == [(1, 1), (2, 2), (3, 1), (4, 2)]
    assert len({call.request_id for call in provider.calls}) == 4


async def test_compare_sees_a_run_as_equal_to_itself(tmp_path: Path) -> None:
    await toy_run(tmp_path / "out", solve, tasks=write_tasks(tmp_path / "t.jsonl", 3))
    (tmp_path / "copy").mkdir()
    copy_ledger(tmp_path / "out", tmp_path / "copy")
    assert compare(tmp_path / "out", tmp_path / "copy") == []
