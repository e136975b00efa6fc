"""Supervised forms: one row for each accepted answer."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import frozen

from fastdistill import AttemptRecord, SettledTask, Split
from fastdistill_export.messages import ChatOptions, assistant, content_of, meta_of, prompt_of

Row = Mapping[str, Any]


def _accepted(tasks: Iterable[SettledTask]) -> Iterator[tuple[SettledTask, AttemptRecord]]:
    for task in tasks:
        if task.accepted is not None:
            yield task, task.accepted


def sft(options: ChatOptions, tasks: Iterable[SettledTask]) -> Iterator[Row]:
    """Yield `messages`, the last of them the assistant's."""
    for task, one in _accepted(tasks):
        yield {"messages": [*prompt_of(task), assistant(task, one, options)], "meta": meta_of(task)}


def prompt_completion(options: ChatOptions, tasks: Iterable[SettledTask]) -> Iterator[Row]:
    """Yield `prompt` and `completion` as messages, so that TRL puts loss on the completion alone."""
    for task, one in _accepted(tasks):
        yield {
            "prompt": prompt_of(task),
            "completion": [assistant(task, one, options)],
            "meta": meta_of(task),
        }


@frozen(kw_only=True)
class PlainOptions(ChatOptions):
    """For forms whose messages hold role and content alone: reasoning stands in <think> or is left out."""

    reasoning: Any = "drop"

    def __attrs_post_init__(self) -> None:
        if self.reasoning not in ("think", "drop"):
            raise ValueError(f"'reasoning' must be think or drop in this form: {self.reasoning!r}")


def messages_only(options: PlainOptions, tasks: Iterable[SettledTask]) -> Iterator[Row]:
    """Yield `messages` and nothing else, as OpenAI's fine-tuning and mlx-lm check it."""
    for task, one in _accepted(tasks):
        turn = {"role": "assistant", "content": content_of(task, one, options)}
        yield {"messages": [*prompt_of(task), turn]}


def alpaca(options: PlainOptions, tasks: Iterable[SettledTask]) -> Iterator[Row]:
    """Yield `instruction`, `input`, `output` and, where there is one, `system`."""
    for task, one in _accepted(tasks):
        system = "\n\n".join(turn.content for turn in task.prompt if turn.role == "system")
        asked = "\n\n".join(turn.content for turn in task.prompt if turn.role == "user")
        row = {"instruction": asked, "input": "", "output": content_of(task, one, options)}
        yield row | ({"system": system} if system else {})


SPEAKERS = {"user": "human", "assistant": "gpt"}


def sharegpt(options: PlainOptions, tasks: Iterable[SettledTask]) -> Iterator[Row]:
    """Yield `conversations` of `from` and `value`, and `system`."""
    for task, one in _accepted(tasks):
        turns = [
            {"from": SPEAKERS[turn.role], "value": turn.content}
            for turn in task.prompt
            if turn.role != "system"
        ]
        system = "\n\n".join(turn.content for turn in task.prompt if turn.role == "system")
        yield {
            "conversations": [*turns, {"from": "gpt", "value": content_of(task, one, options)}],
            "system": system,
        }


def dataset_info(files: Mapping[Split, str]) -> dict[str, Any]:
    """Return LLaMA-Factory's index of the written files."""
    return {
        "dataset_info.json": {
            f"fastdistill_{split}": {
                "file_name": name,
                "formatting": "sharegpt",
                "columns": {"messages": "conversations", "system": "system"},
            }
            for split, name in files.items()
        }
    }


def table(options: ChatOptions, tasks: Iterable[SettledTask]) -> Iterator[Row]:
    """Yield one flat row for each accepted answer: text columns, nothing nested but the messages."""
    for task, one in _accepted(tasks):
        yield {
            **{key: value for key, value in meta_of(task).items() if key != "tags"},
            "prompt": prompt_of(task),
            "completion": content_of(task, one, options),
            "reasoning": one.reasoning or "",
            "answer": one.answer or "",
            "reply": one.text,
            "teacher": one.teacher,
            "attempt": one.attempt,
            "labelled": task.labelled,
        }
