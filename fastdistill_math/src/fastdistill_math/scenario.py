"""The `math` scenario: problems in words or LaTeX, answered by one final answer."""

from collections.abc import Iterable

from attrs import field, frozen
from attrs.validators import ge

from fastdistill import (
    BadTask,
    Completion,
    Message,
    Mutant,
    Prompt,
    Reading,
    Row,
    Source,
    Task,
    TaskError,
)
from fastdistill_math.choices import LETTERS
from fastdistill_math.rows import MathGold, MathRow, gold_of

TEMPLATE, VERSION = "math-boxed", "1"
_SYSTEM = (
    "Solve the problem step by step. Keep the steps short. "
    "End with the final answer alone in \\boxed{}, as exact as the problem allows."
)
TEXT_GOLD = "text-gold"
_CHOICE = "Put the letter of the right choice in the box."


@frozen(kw_only=True)
class MathOptions:
    """Options of `[scenarios.math]`."""

    system: str | None = None
    """Another instruction in place of the built-in one."""
    max_problem: int = field(default=20_000, validator=ge(1))
    """Problems with more characters are broken tasks."""


@frozen
class MathScenario:
    """Implements `Scenario`."""

    options: MathOptions = field(factory=MathOptions)

    @property
    def payload(self) -> type[MathGold]:
        """The gold and its conventions."""
        return MathGold

    def tasks(self, source: Source, /) -> Iterable[Task[MathGold] | BadTask]:
        """One task a row; an empty gold or an oversized problem is a `BadTask`."""
        for row in source.rows(MathRow, optional=("problem",)):
            yield row if isinstance(row, BadTask) else self._task(row)

    def _task(self, row: Row) -> Task[MathGold] | BadTask:
        value: MathRow = row.value
        if len(value.problem) > self.options.max_problem:
            detail = f"the problem has {len(value.problem)} characters, at most {self.options.max_problem}"
            return BadTask(line=row.line, detail=detail, task_id=value.task_id)
        try:
            gold = gold_of(value)
        except TaskError as error:
            return BadTask(line=row.line, detail=str(error), reason=error.reason, task_id=value.task_id)
        return Task(
            task_id=value.task_id,
            input={"problem": _with_choices(value)},
            payload=gold,
            has_gold=gold.answer is not None,
            tags=_tags(value, gold),
            meta=value.meta,
            line=row.line,
        )

    def prompt(self, task: Task[MathGold], attempt: int, /) -> Prompt:
        """The same at every attempt: sampling makes attempts differ."""
        system = self.options.system or (f"{_SYSTEM} {_CHOICE}" if task.payload.choices else _SYSTEM)
        messages = (
            Message(role="system", content=system),
            Message(role="user", content=str(task.input["problem"])),
        )
        return Prompt(messages=messages, template=TEMPLATE, version=VERSION, prefix_key=TEMPLATE)

    def read(self, task: Task[MathGold], completion: Completion, /) -> Reading:
        """The final answer; hidden reasoning is never read."""
        from fastdistill_math.reading import read

        found = read(
            completion.text,
            truncated=completion.finish == "length",
            problem=task.payload.problem,
            choices=bool(task.payload.choices),
        )
        return Reading(
            answer=found.answer,
            rule=found.rule,
            reason=found.reason,
            detail=found.detail,
            evidence=found.evidence,
        )

    def mutants(self, task: Task[MathGold], /) -> Iterable[Mutant]:
        """Near misses and rewritings of the gold."""
        from fastdistill_math.mutants import mutants

        return mutants(task.payload)


def _tags(row: MathRow, gold: MathGold) -> tuple[str, ...]:
    """The row's tags, and `text-gold` where the gold cannot be compared as mathematics."""
    from fastdistill_math.golds import readable

    if all(readable(text, choices=bool(row.choices)) for text in gold.golds) or TEXT_GOLD in row.tags:
        return row.tags
    return (*row.tags, TEXT_GOLD)


def _with_choices(row: MathRow) -> str:
    lines = [f"({letter}) {choice}" for letter, choice in zip(LETTERS, row.choices, strict=False)]
    return "\n".join([row.problem, *lines])
