"""One generation under way: its request, the pieces that come of it, and how it is stopped."""

import threading
from collections.abc import Mapping
from typing import Any

from attrs import define, field

from fastdistill import BadReply, BadRequest, Call, Choice, Completion, ContextTooLong, Usage
from fastdistill_llamacpp.options import LlamaCpp


def request(call: Call, options: LlamaCpp) -> dict[str, Any]:
    """The body of a streamed chat request: only a stream can be stopped."""
    sampling, constraint = call.sampling, call.prompt.constraint
    body: dict[str, Any] = {
        "messages": [{"role": m.role, "content": m.content} for m in call.prompt.messages],
        "max_tokens": sampling.max_tokens or options.max_tokens,
        "temperature": 0.0 if sampling.temperature is None else sampling.temperature,
        "cache_prompt": True,
        **sampling.extra,
        "stream": True,
        "stream_options": {"include_usage": True},
        "return_progress": True,  # a chunk for each step of the prompt: it can be stopped there too
    }
    for name in ("top_p", "seed"):
        value = getattr(sampling, name)
        if value is not None:
            body[name] = value
    if sampling.n > 1:
        body["n"] = sampling.n
    if sampling.stop:
        body["stop"] = list(sampling.stop)
    if constraint is not None and constraint.kind == "gbnf":
        body["grammar"] = constraint.value
    elif constraint is not None:
        body["response_format"] = {"type": "json_schema", "json_schema": {"schema": constraint.value}}
    return body


@define
class _Part:
    """What has come of one choice."""

    text: list[str] = field(factory=list)
    reasoning: list[str] = field(factory=list)
    finish: str | None = None


@define(eq=False)
class Generation:
    """Gathers the chunks of one request, called by llama.cpp from the thread that generates."""

    stop: threading.Event = field(factory=threading.Event)
    """Set it, and no further token is made."""
    _parts: dict[int, _Part] = field(factory=dict, init=False)
    _usages: list[Mapping[str, Any]] = field(factory=list, init=False)
    _error: Any = field(default=None, init=False)

    def __call__(self, chunk: Any) -> bool:
        """Take a chunk in; True stops the generation. Raises nothing: llama.cpp could not pass it on."""
        if not isinstance(chunk, Mapping):
            self._error = self._error or f"a chunk {chunk!r:.100}"
            return True
        if "error" in chunk:
            self._error = chunk["error"]
        for one in chunk.get("choices") or ():
            part, delta = self._parts.setdefault(one.get("index", 0), _Part()), one.get("delta") or {}
            part.text.append(delta.get("content") or "")
            part.reasoning.append(delta.get("reasoning_content") or "")
            part.finish = one.get("finish_reason") or part.finish
        if isinstance(chunk.get("usage"), Mapping):
            self._usages.append(chunk["usage"])
        return self.stop.is_set()

    def completion(self, model: str, latency: float) -> Completion:
        """All of it. Raises `ContextTooLong`, `BadRequest`, or `BadReply` where nothing came."""
        if self._error is not None:
            error = self._error
            message = str(error.get("message", error) if isinstance(error, Mapping) else error)[:300]
            kind = error.get("type") if isinstance(error, Mapping) else None
            too_long = kind == "exceed_context_size_error"
            raise (ContextTooLong if too_long else BadRequest)(f"the embedded model refuses: {message}")
        if not self._parts:
            raise BadReply("the embedded model gave no choice")
        choices = tuple(
            Choice(text="".join(part.text), reasoning="".join(part.reasoning) or None, finish=part.finish)
            for _, part in sorted(self._parts.items())
        )
        return Completion(choices=choices, model=model, usage=self._usage(), latency=latency)

    def _usage(self) -> Usage | None:
        """Every choice counts its own tokens, and the prompt that they share."""
        if len(self._usages) != len(self._parts):
            return None
        first = self._usages[0]
        return Usage(
            prompt_tokens=first.get("prompt_tokens"),
            completion_tokens=sum(one.get("completion_tokens") or 0 for one in self._usages),
            cached_tokens=(first.get("prompt_tokens_details") or {}).get("cached_tokens"),
        )
