"""Programming problems as a kind of task: how rows become tasks, what is asked, how replies are read."""

import json
from collections.abc import Iterable, Iterator
from hashlib import sha256

from attrs import asdict, field, frozen

from fastdistill import BadTask, Completion, Mutant, Prompt, Reading, Source, Task
from fastdistill_code.kinds.make import is_program, make_suite
from fastdistill_code.payload import CodePayload
from fastdistill_code.prompt import CodeOptions, make_prompt
from fastdistill_code.reading import read_reply
from fastdistill_code.rows import CodeRow, LimitsRow
from fastdistill_code.syntax import complete, defines, parse, preamble


@frozen
class CodeScenario:
    """Python functions and programs."""

    options: CodeOptions = field(factory=CodeOptions)

    @property
    def payload(self) -> type[CodePayload]:
        """Tests and gold."""
        return CodePayload

    def tasks(self, source: Source, /) -> Iterator[Task[CodePayload] | BadTask]:
        """The tasks of a file of `CodeRow`s; a row with no usable tests or gold is a `BadTask`."""
        for row in source.rows(CodeRow, optional=("prompt",)):
            if isinstance(row, BadTask):
                yield row
                continue
            try:
                yield make_task(row.value, row.line)
            except ValueError as error:
                yield BadTask(line=row.line, detail=str(error), task_id=row.value.task_id)

    def prompt(self, task: Task[CodePayload], attempt: int, /) -> Prompt:
        """Instruction and problem; the same at every attempt."""
        return make_prompt(self.options, task)

    def read(self, task: Task[CodePayload], completion: Completion, /) -> Reading:
        """The program in the reply."""
        prompt = str(task.input["prompt"])
        return read_reply(completion.text, completion.finish, prompt, task.payload.entry_point)

    def mutants(self, task: Task[CodePayload], /) -> Iterable[Mutant]:
        """Broken variants of the gold, and rewritings that keep its meaning."""
        from fastdistill_code.oracle.mutants import labelled

        return labelled(task.payload)


def make_task(row: CodeRow, line: int = 0) -> Task[CodePayload]:
    """The task of a row. Raises ValueError that says what is wrong with it."""
    program = is_program(row.tests)
    entry_point = row.entry_point.strip()
    if not program and not entry_point.isidentifier():
        detail = "is missing" if not entry_point else f"{entry_point!r} is no name of a function"
        raise ValueError(f"entry_point: {detail}; name the function that the tests call")
    _check_limits(row.limits)
    suite = make_suite(row.tests, entry_point, row.prompt)
    called = None if program else entry_point
    first, *further = [text for text in (row.gold, *row.golds) if text.strip()] or [""]
    gold = _gold(row, first, called)
    golds = [_gold(row, other, called) for other in further]
    told = [row.tests, row.gold, row.golds, asdict(row.limits), entry_point, row.prompt]
    return Task(
        task_id=row.task_id,
        input={"prompt": row.prompt, "entry_point": entry_point},
        payload=CodePayload(
            entry_point=None if program else entry_point,
            suite=suite,
            preamble="" if program else preamble(row.prompt, entry_point),
            gold=gold,
            golds=tuple(other for other in golds if other is not None),
            limits=row.limits,
            digest=sha256(json.dumps(told, sort_keys=True).encode()).hexdigest(),
        ),
        has_gold=True,
        tags=row.tags,
        meta=row.meta,
        line=line,
    )


def _check_limits(limits: LimitsRow) -> None:
    for name, least in (("cpu_seconds", 0.001), ("memory_mb", 16), ("output_bytes", 1024)):
        value = getattr(limits, name)
        if value is not None and not value >= least:
            raise ValueError(f"limits.{name}: {value!r} is below {least}")


def _gold(row: CodeRow, gold: str, entry_point: str | None) -> str | None:
    """The gold as a whole module. Raises ValueError when it is not Python or lacks the entry point."""
    if not gold.strip():
        return None
    tree = parse(gold)
    if entry_point is None:
        if tree is None:
            raise ValueError("gold: is not Python")
        return gold
    if tree is not None and defines(tree, entry_point):
        return complete(gold, preamble(row.prompt, entry_point))[0]
    whole = f"{row.prompt}{gold}"
    alone, tree = tree, parse(whole)
    if tree is None and alone is not None:
        raise ValueError(f"gold: does not define {entry_point!r}")
    if tree is None:
        raise ValueError("gold: is not Python, neither alone nor as the rest of the prompt")
    if not defines(tree, entry_point):
        raise ValueError(f"gold: does not define {entry_point!r}")
    return complete(whole, "")[0]
