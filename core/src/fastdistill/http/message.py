"""A chat message and its usage as servers send them, read without trust: text, reasoning, counts."""

from collections.abc import Mapping
from typing import Any

from fastdistill.http.reasoning import split_thinking
from fastdistill.model.answer import LARGEST_COUNT, Usage

LONGEST_TWICE = 1 << 20
"""Characters within which reasoning in the text must end."""


def _text_of(blocks: list[Any], kind: str, name: str) -> str:
    """The text of a content list's blocks of one kind; Anthropic's and Mistral's forms."""
    parts: list[str] = []
    for block in blocks:
        value = block.get(name) if isinstance(block, Mapping) and block.get("type") == kind else None
        if isinstance(value, list):  # Mistral's thinking holds blocks of text; deeper nobody goes
            texts = (inner.get("text") for inner in value if isinstance(inner, Mapping))
            parts.extend(text for text in texts if isinstance(text, str))
        elif isinstance(value, str):
            parts.append(value)
    return "".join(parts)


def _details(message: Mapping[str, Any]) -> str:
    """OpenRouter's reasoning_details, where the plain field is missing."""
    blocks = message.get("reasoning_details")
    if not isinstance(blocks, list):
        return ""
    kinds = (("reasoning.text", "text"), ("reasoning.summary", "summary"))
    return "".join(_text_of(blocks, *kind) for kind in kinds)


def read_message(message: Mapping[str, Any]) -> tuple[str, str | None]:
    """Text and reasoning of a message, whichever way the server tells them apart."""
    content: Any = message.get("content")
    thought: str = ""
    if isinstance(content, list):
        thought = _text_of(content, "thinking", "thinking")
        content = _text_of(content, "text", "text")
    text = content if isinstance(content, str) else ""
    fields = (message.get(name) for name in ("reasoning_content", "reasoning", "thinking"))
    told = next((field for field in fields if isinstance(field, str) and field), "")
    reasoning = next(filter(None, (told, thought, _details(message))), None)
    if not reasoning:
        return split_thinking(text)
    if "</think" not in text[:LONGEST_TWICE]:
        return text, reasoning
    rest, again = split_thinking(text)  # said twice, in its field and in the text: kept once
    if again and again not in reasoning:
        reasoning = again if reasoning.strip() in again else f"{reasoning}\n\n{again}"
    return rest, reasoning


def read_count(value: Any) -> int | None:
    """Return a count that a server sent; None unless it is a whole number from 0 to 2^53."""
    if type(value) is float and value.is_integer():
        value = int(value)
    return value if type(value) is int and 0 <= value <= LARGEST_COUNT else None


def read_usage(found: Any, *, completion_known: bool = True) -> Usage | None:
    """The server's count; what it does not say is None."""
    if not isinstance(found, Mapping):
        return None
    prompt, completion = (
        detail if isinstance(detail := found.get(name), Mapping) else {}
        for name in ("prompt_tokens_details", "completion_tokens_details")
    )
    cached = read_count(prompt.get("cached_tokens"))
    if cached is None:
        cached = read_count(found.get("prompt_cache_hit_tokens"))
    usage = Usage(
        prompt_tokens=read_count(found.get("prompt_tokens")),
        completion_tokens=read_count(found.get("completion_tokens")) if completion_known else None,
        cached_tokens=cached,
        reasoning_tokens=read_count(completion.get("reasoning_tokens")),
    )
    return None if usage == Usage() else usage
