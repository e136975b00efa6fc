"""Our gates as rewards for trainers. Each adapter takes a `Verifier` and returns what its trainer calls.

`columns` maps our field to the trainer's column (`{"answer": "solution"}`); without it columns are taken by
their own names, and those that are no field of the task are ignored. What a trainer makes of an item that
could not be judged was read in its own code, named in each docstring; see `docs/rewards.md`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import anyio.to_thread

from fastdistill.api.rewarding import Rewarder, RewardUndecided, Undecided, text_of
from fastdistill.api.verifier import Verifier
from fastdistill.errors import UsageError

__all__ = [
    "RewardUndecided",
    "Rewarder",
    "openrlhf",
    "skyrl",
    "trl",
    "trl_async",
    "verifiers",
    "verifiers_rubric",
    "verl",
    "verl_batch",
]

Rewards = list[float | None]
Columns = Mapping[str, str] | None

TRL_SKIPS = (1, 6)
"""TRL's first minor version whose GRPO leaves an item with no reward out (`unscorable_mask`): before,
`nansum` made it 0."""


def trl(
    verifier: Verifier, *, columns: Columns = None, undecided: Undecided = "group-mean"
) -> Callable[..., Rewards]:
    """Make a reward function for TRL's `GRPOTrainer` and its kin (trl/trainer/grpo_trainer.py)."""
    rewarder = _for_trl(verifier, columns, undecided)

    def fastdistill_reward(completions: Sequence[Any], **given: Any) -> Rewards:
        rows = [rewarder.row(row) for row in _rows(given, len(completions))]
        return rewarder.rewards(rows, [text_of(one) for one in completions])

    return fastdistill_reward


def trl_async(
    verifier: Verifier, *, columns: Columns = None, undecided: Undecided = "group-mean"
) -> Callable[..., Awaitable[Rewards]]:
    """Make an async reward function for TRL, which gathers it with the others."""
    wrapped = trl(verifier, columns=columns, undecided=undecided)

    async def fastdistill_reward(completions: Sequence[Any], **given: Any) -> Rewards:
        return await anyio.to_thread.run_sync(lambda: wrapped(completions, **given))

    return fastdistill_reward


def verl(
    verifier: Verifier, *, gold: str, columns: Columns = None, undecided: Undecided = "group-mean"
) -> Callable[..., dict[str, Any]]:
    """Make `compute_score` for verl (0.9.1, verl/experimental/reward_loop/reward_manager/naive.py:67).

    `gold` is our field that `ground_truth` goes to; the others are taken from `extra_info`.
    """
    rewarder = Rewarder(verifier=verifier, columns=columns, undecided=_no_skip("verl", undecided))

    def compute_score(
        data_source: str, solution_str: str, ground_truth: Any, extra_info: Any = None, **_: Any
    ) -> dict[str, Any]:
        row = rewarder.row(extra_info or {}) | {gold: ground_truth}
        score = rewarder.rewards([row], [solution_str])[0]
        return {"score": score, "acc": score}

    return compute_score


def verl_batch(
    verifier: Verifier, *, gold: str, columns: Columns = None, undecided: Undecided = "group-mean"
) -> Callable[..., Rewards]:
    """Make `compute_score` for verl's batches (0.9.1, verl/workers/reward_manager/batch.py:70)."""
    rewarder = Rewarder(verifier=verifier, columns=columns, undecided=_no_skip("verl", undecided))

    def compute_score(
        data_sources: Any,
        solution_strs: Sequence[str],
        ground_truths: Sequence[Any],
        extra_infos: Any,
        **_: Any,
    ) -> Rewards:
        pairs = zip(ground_truths, extra_infos, strict=True)
        rows = [rewarder.row(extra or {}) | {gold: truth} for truth, extra in pairs]
        return rewarder.rewards(rows, solution_strs)

    return compute_score


def verifiers(
    verifier: Verifier, *, columns: Columns = None, undecided: Undecided = "raise"
) -> Callable[..., Awaitable[float | None]]:
    """Make a reward of a task in verifiers 0.4 (verifiers/v1/task.py), plugged in by `task.rewards`.

    Our fields are taken from the task's data, its prompt as text. What a reward raises marks the trace as
    failed, and a failed trace counts in no reward: so an undecided item raises unless told otherwise.
    """
    rewarder = Rewarder(verifier=verifier, columns=columns, undecided=_no_skip("verifiers", undecided))

    async def fastdistill_reward(task: Any, trace: Any) -> float | None:
        row = rewarder.row(task.model_dump(exclude_defaults=True) | {"prompt": task.prompt_text})
        return (await anyio.to_thread.run_sync(lambda: rewarder.rewards([row], [trace.last_reply])))[0]

    return fastdistill_reward


