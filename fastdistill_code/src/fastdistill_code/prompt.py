"""What a teacher is shown: a fixed instruction, then the problem as it is written."""

from typing import Any

from attrs import frozen

from fastdistill import Message, Prompt, Task

TEMPLATE = "code-fenced"
VERSION = "1"

_FUNCTION = (
    "You write Python 3. Answer with one ```python block that holds the complete function, with the "
    "imports and helpers that it needs, and nothing else: no examples, no tests, no output."
)
_PROGRAM = (
    "You write Python 3. Answer with one ```python block that holds a complete program. It reads standard "
    "input and prints to standard output exactly what is asked for, and nothing else."
)


@frozen(kw_only=True)
class CodeOptions:
    """`[scenarios.code]`."""

    name_entry_point: bool = True
    """Say the function's name when the problem's text does not."""


def make_prompt(options: CodeOptions, task: Task[Any]) -> Prompt:
    """The prompt of `task`, the same at every attempt."""
    name = task.payload.entry_point
    problem = str(task.input["prompt"]).rstrip()
    if name is not None and options.name_entry_point and name not in problem:
        problem = f"{problem}\n\nName the function `{name}`."
    elif name is not None and f"def {name}" in problem:
        problem = f"Complete this function:\n\n```python\n{problem}\n```"
    return Prompt(
        messages=(
            Message(role="system", content=_PROGRAM if name is None else _FUNCTION),
            Message(role="user", content=problem),
        ),
        template=TEMPLATE,
        version=VERSION,
        prefix_key=f"{TEMPLATE}-{VERSION}-{'program' if name is None else 'function'}",
    )
