"""A math task as it stands in a file, and what of it only gates may see."""

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen
from attrs.validators import ge, optional

from fastdistill import TaskError


@frozen(kw_only=True)
class MathRow:
    """One line of a task source."""

    task_id: str
    problem: str
    answer: str | None = None
    """The gold; without it the task is unlabelled."""
    choices: tuple[str, ...] = ()
    """The values of a multiple choice, in the order of their letters."""
    solution: str | None = None
    digits: int | None = field(default=None, validator=optional(ge(0)))
    """Decimal places that the problem asks for."""
    unit: str | None = None
    """The unit that the answer must carry."""
    tags: tuple[str, ...] = ()
    meta: Mapping[str, Any] = field(factory=dict)


@frozen(kw_only=True)
class MathGold:
    """What gates compare with; never sent to a teacher."""

    answer: str | None
    choices: tuple[str, ...] = ()
    solution: str | None = None
    digits: int | None = None
    unit: str | None = None
    percent: bool = False
    """Whether the problem speaks of percent."""

    def policy(self) -> dict[str, Any]:
        """The conventions that this task fixes, as plain data for `Policy`."""
        return {"digits": self.digits, "unit": self.unit, "percent": self.percent}


def gold_of(row: MathRow) -> MathGold:
    """The payload of a row. Raises `TaskError` for a gold of nothing."""
    if row.answer is not None and not row.answer.strip(" \t\n$."):
        raise TaskError(
            "broken-gold", f"task {row.task_id!r} has an empty answer; leave the key out instead"
        )
    return MathGold(
        answer=row.answer,
        choices=row.choices,
        solution=row.solution,
        digits=row.digits,
        unit=row.unit,
        percent="%" in row.problem or "percent" in row.problem.lower(),
    )
