"""Rules that fit every scenario."""

from typing import Any

from attrs import field, frozen
from attrs.validators import ge

from fastdistill.model.answer import Candidate
from fastdistill.model.task import Task
from fastdistill.model.verdict import Finding, passed, rejected


@frozen
class MaxLength:
    """Options of `max-length`."""

    characters: int = field(default=20_000, validator=ge(1))
    """Answers longer than this are rejected."""


def not_empty(task: Task[Any], candidate: Candidate, /) -> Finding:
    """Reject an answer of nothing but white space."""
    return passed() if candidate.answer.strip() else rejected("empty", "the answer is empty")


@frozen
class MaxLengthRule:
    """Rejects answers over the limit."""

    options: MaxLength

    def __call__(self, task: Task[Any], candidate: Candidate, /) -> Finding:
        """Compare in characters, not tokens."""
        length, most = len(candidate.answer), self.options.characters
        if length <= most:
            return passed()
        return rejected("too-long", f"{length} characters, at most {most} are allowed")
