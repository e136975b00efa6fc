"""Answers of the embedded 0.5B model as they were recorded, to draw simulated models from.

`recorded/NAME.jsonl` was made by tests/tools/recorded_answers.py from
`fd run --scenario NAME --set teacher.0.n=8 --set teacher.0.temperature=0.7` with eight slots.
"""

import json
import random
from functools import cache
from pathlib import Path

from attrs import frozen

from fastdistill.run.ledger.tries import TriedTask, Try

FOLDER = Path(__file__).parents[1] / "students" / "recorded"


@frozen
class Recorded:
    """What the model said of one task, eight times."""

    task_id: str
    group: str
    refused: tuple[str | None, ...]
    """Why each answer was refused; None for a right one."""
    unread: tuple[bool, ...]
    same: tuple[int, ...]
    prompt_tokens: int
    answer_tokens: float

    @property
    def rate(self) -> float:
        """The share of right answers."""
        return sum(one is None for one in self.refused) / len(self.refused)

    @property
    def solvable(self) -> bool:
        """Whether one of its answers is right."""
        return None in self.refused


@cache
def recorded(name: str) -> tuple[Recorded, ...]:
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(
        Recorded(
            one["task_id"], one["group"], tuple(one["refused"]), tuple(one["unread"]), tuple(one["same"]),
            one["prompt_tokens"], one["answer_tokens"],
        )
        for one in map(json.loads, lines)
        if not any(one["undecided"])
    )  # fmt: skip


def reason_of(one: Recorded, rng: random.Random) -> str:
    """A reason for which the model is refused: of this task, or of any where this one was never refused."""
    reasons = [reason for reason in one.refused if reason is not None]
    return rng.choice(reasons or [r for task in recorded("sql-0.5b") for r in task.refused if r])


def tried(
    name: str, one: Recorded, rate: float, rng: random.Random, *, k: int = 4, unread: float = 0.0
) -> TriedTask:
    """A task with `k` answers that are right at `rate`, refused as the model was refused."""
    answers = []
    for _ in range(k):
        if rng.random() < unread:
            answers.append(Try(said="wrong", reason="no-code", unread=True))
        elif rng.random() < rate:
            answers.append(Try(said="solved"))
        else:
            answers.append(Try(said="wrong", reason=reason_of(one, rng)))
    return TriedTask(
        sample_id=name, task_id=name, group=name, split="test", tags=(), has_gold=True,
        tries=tuple(answers), prompt_tokens=one.prompt_tokens,
        completion_tokens=round(k * one.answer_tokens), canonical_input="{}",
    )  # fmt: skip
