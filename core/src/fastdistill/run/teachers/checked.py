"""What a provider returned, made fit for the ledger: text as SQLite holds it, counts that can be."""

import math

from attrs import evolve

from fastdistill.errors import BadReply
from fastdistill.model.answer import LARGEST_COUNT, Completion, Usage
from fastdistill.run.jsonl import clean

COUNTS = ("prompt_tokens", "completion_tokens", "cached_tokens", "reasoning_tokens")


def checked(got: Completion) -> Completion:
    """Return `got` as the ledger can hold it, so that gates see now what a replay will see.

    Raises `BadReply` where a provider returned no choices, or choices that are no text.
    """
    if not got.choices:
        raise BadReply("the provider returned a completion without choices")
    for choice in got.choices:
        if not isinstance(choice.text, str) or not isinstance(choice.reasoning, str | None):
            raise BadReply(f"the provider returned a choice whose text is {choice.text!r:.60}")
    if any(
        clean(c.text) is not c.text or (c.reasoning and clean(c.reasoning) is not c.reasoning)
        for c in got.choices
    ):
        choices = tuple(
            evolve(c, text=clean(c.text), reasoning=c.reasoning and clean(c.reasoning)) for c in got.choices
        )
        got = evolve(got, choices=choices)
    if got.usage is not None and (usage := _counted(got.usage)) is not got.usage:
        got = evolve(got, usage=usage)
    if not (isinstance(got.latency, int | float) and 0 <= got.latency < math.inf):
        got = evolve(got, latency=0.0)
    return got


def _counted(usage: Usage) -> Usage | None:
    """Return `usage` without counts that cannot be: they are unknown, and would not fit the ledger."""
    counts = {name: getattr(usage, name) for name in COUNTS}
    known = {
        name: count
        for name, count in counts.items()
        if count is None or (type(count) is int and 0 <= count <= LARGEST_COUNT)
    }
    if len(known) == len(counts):
        return usage
    found = Usage(**known)
    return None if found == Usage() else found
