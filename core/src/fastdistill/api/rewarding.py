"""Rewards of a batch of replies, and what stands where a reply could not be judged.

Trainers disagree on a reward that is None, and a 0 in its place teaches the student that a right answer
is wrong. `Undecided` says what an undecided item becomes; the adapters in `fastdistill.rewards` offer only
what their trainer really honours.
"""

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any, Literal

from attrs import define, field

from fastdistill.api.judging import Recent
from fastdistill.api.verified import Verified
from fastdistill.api.verifier import Verifier
from fastdistill.errors import FastDistillError
from fastdistill.model.task import canonical_json

Undecided = Literal["group-mean", "raise", "skip"]
"""`group-mean`: the mean reward of the task's decided replies, so that its advantage is 0. `raise`: stop.
`skip`: None, for a trainer that leaves such an item out of its baseline."""

REMEMBERED = 65_536
"""Tasks whose mean reward is remembered, for trainers that ask about one reply at a time."""


class RewardUndecided(FastDistillError):
    """No reward can be given: the gates could not tell, and nothing decided stands in."""


@define
class Mean:
    """A running mean."""

    total: float = 0.0
    count: int = 0

    def add(self, value: float) -> None:
        """Take one value in."""
        self.total, self.count = self.total + value, self.count + 1

    @property
    def value(self) -> float | None:
        """The mean; None over nothing."""
        return self.total / self.count if self.count else None


@define(kw_only=True)
class Rewarder:
    """Turns rows and replies into rewards, by one verifier and one rule for what is undecided."""

    verifier: Verifier
    columns: Mapping[str, str] | None = None
    """Our field -> the trainer's column that holds it; None takes columns by their own names."""
    undecided: Undecided = "group-mean"
    counts: dict[str, int] = field(factory=dict, init=False)
    """How many items were pass, reject and error so far: to be logged."""
    _means: Recent[Mean] = field(factory=lambda: Recent(REMEMBERED), init=False)
    _overall: Mean = field(factory=Mean, init=False)
    _lock: Lock = field(factory=Lock, init=False)
    """Some trainers ask from many threads."""

    def row(self, columns: Mapping[str, Any]) -> dict[str, Any]:
        """Make the task row of one item of a trainer's columns."""
        if self.columns is None:
            return dict(columns)
        return {ours: columns[theirs] for ours, theirs in self.columns.items() if theirs in columns}

    def rewards(self, rows: Sequence[Mapping[str, Any]], replies: Sequence[str]) -> list[float | None]:
        """Reward each reply, in order. Raises `RewardUndecided` where the rule says so."""
        answers = list(self.verifier.verify_many(zip(rows, replies, strict=True)))
        with self._lock:
            return self._ruled(rows, answers)

    def _ruled(self, rows: Sequence[Mapping[str, Any]], answers: Sequence[Verified]) -> list[float | None]:
        for answer in answers:
            self.counts[answer.outcome.value] = self.counts.get(answer.outcome.value, 0) + 1
        rewards = [answer.reward for answer in answers]
        if self.undecided == "skip":
            return rewards
        if self.undecided == "raise":
            for answer in answers:
                if answer.reward is None:
                    raise RewardUndecided(_why(answer))
        keys = [_key(row) for row in rows]
        batch = dict[str, Mean]()
        for key, reward in zip(keys, rewards, strict=True):
            if reward is not None:
                batch.setdefault(key, Mean()).add(reward)
                self._remember(key, reward)
        return [
            self._stand_in(key, batch, answer) if reward is None else reward
            for key, reward, answer in zip(keys, rewards, answers, strict=True)
        ]

    def _remember(self, key: str, reward: float) -> None:
        known = self._means.get(key) or Mean()
        known.add(reward)
        self._means.put(key, known)
        self._overall.add(reward)

    def _stand_in(self, key: str, batch: Mapping[str, Mean], answer: Verified) -> float:
        """Return the mean of this task's replies now, else as remembered, else over all tasks."""
        for mean in (batch.get(key), self._means.get(key), self._overall):
            if mean is not None and mean.value is not None:
                return mean.value
        raise RewardUndecided(f"no reply could be judged so far: {_why(answer)}")


def _why(answer: Verified) -> str:
    return f"{answer.reason}: {answer.detail}" if answer.detail else str(answer.reason)


def _key(row: Mapping[str, Any]) -> str:
    try:
        return canonical_json(row, path="row")
    except ValueError:
        return repr(sorted(row.items(), key=lambda item: str(item[0])))


def text_of(completion: object) -> str:
    """Return a completion's text: itself, or what the assistant's messages say."""
    if isinstance(completion, str):
        return completion
    if isinstance(completion, Sequence):
        parts = [
            message.get("content")
            for message in completion
            if isinstance(message, Mapping) and message.get("role", "assistant") == "assistant"
        ]
        return "\n".join(part for part in parts if isinstance(part, str))
    raise TypeError(f"a completion is text or a list of messages, not {completion!r:.80}")
