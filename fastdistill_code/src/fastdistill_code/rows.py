"""A line of a task file."""

from typing import Any

from attrs import field, frozen
from attrs.validators import min_len


@frozen(kw_only=True)
class LimitsRow:
    """What one call may use; what is left out keeps the gate's setting."""

    cpu_seconds: float | None = None
    memory_mb: int | None = None
    output_bytes: int | None = None


@frozen(kw_only=True)
class CodeRow:
    """One programming problem with its tests."""

    task_id: str = field(validator=min_len(1))
    prompt: str
    """What the teacher is shown: a sentence, or the head of a function to complete."""
    entry_point: str = ""
    """The function that the tests call; only `io` tests go without."""
    tests: dict[str, Any]
    """`{"kind": "calls" | "source" | "asserts" | "io" | "checker", ...}`, see docs/code.md."""
    gold: str = ""
    """A right solution, whole or as the rest of the prompt."""
    golds: tuple[str, ...] = ()
    """Further right solutions: on generated inputs what any of them answers is right."""
    limits: LimitsRow = field(factory=LimitsRow)
    tags: tuple[str, ...] = ()
    meta: dict[str, Any] = field(factory=dict)
