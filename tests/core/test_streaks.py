"""One odd answer costs one call; the same refusal of every call stops the run, with one sentence."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import anyio
import pytest
from support.toy import solve, toy_run, write_tasks

from fastdistill import (
    AuthFailed,
    BadRequest,
    BudgetSpent,
    Call,
    ContentRefused,
    ContextTooLong,
    NotFound,
    Overloaded,
    ProviderError,
    RateLimited,
)
from fastdistill.errors import FastDistillError, TeacherUnavailable, TeacherUnusable
from fastdistill.testing.scripted import Answer, ScriptedProvider

pytestmark = pytest.mark.anyio


def asked(call: Call) -> str:
    return call.prompt.messages[-1].content


@pytest.mark.parametrize(
    "error", [NotFound("404"), AuthFailed("401"), AuthFailed("403"), NotFound("a page")]
)
async def test_an_endpoint_that_has_answered_may_be_odd_once(tmp_path: Path, error: ProviderError) -> None:
    seen: set[str] = set()

    def answer(call: Call) -> Answer:
        # Which task comes first is the scheduler's choice: the very first call is answered in any case.
        odd = bool(seen) and asked(call) not in seen and asked(call) in {"7 + 1", "12 + 1"}
        seen.add(asked(call))
        return error if odd else solve(call)

    tasks = write_tasks(tmp_path / "tasks.jsonl", 20)
    settings = ("teacher.0.max_in_flight=1",)
    done = await toy_run(tmp_path / "out", answer, *settings, tasks=tasks)
    assert (done.outcome, done.progress.accepted) == ("done", 20)


async def test_a_task_that_a_gateway_dislikes_fails_alone(tmp_path: Path) -> None:
    seen: list[str] = []

    def answer(call: Call) -> Answer:
        seen.append(asked(call))
        disliked = next((text for text in seen if text != seen[0]), None)
        return AuthFailed("403 blocked") if asked(call) == disliked else solve(call)

    tasks = write_tasks(tmp_path / "tasks.jsonl", 20)
    done = await toy_run(tmp_path / "out", answer, "teacher.0.max_in_flight=1", tasks=tasks)
    assert (done.progress.accepted, done.progress.failed) == (19, 1)
    assert sorted(seen.count(text) for text in set(seen)) == [1] * 19 + [3]


@pytest.mark.parametrize(
    ("error", "stops"),
    [
        (lambda n: BadRequest(f"unsupported parameter 'seed' (request {n})", status=400), TeacherUnusable),
        (lambda n: BudgetSpent(f"quota is spent, request id {n:08x}-aa", status=429), TeacherUnavailable),
        (lambda n: RateLimited("slow down", retry_after=3 * 3600), TeacherUnavailable),
        (lambda n: Overloaded("maintenance", retry_after=7200), TeacherUnavailable),
        (lambda n: AuthFailed("wrong key"), AuthFailed),
        (lambda n: NotFound("no such model"), NotFound),
    ],
)
@pytest.mark.parametrize(("answered", "cap"), [(0, 1), (30, 16)])
async def test_the_same_refusal_of_every_call_stops_the_run(
    tmp_path: Path,
    error: Callable[[int], ProviderError],
    stops: type[FastDistillError],
    answered: int,
    cap: int,
) -> None:
    provider = ScriptedProvider(
        answer=lambda call: error(len(provider.calls)) if len(provider.calls) > answered else solve(call)
    )
    tasks = write_tasks(tmp_path / "tasks.jsonl", 400)
    settings = (f"teacher.0.max_in_flight={cap}",)
    with anyio.fail_after(60), pytest.raises(stops) as caught:
        await toy_run(tmp_path / "out", solve, *settings, tasks=tasks, provider=provider)
    assert len(provider.calls) <= answered + 5 + cap
    assert caught.value.exit_code in {3, 4}
    if stops is TeacherUnavailable:
        assert caught.value.exit_code == 4
        assert "run the same command again" in str(caught.value)
    if "slow down" in str(caught.value):
        assert "until 20" in str(caught.value)
        assert "3.0 h" in str(caught.value)


@pytest.mark.parametrize("error", [ContextTooLong("4097 tokens"), ContentRefused("filtered")])
async def test_prompts_that_are_refused_one_by_one_stop_nothing(
    tmp_path: Path, error: ProviderError
) -> None:
    tasks = write_tasks(tmp_path / "tasks.jsonl", 30)
    done = await toy_run(tmp_path / "out", lambda _: error, tasks=tasks)
    assert done.progress.failed == 30


async def test_refusals_of_some_calls_among_answers_stop_nothing(tmp_path: Path) -> None:
    calls = count()

    def answer(call: Call) -> Answer:  # every other call, whatever order the scheduler gives the tasks
        return BadRequest("no") if next(calls) % 2 else solve(call)

    tasks = write_tasks(tmp_path / "tasks.jsonl", 60)
    settings = ("teacher.0.max_in_flight=1",)
    done = await toy_run(tmp_path / "out", answer, *settings, tasks=tasks)
    assert (done.progress.accepted, done.progress.failed) == (30, 30)


async def test_one_call_told_to_wait_for_hours_is_asked_again_while_others_are_served(
    tmp_path: Path,
) -> None:
    seen: set[str] = set()

    def answer(call: Call) -> Answer:
        first = asked(call) not in seen
        seen.add(asked(call))
        return RateLimited("later", retry_after=3600) if first and asked(call) == "5 + 1" else solve(call)

    tasks = write_tasks(tmp_path / "tasks.jsonl", 20)
    with anyio.fail_after(30):
        done = await toy_run(tmp_path / "out", answer, tasks=tasks)
    assert done.progress.accepted == 20
