"""Forms for reinforcement learning: prompts with what a reward needs, solved by a teacher or not."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import frozen

from fastdistill import SettledTask, Status
from fastdistill_export.messages import meta_of, prompt_of

Row = Mapping[str, Any]


@frozen(kw_only=True)
class RewardOptions:
    """What a reward function is told."""

    gold: str = ""
    """The row's key that is `ground_truth`; the one that the scenario names unless given."""
    solved: bool | None = None
    """Only tasks that the teacher solved (true) or did not (false); both unless given."""


def _asked(options: RewardOptions, tasks: Iterable[SettledTask]) -> Iterator[tuple[SettledTask, Any]]:
    """Yield the tasks that were asked and have gold, with the gold."""
    for task in tasks:
        gold = task.row.get(options.gold) if options.gold else task.gold
        solved = task.accepted is not None
        if task.status is Status.SKIPPED or not task.prompt or gold is None:
            continue
        if options.solved is None or options.solved == solved:
            yield task, gold


def _text(gold: Any) -> str:
    """Return the gold as text: a column of Parquet has one type."""
    return gold if isinstance(gold, str) else json.dumps(gold, ensure_ascii=False, sort_keys=True)


def verl(options: RewardOptions, tasks: Iterable[SettledTask]) -> Iterator[Row]:
    """Yield verl's columns; `extra_info.row` is the task row as JSON, for our verifier."""
    for index, (task, gold) in enumerate(_asked(options, tasks)):
        yield {
            "data_source": f"fastdistill/{task.scenario}",
            "prompt": prompt_of(task),
            "ability": task.scenario,
            "reward_model": {"style": "rule", "ground_truth": _text(gold)},
            "extra_info": {
                "index": index,
                "split": task.split,
                "sample_id": task.sample_id,
                "row": json.dumps(dict(task.row), ensure_ascii=False, sort_keys=True),
            },
        }


def skyrl(options: RewardOptions, tasks: Iterable[SettledTask]) -> Iterator[Row]:
    """Yield SkyRL's columns: those of verl with the environment's name."""
    for row in verl(options, tasks):
        truth = row["reward_model"]["ground_truth"]
        yield {**row, "env_class": "fastdistill", "reward_model": {"method": "rule", "ground_truth": truth}}


def trl_grpo(options: RewardOptions, tasks: Iterable[SettledTask]) -> Iterator[Row]:
    """Yield `prompt` as messages and the task row's columns, which TRL hands to the reward function.

    A column of the row that is called `prompt` itself becomes `task_prompt`.
    """
    for task, _ in _asked(options, tasks):
        row = {key: value for key, value in task.row.items() if key not in ("prompt", "meta")}
        if "prompt" in task.row:
            row["task_prompt"] = task.row["prompt"]
        yield {**row, "prompt": prompt_of(task)}


def nemo_gym(options: RewardOptions, tasks: Iterable[SettledTask]) -> Iterator[Row]:
    """Yield `responses_create_params` and the task row's columns, which come back to the verify call."""
    for task, _ in _asked(options, tasks):
        yield {
            **task.row,
            "responses_create_params": {"input": prompt_of(task)},
            "fastdistill": meta_of(task),
        }
