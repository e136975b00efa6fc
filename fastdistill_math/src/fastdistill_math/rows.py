"""A math task as it stands in a file, and what of it only gates may see."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from attrs import field, frozen
from attrs.validators import ge, gt, optional

from fastdistill import TaskError
from fastdistill_math.nouns import nouns


@frozen(kw_only=True)
class MathRow:
    """One line of a task source."""

    task_id: str
    problem: str
    answer: str | None = None
    """The gold; without it the task is unlabelled."""
    answers: tuple[str, ...] = ()
    """The golds of a problem with several parts, in their order."""
    answers_any: tuple[str, ...] = ()
    """Several golds of which one is enough."""
    choices: tuple[str, ...] = ()
    """The values of a multiple choice, in the order of their letters."""
    solution: str | None = None
    digits: int | None = field(default=None, validator=optional(ge(0)))
    """Decimal places that the problem asks for."""
    significant: int | None = field(default=None, validator=optional(gt(0)))
    """Significant digits that the problem asks for."""
    tolerance: float | None = field(default=None, validator=optional(ge(0)))
    """How far an answer may be off, as a part of the gold."""
    unit: str | None = None
    """The unit that the answer must carry."""
    tags: tuple[str, ...] = ()
    meta: Mapping[str, Any] = field(factory=dict)


@frozen(kw_only=True)
class MathGold:
    """What gates compare with; never sent to a teacher."""

    answer: str | None
    others: tuple[str, ...] = ()
    """Other answers that are right as well."""
    choices: tuple[str, ...] = ()
    solution: str | None = None
    digits: int | None = None
    significant: int | None = None
    tolerance: float | None = None
    unit: str | None = None
    percent: bool = False
    """Whether the problem speaks of percent."""
    problem: str = ""
    """The problem's text, for what an answer may count and name."""

    @property
    def rounded(self) -> bool:
        """Whether the task says how exact an answer must be."""
        return (self.digits, self.significant, self.tolerance) != (None, None, None)

    @property
    def golds(self) -> tuple[str, ...]:
        """Every answer that is right as it stands; none without gold."""
        return () if self.answer is None else (self.answer, *self.others)

    def policy(self) -> dict[str, Any]:
        """The conventions that this task fixes, as plain data for `Policy`."""
        return {
            "digits": self.digits,
            "significant": self.significant,
            "tolerance": self.tolerance,
            "unit": self.unit,
            "percent": self.percent,
            **_of_problem(self.problem),
        }


@lru_cache(maxsize=512)
def _of_problem(problem: str) -> Mapping[str, Any]:
    degrees = (
        "degree" in problem.lower() or "\\circ" in problem or "°" in problem or "angle" in problem.lower()
    )
    text = re.sub(r"\s+|\\(?:left|right|,|;|!)|[$]", "", problem).replace("dfrac", "frac")
    return {"degrees": degrees, "nouns": sorted(nouns(problem)), "letters": text}


def _first(row: MathRow) -> str | None:
    """The parts of a problem as one tuple, in their order; else the first of several golds."""
    if row.answers:
        parts = [f"({part})" if "," in part and part[:1] not in "([{\\" else part for part in row.answers]
        return f"({', '.join(parts)})"
    return row.answers_any[0] if row.answers_any else None


def gold_of(row: MathRow) -> MathGold:
    """The payload of a row. Raises `TaskError` for a gold of nothing."""
    if row.answer is not None and not row.answer.strip(" \t\n$."):
        raise TaskError(
            "broken-gold", f"task {row.task_id!r} has an empty answer; leave the key out instead"
        )
    answer = row.answer if row.answer is not None else _first(row)
    return MathGold(
        answer=answer,
        others=tuple(each for each in row.answers_any if each != answer),
        choices=row.choices,
        solution=row.solution,
        digits=row.digits,
        significant=row.significant,
        tolerance=row.tolerance,
        problem=row.problem,
        unit=row.unit,
        percent="%" in row.problem or "percent" in row.problem.lower(),
    )
