"""A decided task as exporters see it: everything that a run knows of it, read from the ledger alone."""

from collections.abc import Mapping
from typing import Any, Literal

from attrs import frozen

from fastdistill.model.answer import Message, Usage
from fastdistill.model.sample import Status
from fastdistill.model.verdict import GateKind, Outcome

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")


def said(text: str, formed: str | None, reasoning: str | None, *, worked: bool, content: str) -> str:
    """Return what a student is to say: the reply `text`, or the answer `formed` as its scenario writes it.

    `content` is `answer`, `reply`, or `auto`: the answer, unless the scenario's replies show their working
    (`worked`) and it stands nowhere else. Without a form it is the reply.
    """
    bare = content == "answer" or (content == "auto" and (not worked or bool(reasoning)))
    return formed if bare and formed is not None else text


@frozen(kw_only=True)
class GateResult:
    """One gate's verdict on an answer: only what repeats when it is given again."""

    gate: str
    kind: GateKind
    outcome: Outcome
    reason: str | None
    detail: str
    score: float | None
    fingerprint: str


@frozen(kw_only=True)
class AttemptRecord:
    """One answer to a task and what the gates said of it."""

    attempt: int
    """Over all teachers, counted from 1."""
    choice: int
    """Which answer of its request, counted from 0."""
    teacher: str
    text: str
    """The raw reply."""
    reasoning: str | None
    finish: str | None
    """The server's word: `stop`, `length`, ..."""
    answer: str | None
    """What was read out of the reply."""
    formed: str | None
    """The answer in its scenario's form, such as a fenced block; None where the scenario has none."""
    judgements: tuple[GateResult, ...]
    """In gate order, up to the first that did not pass."""
    outcome: Outcome
    usage: Usage | None
    """Of its request, which may hold other answers; None for unknown."""

    @property
    def stopped_by(self) -> GateResult | None:
        """The verdict that did not pass."""
        last = self.judgements[-1] if self.judgements else None
        return last if last is not None and last.outcome is not Outcome.PASS else None

    @property
    def truncated(self) -> bool:
        """Whether the server cut it off."""
        return self.finish == "length"


@frozen(kw_only=True)
class SettledTask:
    """One task of a run with all its answers, in the order in which they were asked for."""

    sample_id: str
    task_id: str
    scenario: str
    input: Mapping[str, Any]
    """What defines the question."""
    row: Mapping[str, Any]
    """The task's row as it stood in its source, gold and all; empty where a run did not keep it."""
    gold: Any
    """What its row holds under the scenario's gold key; None where there is none."""
    worked: bool
    """Whether replies of this scenario show their working."""
    tags: tuple[str, ...]
    meta: Mapping[str, Any]
    prompt: tuple[Message, ...]
    """What a teacher was shown first; empty for a task that was never asked."""
    status: Status
    reason: str | None
    labelled: bool
    group: str
    split: Split
    attempts: tuple[AttemptRecord, ...]
    accepted: AttemptRecord | None
    """The one of `attempts` that was accepted."""

    def says(self, attempt: AttemptRecord, content: str = "auto") -> str:
        """Return what a student is to say where it answers as `attempt` does; see `said`."""
        return said(attempt.text, attempt.formed, attempt.reasoning, worked=self.worked, content=content)
