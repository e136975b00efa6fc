"""A decoded body as a `Completion`: choices, reasoning in its own place, usage. Trusts nothing in it."""

from collections.abc import Mapping
from typing import Any

from fastdistill import BadReply, Call, Choice, Completion, Usage
from fastdistill.http import Answer, Line, rate_hint, said, split_thinking


def _text_of(blocks: list[Any], kinds: set[str], name: str) -> str:
    """The text of a content list's blocks of some kinds; Anthropic's and Mistral's forms."""
    parts = []
    for block in blocks:
        if isinstance(block, Mapping) and block.get("type") in kinds:
            value = block.get(name)
            if isinstance(value, list):
                value = _text_of(value, {"text"}, "text")
            if isinstance(value, str):
                parts.append(value)
    return "".join(parts)


def _details(message: Mapping[str, Any]) -> str:
    """OpenRouter's reasoning_details, where the plain field is missing."""
    blocks = message.get("reasoning_details")
    if not isinstance(blocks, list):
        return ""
    kinds = (({"reasoning.text"}, "text"), ({"reasoning.summary"}, "summary"))
    return "".join(_text_of(blocks, *kind) for kind in kinds)


def read_message(message: Mapping[str, Any]) -> tuple[str, str | None]:
    """Text and reasoning of a message, whichever way the server tells them apart."""
    content: Any = message.get("content")
    thought: str = ""
    if isinstance(content, list):
        thought = _text_of(content, {"thinking"}, "thinking")
        content = _text_of(content, {"text", "output_text"}, "text")
    text = content if isinstance(content, str) else ""
    fields = (message.get(name) for name in ("reasoning_content", "reasoning", "thinking"))
    told = next((field for field in fields if isinstance(field, str) and field), "")
    reasoning = next(filter(None, (told, thought, _details(message))), None)
    return (text, reasoning) if reasoning else split_thinking(text)


def _choice(found: Any, answer: Answer, line: Line) -> Choice:
    if not isinstance(found, Mapping):
        raise BadReply(f"{line.where} sent a choice that is {found!r:.40}", status=answer.status)
    finish, message = found.get("finish_reason"), found.get("message")
    if finish == "error" or found.get("error"):
        broken = said(found)
        status = broken.status if broken else None
        raise line.failed(status or 502, broken, answer.headers)
    if not isinstance(message, Mapping):
        raise BadReply(f"{line.where} sent a choice without a message", status=answer.status)
    text, reasoning = read_message(message)
    refusal = message.get("refusal")
    if not text and isinstance(refusal, str) and refusal:
        text, finish = refusal, "refusal"
    return Choice(text=text, reasoning=reasoning, finish=finish if isinstance(finish, str) else None)


def _count(value: Any) -> int | None:
    return value if type(value) is int and value >= 0 else None


def read_usage(found: Any, *, completion_known: bool = True) -> Usage | None:
    """The server's count; what it does not say is None."""
    if not isinstance(found, Mapping):
        return None
    prompt, completion = (
        detail if isinstance(detail := found.get(name), Mapping) else {}
        for name in ("prompt_tokens_details", "completion_tokens_details")
    )
    cached = _count(prompt.get("cached_tokens"))
    if cached is None:
        cached = _count(found.get("prompt_cache_hit_tokens"))
    usage = Usage(
        prompt_tokens=_count(found.get("prompt_tokens")),
        completion_tokens=_count(found.get("completion_tokens")) if completion_known else None,
        cached_tokens=cached,
        reasoning_tokens=_count(completion.get("reasoning_tokens")),
    )
    return None if usage == Usage() else usage


def read_reply(
    body: Any, answer: Answer, call: Call, line: Line, *, model: str, usage_of_one: bool = False
) -> Completion:
    """The completion. Raises BadReply for a body without choices."""
    choices = body.get("choices") if isinstance(body, Mapping) else None
    if not isinstance(choices, list) or not choices:
        raise BadReply(f"{line.where} sent an answer without choices", status=answer.status)
    replied = body.get("model")
    return Completion(
        choices=tuple(_choice(found, answer, line) for found in choices[: call.sampling.n]),
        model=replied if isinstance(replied, str) and replied else model,
        usage=read_usage(body.get("usage"), completion_known=len(choices) == 1 or not usage_of_one),
        latency=answer.latency,
        rate_hint=rate_hint(answer.headers),
    )
