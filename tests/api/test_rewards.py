"""Rewards at the call sites of trainers: how each calls, and what an undecided item becomes.

Where a trainer is not installed its call is made as its source makes it: the docstring of the adapter names
the file.
"""

import asyncio
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from attrs import frozen

from fastdistill import (
    Candidate,
    Finding,
    Task,
    UsageError,
    Verifier,
    gate,
    passed,
    rejected,
    rewards,
    undecided,
    verifier,
)
from fastdistill.api.rewarding import text_of


@gate
async def told(task: Task[Any], candidate: Candidate) -> Finding:
    """Pass, reject or leave undecided as the reply asks."""
    if candidate.answer == "7":
        return undecided("sandbox-away", "no sandbox today")
    return passed() if candidate.answer == "1" else rejected("no")


@pytest.fixture(scope="module")
def stub() -> Iterator[Verifier]:
    with verifier("math", gates=[told], accept_unmatched=True, verdicts_cached=0) as opened:
        yield opened


@pytest.fixture(scope="module")
def math() -> Iterator[Verifier]:
    with verifier("math") as opened:
        yield opened


PROMPTS = ["a"] * 4 + ["b"] * 2
REPLIES = ["1", "0", "0", "7", "1", "7"]
ANSWERS = ["1"] * 4 + ["2"] * 2


def as_trl(function: Any, completions: list[Any], **columns: Any) -> list[float | None]:
    """Call as `GRPOTrainer._calculate_rewards` does."""
    found = function(
        prompts=PROMPTS,
        completions=completions,
        completion_ids=[[1]] * len(completions),
        trainer_state=object(),
        log_extra=print,
        log_metric=print,
        **columns,
    )
    return list(asyncio.run(found) if inspect.iscoroutine(found) else found)


def test_trl_gives_an_undecided_item_its_groups_mean(stub: Verifier) -> None:
    found = as_trl(rewards.trl(stub), REPLIES, answer=ANSWERS)
    assert found == [1.0, 0.0, 0.0, pytest.approx(1 / 3), 1.0, 1.0]


def test_trl_async_does_the_same(stub: Verifier) -> None:
    function = rewards.trl_async(stub)
    assert inspect.iscoroutinefunction(function)
    assert as_trl(function, REPLIES, answer=ANSWERS)[3] == pytest.approx(1 / 3)


def test_trl_messages_and_a_renamed_column(math: Verifier) -> None:
    function = rewards.trl(math, columns={"answer": "solution"})
    chats = [[{"role": "assistant", "content": f"It is \\boxed{{{reply}}}."}] for reply in REPLIES]
    found = as_trl(function, chats, solution=ANSWERS, other=[0] * 6)
    assert found == [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]


def test_skip_is_refused_where_the_trainer_does_not_skip(stub: Verifier) -> None:
    for make in (
        lambda: rewards.verl(stub, gold="answer", undecided="skip"),
        lambda: rewards.verl_batch(stub, gold="answer", undecided="skip"),
        lambda: rewards.openrlhf(stub, gold="answer", undecided="skip"),
        lambda: rewards.verifiers(stub, undecided="skip"),
    ):
        with pytest.raises(UsageError, match="cannot leave an item out"):
            make()


def test_raise_stops(stub: Verifier) -> None:
    with pytest.raises(rewards.RewardUndecided, match="sandbox-away: no sandbox today"):
        as_trl(rewards.trl(stub, undecided="raise"), REPLIES, answer=ANSWERS)


def test_an_outage_is_never_a_zero(stub: Verifier) -> None:
    with pytest.raises(rewards.RewardUndecided, match="no reply could be judged so far"):
        as_trl(rewards.trl(stub), ["7"] * 6, answer=ANSWERS)


def test_verl_one_at_a_time_takes_the_tasks_mean_so_far(stub: Verifier) -> None:
    score = rewards.verl(stub, gold="answer")
    given = [
        score(data_source="x", solution_str=reply, ground_truth="1", extra_info={"index": 3})["score"]
        for reply in ("1", "0", "7")
    ]
    assert given == [1.0, 0.0, 0.5]


def test_verl_batch(stub: Verifier) -> None:
    found = rewards.verl_batch(stub, gold="answer")(
        data_sources=["x"] * 6,
        solution_strs=REPLIES,
        ground_truths=ANSWERS,
        extra_infos=[{"split": "train"} for _ in REPLIES],
        reward_router_address=None,
    )
    assert found == [1.0, 0.0, 0.0, pytest.approx(1 / 3), 1.0, 1.0]


def test_verifiers_rubric_is_a_group_function_and_awaitable(stub: Verifier) -> None:
    function = rewards.verifiers_rubric(stub, gold="answer")
    names = set(inspect.signature(function).parameters)
    assert names & {"completions", "answers", "infos"} == names  # what makes it one of the group
    found: Any = asyncio.run(function(completions=REPLIES, answers=ANSWERS, infos=[{}] * 6))  # type: ignore[arg-type]
    assert found[3] == pytest.approx(1 / 3)


@frozen(kw_only=True)
class VerifiersData:
    """What of verifiers' `TaskData` the adapter uses."""

    fields: Mapping[str, Any]
    prompt_text: str = "Find it."

    def model_dump(self, *, exclude_defaults: bool) -> dict[str, Any]:
        return dict(self.fields)


@frozen
class VerifiersTrace:
    """What of verifiers' `Trace` the adapter uses."""

    last_reply: str


def test_verifiers_takes_a_task_and_its_trace(math: Verifier, stub: Verifier) -> None:
    function = rewards.verifiers(math, columns={"answer": "truth", "problem": "prompt"})
    task = VerifiersData(fields={"truth": "4", "idx": 3})
    assert asyncio.run(function(task=task, trace=VerifiersTrace("\\boxed{4}"))) == 1.0  # type: ignore[arg-type]
    assert asyncio.run(function(task=task, trace=VerifiersTrace("\\boxed{5}"))) == 0.0  # type: ignore[arg-type]
    plain = rewards.verifiers(stub)
    with pytest.raises(rewards.RewardUndecided, match="no sandbox today"):
        asyncio.run(plain(task=VerifiersData(fields={"answer": "1"}), trace=VerifiersTrace("7")))  # type: ignore[arg-type]


def test_openrlhf_reads_the_reply_out_of_the_query(math: Verifier) -> None:
    function = rewards.openrlhf(math, gold="answer")
    found = function(["What is 1+0?\\boxed{1}"], ["What is 1+0?"], ["1"])
    assert (found["rewards"], found["scores"], found["extra_logs"]) == (1.0, 1.0, {})
    assert function(["p\\boxed{2}"], ["p"], [{"answer": "1"}])["rewards"] == 0.0


def test_texts_of_completions() -> None:
    assert text_of("a") == "a"
    assert text_of([{"role": "assistant", "content": "a"}, {"role": "tool", "content": "b"}]) == "a"
    with pytest.raises(TypeError, match="text or a list of messages"):
        text_of(5)


def test_each_adapter_is_short() -> None:
    for name in rewards.__all__:
        made = getattr(rewards, name)
        if inspect.isfunction(made):
            body = inspect.getsource(made).split('"""')[-1].splitlines()
            assert sum(1 for line in body if line.strip()) <= 15, name
