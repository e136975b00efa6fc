"""Reads replies out of the rows that other tools write: what was asked, and what was said, in order.

Known are plain rows, batch outputs of OpenAI and vLLM, samples of inspect_ai, rollouts of verifiers and of
NeMo Gym. A row is data of strangers: whatever does not fit says so, and nothing else happens.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve, frozen

from fastdistill.model.answer import LARGEST_COUNT, Choice, Usage

Row = Mapping[str, Any]
IDS = ("task_id", "custom_id")
"""Columns that name a task of ours."""
OTHER_IDS = ("id", "example_id")
"""Columns that may: believed where no question tells better."""
QUESTIONS = ("question", "problem", "prompt", "instruction", "query", "input")
ONE = ("reply", "completion", "response", "output", "generation")
MANY = ("responses", "replies", "completions", "generations")


@frozen(kw_only=True)
class Reply:
    """One answer as it was recorded."""

    choice: Choice
    usage: Usage | None = None
    model: str = ""


@frozen(kw_only=True)
class Found:
    """What a row holds: how its task is found, and its replies in order."""

    task_id: str | None = None
    other_id: str | None = None
    question: str | None = None
    replies: tuple[Reply, ...] = ()
    problem: str = ""
    """A slug where there is no reply."""
    order: int = 0
    """The epoch, where a tool numbers its passes over the questions."""


def read(row: Row, columns: Mapping[str, str]) -> Found:
    """Return what a row holds; `columns` names those of its own for `id`, `question` and `reply`."""
    found = Found(
        task_id=_name(row, [columns["id"]] if columns.get("id") else IDS),
        other_id=_name(row, OTHER_IDS),
        question=_question(row, [columns["question"]] if columns.get("question") else QUESTIONS),
        order=row["epoch"] if type(row.get("epoch")) is int else 0,
    )
    if columns.get("reply"):
        replies = _replies(row.get(columns["reply"]))
    elif row.keys() >= {"custom_id", "response"}:
        replies, problem = _batch(row)
        if problem:
            return evolve(found, problem=problem)
    elif isinstance(row.get("responses_create_params"), Mapping):
        asked = _messages(row["responses_create_params"].get("input"))
        found = evolve(found, question=found.question or _last(asked, "user"))
        replies = _of_body(row.get("response"))
    elif isinstance(row.get("output"), Mapping):
        replies = _of_body(row["output"])
    else:
        replies = next((_replies(row[key]) for key in (*ONE, *MANY) if row.get(key) is not None), [])
        if (
            not replies
            and (turns := _messages(row.get("messages")))
            and turns[-1].get("role") == "assistant"
        ):
            replies = _replies(turns[-1:])
            found = evolve(found, question=found.question or _last(turns[:-1], "user"))
    return evolve(found, replies=tuple(replies), problem="" if replies else "no-reply-in-row")


def _name(row: Row, keys: Iterable[str]) -> str | None:
    for key in keys:
        value = row.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool):
            return str(value)
    return None


def _question(row: Row, keys: Iterable[str]) -> str | None:
    for key in keys:
        if isinstance(value := row.get(key), str):
            return value
        if said := _last(_messages(value), "user"):
            return said
    return None


def _messages(value: Any) -> list[Row]:
    if isinstance(value, str):
        return [{"role": "user", "content": value}]
    turns = value if isinstance(value, list) else []
    return [turn for turn in turns if isinstance(turn, Mapping)]


def _last(turns: Iterable[Row], role: str) -> str | None:
    said = [_text(turn.get("content")) for turn in turns if turn.get("role") == role]
    return said[-1] if said else None


def _text(content: Any) -> str:
    """Return a message's text, of which parts of other kinds are no part."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = [part.get("text") for part in parts if isinstance(part, Mapping)]
    return "".join(text for text in texts if isinstance(text, str))


def _replies(value: Any) -> list[Reply]:
    """Return the replies in a column: a text, a message, a conversation, or several of any of these."""
    if isinstance(value, str):
        return [Reply(choice=Choice(text=value))]
    if isinstance(value, Mapping):
        return _of_body(value) or _turn(value)
    if not isinstance(value, list):
        return []
    if all(isinstance(one, Mapping) and "role" in one for one in value):
        return _turn(value[-1]) if value and value[-1]["role"] == "assistant" else []
    return [reply for one in value for reply in _replies(one)]


def _turn(turn: Row, finish: Any = None) -> list[Reply]:
    content = turn.get("content", turn.get("text"))
    if not isinstance(content, str | list):
        return []
    reasoning = turn.get("reasoning_content") or turn.get("reasoning") or _reasoning(content)
    choice = Choice(
        text=_text(content),
        reasoning=reasoning if isinstance(reasoning, str) else None,
        finish=finish if isinstance(finish, str) else None,
    )
    return [Reply(choice=choice)]


def _reasoning(content: Any) -> str | None:
    parts = content if isinstance(content, list) else []
    said = [part["reasoning"] for part in parts if isinstance(part, Mapping) and "reasoning" in part]
    return "\n".join(text for text in said if isinstance(text, str)) or None


def _batch(row: Row) -> tuple[list[Reply], str]:
    """Return the replies of a batch's output line, or the slug of what went wrong with it."""
    response = row["response"]
    if row.get("error") or not isinstance(response, Mapping):
        return [], "request-failed"
    if isinstance(status := response.get("status_code", 200), int) and status != 200:
        return [], "request-failed"
    return _of_body(response.get("body", response)), ""


def _of_body(body: Any) -> list[Reply]:
    """Return the replies of a response of the chat, completions or responses API, or of inspect_ai."""
    if not isinstance(body, Mapping):
        return []
    found = list[Reply]()
    choices = body.get("choices")
    for one in choices if isinstance(choices, list) else []:
        if isinstance(one, Mapping):
            turn = one.get("message")
            finish = one.get("finish_reason") or _STOPS.get(str(one.get("stop_reason")))
            found += _turn(turn if isinstance(turn, Mapping) else one, finish)
    if not found and isinstance(body.get("output"), list):
        found = _of_items(body["output"])
    usage, model = _usage(body.get("usage")), body.get("model")
    first = [evolve(one, usage=usage) for one in found[:1]]  # one request's tokens, counted once
    named = [*first, *found[1:]]
    return [evolve(one, model=model) for one in named] if isinstance(model, str) else named


_STOPS = {
    "max_tokens": "length",
    "model_length": "length",
    "stop": "stop",
    "content_filter": "content_filter",
}


def _of_items(items: list[Any]) -> list[Reply]:
    """Return the last message of a response's items, with the reasoning before it."""
    thought, said = list[str](), list[Reply]()
    for item in items:
        if not isinstance(item, Mapping):
            continue
        if item.get("type") == "reasoning":
            thought.append(_text(item.get("summary")) or _text(item.get("content")))
        elif item.get("role") == "assistant" or item.get("type") == "message":
            said = _turn(item)
    reasoning = "\n".join(text for text in thought if text) or None
    return [evolve(one, choice=evolve(one.choice, reasoning=reasoning)) for one in said]


def _usage(given: Any) -> Usage | None:
    if not isinstance(given, Mapping):
        return None
    made = Usage(
        prompt_tokens=_count(given, "prompt_tokens", "input_tokens"),
        completion_tokens=_count(given, "completion_tokens", "output_tokens"),
    )
    return None if made == Usage() else made


def _count(given: Row, *keys: str) -> int | None:
    counts = [given[key] for key in keys if type(given.get(key)) is int]
    return counts[0] if counts and 0 <= counts[0] <= LARGEST_COUNT else None