def verifiers_rubric(
    verifier: Verifier, *, gold: str, columns: Columns = None
) -> Callable[..., Awaitable[Rewards]]:
    """Make a group reward function for a `Rubric` of verifiers before 0.4 (its rubrics/rubric.py).

    The rubric turns what a function raises into 0.0 for the whole group, so an undecided item always gets
    its group's mean. `gold` is our field that `answers` goes to; the others are taken from `infos`.
    """
    rewarder = Rewarder(verifier=verifier, columns=columns)

    async def fastdistill_reward(completions: Any, answers: Any, infos: Any) -> Rewards:
        pairs = zip(answers, infos, strict=True)
        rows = [rewarder.row(info or {}) | {gold: answer} for answer, info in pairs]
        replies = [text_of(one) for one in completions]
        return await anyio.to_thread.run_sync(lambda: rewarder.rewards(rows, replies))

    return fastdistill_reward


def openrlhf(
    verifier: Verifier, *, gold: str, undecided: Undecided = "group-mean"
) -> Callable[..., dict[str, Any]]:
    """Make `reward_func` for OpenRLHF (0.11.2, openrlhf/utils/agent.py:319); labels are golds or rows."""
    rewarder = Rewarder(verifier=verifier, undecided=_no_skip("OpenRLHF", undecided))

    def reward_func(
        queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any]
    ) -> dict[str, Any]:
        replies = [reply_in(query, prompt) for query, prompt in zip(queries, prompts, strict=True)]
        rows = [label if isinstance(label, Mapping) else {gold: label} for label in labels]
        found = rewarder.rewards(rows, replies)
        shown = found[0] if len(found) == 1 else found
        return {"rewards": shown, "scores": shown, "extra_logs": {}}

    return reward_func


def skyrl(
    verifier: Verifier, *, gold: str, columns: Columns = None, undecided: Undecided = "group-mean"
) -> type:
    """Make a one-step `BaseTextEnv` for SkyRL (skyrl_gym/envs/base_text_env.py) to be registered there."""
    from skyrl_gym.envs.base_text_env import BaseTextEnv

    rewarder = Rewarder(verifier=verifier, columns=columns, undecided=_no_skip("SkyRL", undecided))

    class VerifiedEnv(BaseTextEnv):  # type: ignore[misc]
        def __init__(self, env_config: Any = None, extras: Mapping[str, Any] | None = None) -> None:
            super().__init__()
            held = extras or {}
            truth = held["reward_model"]["ground_truth"]
            self.row = rewarder.row(held.get("extra_info") or {}) | {gold: truth}

        def step(self, action: str) -> dict[str, Any]:
            reward = rewarder.rewards([self.row], [action])[0]
            return {"observations": [], "reward": reward, "done": True, "metadata": {}}

    return VerifiedEnv


def reply_in(query: str, prompt: str) -> str:
    """Return what follows the prompt in a query that begins with it; else the query."""
    head, found, tail = query.partition(prompt)
    return tail if found and not head.strip() else query


def _rows(given: Mapping[str, Any], count: int) -> list[dict[str, Any]]:
    """Return the item rows of a trainer's keyword arguments: those that hold one value an item."""
    whole = {
        key: value
        for key, value in given.items()
        if isinstance(value, list) and len(value) == count and key != "completion_ids"
    }
    return [{key: value[at] for key, value in whole.items()} for at in range(count)]


def _for_trl(verifier: Verifier, columns: Columns, undecided: Undecided) -> Rewarder:
    if undecided == "skip" and not _trl_skips():
        raise UsageError(
            f"undecided='skip': the installed TRL makes an item without a reward 0; "
            f"from {'.'.join(map(str, TRL_SKIPS))} on it leaves it out. Use 'group-mean' or 'raise'"
        )
    return Rewarder(verifier=verifier, columns=columns, undecided=undecided)


def _trl_skips() -> bool:
    try:
        major, minor = version("trl").split(".")[:2]
        return (int(major), int(minor)) >= TRL_SKIPS
    except (PackageNotFoundError, ValueError):
        return False


def _no_skip(trainer: str, undecided: Undecided) -> Undecided:
    if undecided == "skip":
        raise UsageError(
            f"undecided='skip': {trainer} cannot leave an item out. Use 'group-mean' or 'raise'"
        )
    return undecided
