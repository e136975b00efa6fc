"""The bodies of both dialects: whole answers, faulty ones, and errors."""

import json
import time
from typing import Any

from attrs import frozen

from fastdistill_simulator.asked import Asked


@frozen(kw_only=True)
class Reply:
    """What the teacher says, before it is put in a dialect."""

    texts: tuple[str | None, ...]
    reasoning: str | None
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    seconds: float
    """How long the answer took."""


def dump(value: Any) -> bytes:
    """Compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def whole(asked: Asked, reply: Reply) -> dict[str, Any]:
    """A good answer."""
    return _ollama(asked, reply) if asked.dialect == "ollama" else _openai(asked, reply)


def _openai(asked: Asked, reply: Reply) -> dict[str, Any]:
    choices = []
    for index, text in enumerate(reply.texts):
        message: dict[str, Any] = {"role": "assistant", "content": text}
        if reply.reasoning is not None:
            message["reasoning_content"] = reply.reasoning
        choices.append({"index": index, "message": message, "finish_reason": "stop"})
    return {
        "id": f"chatcmpl-{asked.number}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": asked.model,
        "choices": choices,
        "usage": {
            "prompt_tokens": reply.prompt_tokens,
            "completion_tokens": reply.completion_tokens,
            "total_tokens": reply.prompt_tokens + reply.completion_tokens,
            "prompt_tokens_details": {"cached_tokens": reply.cached_tokens},
        },
    }


def _ollama(asked: Asked, reply: Reply) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": reply.texts[0]}
    if reply.reasoning is not None:
        message["thinking"] = reply.reasoning
    return {
        "model": asked.model,
        "created_at": "2026-01-01T00:00:00Z",
        "message": message,
        "done": True,
        "done_reason": "stop",
        "total_duration": int(reply.seconds * 1e9),
        "load_duration": 0,
        "prompt_eval_count": reply.prompt_tokens,
        "prompt_eval_duration": 0,
        "eval_count": reply.completion_tokens,
        "eval_duration": int(reply.seconds * 1e9),
    }


def without_choices(asked: Asked, reply: Reply, *, field_too: bool) -> dict[str, Any]:
    """An answer with nothing in it; `field_too`: not even the field."""
    body = whole(asked, reply)
    name = "message" if asked.dialect == "ollama" else "choices"
    if field_too or asked.dialect == "ollama":
        del body[name]
    else:
        body[name] = []
    return body


_ERRORS: dict[str, tuple[int, str, str]] = {
    "429": (429, "Rate limit reached", "rate_limit_exceeded"),
    "429-bare": (429, "Too many requests", "rate_limit_exceeded"),
    "429-date": (429, "Too many requests", "rate_limit_exceeded"),
    "quota": (429, "You exceeded your current quota", "insufficient_quota"),
    "503": (503, "The server is overloaded", "overloaded"),
    "500": (500, "Internal error", "internal_error"),
    "400": (400, "Unsupported value for 'temperature'", "unsupported_value"),
    "context": (400, "This model's maximum context length is 8192 tokens", "context_length_exceeded"),
    "filter": (400, "The prompt was flagged by the content filter", "content_filter"),
    "401": (401, "Incorrect API key provided", "invalid_api_key"),
    "403": (403, "This key may not use this model", "permission_denied"),
    "404": (404, "The model does not exist", "model_not_found"),
}


def error(dialect: str, fault: str, message: str | None = None) -> tuple[int, bytes]:
    """The status and body of an error."""
    status, text, code = _ERRORS[fault]
    text = message or text
    if dialect == "ollama":
        return status, dump({"error": text})
    kind = "invalid_request_error" if status == 400 else "server_error"
    return status, dump({"error": {"message": text, "type": kind, "param": None, "code": code}})
