"""A reply as server-sent events, read though it was not asked for: the chunks as one chat completion."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

MARKS = (b"data:", b"event:", b"id:", b"retry:", b":")
MOST_CHOICES = 1024
_JOINED = ("content", "reasoning_content", "reasoning", "refusal")


def is_stream(body: bytes, content_type: str) -> bool:
    """Return whether a body is a stream of events, by its type or by how it begins."""
    return "event-stream" in content_type or body.lstrip()[:8].startswith(MARKS)


def assembled(body: bytes) -> Any:
    """Return the chat completion that a stream's chunks add up to.

    An event that is an error or a whole completion stands for itself. Raises `ValueError` where nothing can
    be read, or where the stream breaks off.
    """
    choices: dict[int, dict[str, Any]] = {}
    rest: dict[str, Any] = {}
    ended = False
    for text in _events(body):
        if text == "[DONE]":
            ended = True
            continue
        chunk = json.loads(text)
        if not isinstance(chunk, Mapping):
            continue
        if chunk.get("error"):
            return chunk
        for found in chunk.get("choices") or ():
            if not isinstance(found, Mapping):
                continue
            if isinstance(found.get("message"), Mapping):
                return chunk
            _add(choices, found)
            ended = ended or bool(found.get("finish_reason"))
        rest.update({key: chunk[key] for key in ("id", "model", "usage") if chunk.get(key)})
    if not choices or not ended:
        raise ValueError("a stream of events that has no end" if choices else "events without an answer")
    return {**rest, "choices": [choices[index] for index in sorted(choices)]}


def _add(choices: dict[int, dict[str, Any]], found: Mapping[str, Any]) -> None:
    index = found.get("index", 0)
    if type(index) is not int or (index not in choices and len(choices) >= MOST_CHOICES):
        return
    choice = choices.setdefault(
        index, {"message": {"role": "assistant", "content": ""}, "finish_reason": None}
    )
    delta = found.get("delta")
    if isinstance(delta, Mapping):
        for name in _JOINED:
            if isinstance(part := delta.get(name), str):
                choice["message"][name] = choice["message"].get(name, "") + part
    if isinstance(finish := found.get("finish_reason"), str):
        choice["finish_reason"] = finish


def _events(body: bytes) -> Iterator[str]:
    """Yield the data of each event; several data lines of one event are one text."""
    lines: list[str] = []
    for line in [
        *body.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n"),
        "",
    ]:
        if line.startswith("data:"):
            lines.append(line[5:].removeprefix(" "))
        elif not line and lines:
            yield "\n".join(lines).strip()
            lines = []
