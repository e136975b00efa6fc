"""What a judge is shown: rules and rubric from us, question and answers from strangers behind the fence."""

import json
from collections.abc import Mapping
from typing import Any

from fastdistill import Constraint, Message, Prompt, Task
from fastdistill_judge.fence import RULE, fenced, nonce_of
from fastdistill_judge.rubric import Rubric

VERSION = "1"


def question_of(task: Task[Any]) -> str:
    """The task as a teacher saw it: its question alone, or all of its input as JSON."""
    if len(task.input) == 1:
        (only,) = task.input.values()
        if isinstance(only, str):
            return only
    return json.dumps(dict(task.input), ensure_ascii=False, indent=1, sort_keys=True)


def _schema(properties: Mapping[str, Any]) -> Constraint:
    return Constraint(
        kind="json_schema",
        value={
            "type": "object",
            "properties": dict(properties),
            "required": list(properties),
            "additionalProperties": False,
        },
    )


def scoring(rubric: Rubric, task: Task[Any], answer: str, *, structured: bool) -> Prompt:
    """The prompt that asks for a score on each criterion."""
    asked = {
        one.name: {"type": "integer", "minimum": 0, "maximum": rubric.scale} for one in rubric.criteria
    }
    listed = "\n".join(f"- {one.name} (0 to {rubric.scale}): {one.question}" for one in rubric.criteria)
    form = ", ".join(f'"{one.name}": 0 to {rubric.scale}' for one in rubric.criteria)
    system = (
        f"{rubric.instruction.strip()}\n\nScore each criterion with a whole number:\n{listed}\n\n"
        f'Reply with one JSON object and nothing else: {{"why": "one sentence", {form}}}'
    )
    turns = [turn for one in rubric.examples for turn in _example(one.question, one.answer, one.scores)]
    return _prompt(
        f"{rubric.name}/{rubric.version}",
        system,
        turns,
        {"QUESTION": question_of(task), "ANSWER": answer},
        _schema({"why": {"type": "string"}, **asked}) if structured else None,
    )


def comparing(rubric: Rubric, task: Task[Any], one: str, two: str, *, structured: bool) -> Prompt:
    """The prompt that asks which of two answers is better."""
    system = (
        f"{rubric.instruction.strip()}\n\n"
        'Reply with one JSON object and nothing else: {"why": "one sentence", "better": "A", "B" or "tie"}'
    )
    better = {"type": "string", "enum": ["A", "B", "tie"]}
    return _prompt(
        f"{rubric.name}/{rubric.version}",
        system,
        [],
        {"QUESTION": question_of(task), "ANSWER A": one, "ANSWER B": two},
        _schema({"why": {"type": "string"}, "better": better}) if structured else None,
    )


def _example(question: str, answer: str, scores: Mapping[str, int]) -> tuple[Message, Message]:
    texts = {"QUESTION": question, "ANSWER": answer}
    reply = json.dumps({"why": "an example", **scores})
    return Message(role="user", content=_body(texts)), Message(role="assistant", content=reply)


def _body(texts: Mapping[str, str]) -> str:
    nonce = nonce_of(*texts.values())
    return "\n\n".join(fenced(what, text, nonce) for what, text in texts.items())


def _prompt(
    template: str, system: str, turns: list[Message], texts: Mapping[str, str], form: Constraint | None
) -> Prompt:
    return Prompt(
        messages=(
            Message(role="system", content=f"{system}\n\n{RULE}"),
            *turns,
            Message(role="user", content=_body(texts)),
        ),
        template=f"judge/{template}",
        version=VERSION,
        prefix_key=f"judge/{template}",
        constraint=form,
    )
