"""How a prompt and an answer become messages."""

from typing import Any, Literal

from attrs import frozen

from fastdistill import AttemptRecord, SettledTask

Content = Literal["auto", "answer", "reply"]
Reasoning = Literal["field", "think", "drop"]
Turn = dict[str, Any]


@frozen(kw_only=True)
class ChatOptions:
    """What the assistant's turn holds."""

    content: Content = "auto"
    """`answer`: the answer in its scenario's form, where it has one; `reply`: the raw reply; `auto`: the
    answer, except where the reply holds working that stands nowhere else."""
    reasoning: Reasoning = "field"
    """`field`: `reasoning_content` in the assistant's message; `think`: before the content, in <think>."""


def prompt_of(task: SettledTask) -> list[Turn]:
    """Return what the teacher was shown."""
    return [{"role": one.role, "content": one.content} for one in task.prompt]


def content_of(task: SettledTask, attempt: AttemptRecord, options: ChatOptions) -> str:
    """Return the answer's text, with the reasoning in front where `think` asks for it."""
    text = task.says(attempt, options.content)
    if options.reasoning == "think" and attempt.reasoning:
        return f"<think>\n{attempt.reasoning.strip()}\n</think>\n\n{text}"
    return text


def assistant(task: SettledTask, attempt: AttemptRecord, options: ChatOptions) -> Turn:
    """Return the assistant's message."""
    turn: Turn = {"role": "assistant", "content": content_of(task, attempt, options)}
    if options.reasoning == "field" and attempt.reasoning:
        turn["reasoning_content"] = attempt.reasoning
    return turn


def meta_of(task: SettledTask) -> dict[str, Any]:
    """Return what a row can be traced by."""
    return {
        "sample_id": task.sample_id,
        "task_id": task.task_id,
        "scenario": task.scenario,
        "group": task.group,
        "split": task.split,
        "tags": list(task.tags),
    }
