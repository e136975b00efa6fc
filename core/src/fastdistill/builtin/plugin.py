"""What the core itself offers."""

from collections.abc import Iterable
from typing import Any

from fastdistill.builtin.rules import MaxLength, MaxLengthRule, not_empty
from fastdistill.hookspecs import hookimpl
from fastdistill.specs import NoOptions, RuleSpec


@hookimpl
def fastdistill_rules() -> Iterable[RuleSpec[Any]]:
    """Rules that fit every scenario."""
    yield RuleSpec(
        name="not-empty",
        summary="rejects an answer of nothing but white space",
        config=NoOptions,
        build=lambda _: not_empty,
    )
    yield RuleSpec(
        name="max-length",
        summary="rejects an answer with too many characters",
        config=MaxLength,
        build=MaxLengthRule,
    )
