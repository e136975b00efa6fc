"""Programming problems answered in JavaScript: the same task files, with calls or standard input as tests.

Nothing here reads JavaScript: that a reply is one, and defines what it should, is found by running it.
"""

import json
import re
from collections.abc import Iterable, Iterator
from hashlib import sha256

from attrs import asdict, frozen

from fastdistill import BadTask, Completion, Message, Mutant, NoOptions, Prompt, Reading, Source, Task
from fastdistill_code.blocks import fenced, visible
from fastdistill_code.kinds.make import make_suite
from fastdistill_code.payload import CodePayload
from fastdistill_code.reading import MOST_REPLY
from fastdistill_code.rows import CodeRow

TEMPLATE, VERSION = "javascript-fenced", "1"
_LANGUAGES = ("javascript", "js", "node", "mjs", "cjs", "")
_FUNCTION = (
    "You write JavaScript for Node. Answer with one ```javascript block that holds the complete function "
    "with the helpers that it needs, and nothing else: no examples, no tests, no output."
)
_PROGRAM = (
    "You write JavaScript for Node. Answer with one ```javascript block that holds a complete program. It "
    "reads standard input and prints to standard output exactly what is asked for, and nothing else."
)
_BEGINS = re.compile(
    r"\s*(?:(?:async +function|function|const|let|var|class|import)\b|//|/\*|['\"]use strict)"
)


@frozen
class JavaScriptScenario:
    """JavaScript functions and programs."""

    options: NoOptions = NoOptions()  # noqa: RUF009  it holds nothing

    @property
    def payload(self) -> type[CodePayload]:
        """Tests and gold."""
        return CodePayload

    def tasks(self, source: Source, /) -> Iterator[Task[CodePayload] | BadTask]:
        """The tasks of a file of `CodeRow`s; tests written in Python make a row a `BadTask`."""
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
        name, problem = task.payload.entry_point, str(task.input["prompt"]).rstrip()
        if name is not None and name not in problem:
            problem = f"{problem}\n\nName the function `{name}`."
        return Prompt(
            messages=(
                Message(role="system", content=_PROGRAM if name is None else _FUNCTION),
                Message(role="user", content=problem),
            ),
            template=TEMPLATE,
            version=VERSION,
            prefix_key=f"{TEMPLATE}-{VERSION}-{'program' if name is None else 'function'}",
        )

    def read(self, task: Task[CodePayload], completion: Completion, /) -> Reading:
        """The last block that names the function, or the longest one, or a reply that is all program."""
        return read(completion.text, completion.finish, task.payload.entry_point)

    def mutants(self, task: Task[CodePayload], /) -> Iterable[Mutant]:
        """The gold alone: nothing here changes JavaScript."""
        if task.payload.gold is not None:
            yield Mutant(
                text=f"```javascript\n{task.payload.gold.strip()}\n```", expect="accept", kind="gold"
            )


def make_task(row: CodeRow, line: int = 0) -> Task[CodePayload]:
    """The task of a row. Raises ValueError that says what is wrong with it."""
    kind = row.tests.get("kind")
    if kind not in ("calls", "io"):
        raise ValueError(f"tests.kind: {kind!r} is written in Python; JavaScript takes 'calls' or 'io'")
    program, name = kind == "io", row.entry_point.strip()
    if not program and not name.isidentifier():
        detail = "is missing" if not name else f"{name!r} is no name of a function"
        raise ValueError(f"entry_point: {detail}; name the function that the tests call")
    told = [row.tests, row.gold, asdict(row.limits), name, row.prompt]
    return Task(
        task_id=row.task_id,
        input={"prompt": row.prompt, "entry_point": name},
        payload=CodePayload(
            entry_point=None if program else name,
            suite=make_suite(row.tests, name, row.prompt),
            gold=row.gold if row.gold.strip() else None,
            limits=row.limits,
            digest=sha256(json.dumps(told, sort_keys=True).encode()).hexdigest(),
        ),
        has_gold=True,
        tags=row.tags,
        meta=row.meta,
        line=line,
    )


def read(text: str, finish: str | None, entry_point: str | None) -> Reading:
    """The program in a reply; never raises."""
    if not text.strip():
        return Reading(answer=None, reason="empty", detail="the reply is empty")
    if len(text) > MOST_REPLY:
        return Reading(answer=None, reason="too-long", detail=f"the reply has {len(text)} characters")
    shown = visible(text)
    blocks = [one for one in fenced(shown) if one.language in _LANGUAGES and one.text.strip()]
    if blocks and not blocks[-1].closed and finish == "length":
        return Reading(
            answer=None, reason="truncated", detail="the reply ends in the middle of the program"
        )
    named = [one for one in blocks if entry_point is not None and entry_point in one.text]
    if blocks:
        chosen = named[-1] if named else max(blocks, key=lambda one: len(one.text))
        return Reading(answer=f"{chosen.text.strip()}\n", rule="named-block" if named else "longest-block")
    if _BEGINS.match(shown) and (entry_point is None or entry_point in shown):
        return Reading(answer=f"{shown.strip()}\n", rule="whole-reply")
    return Reading(answer=None, reason="no-code", detail=f"no program in {shown.strip()[:80]!r}")
