"""A call as the body of a chat-completions request."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from fastdistill import Call, Sampling
from fastdistill_openai.presets import Preset, constraint_fields


def _dump(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


@lru_cache(maxsize=512)
def _opening(role: str, content: str) -> str:
    """A message that many calls begin with, serialised once."""
    return _dump({"role": role, "content": content})


class Bodies:
    """Makes request bodies for one model of one endpoint; what never changes is serialised once."""

    def __init__(self, model: str, preset: Preset, extra: Mapping[str, Any]) -> None:
        self._model, self._preset, self._extra = model, preset, dict(extra)
        self._head = f'{{"model":{_dump(model)},"messages":['

    def fields(self, call: Call) -> dict[str, Any]:
        """Everything but model and messages."""
        preset, constraint = self._preset, call.prompt.constraint
        found = _sampling(call.sampling, preset)
        if constraint is not None:
            found |= constraint_fields(preset.constraint, constraint.kind, constraint.value)
        return {**found, **call.sampling.extra, **self._extra}

    def body(self, call: Call) -> bytes:
        """The whole body, compact and ASCII."""
        *first, last = call.prompt.messages
        messages = [_opening(message.role, message.content) for message in first]
        messages.append(_dump({"role": last.role, "content": last.content}))
        fields = _dump(self.fields(call))[1:]
        comma = "," if fields != "}" else ""
        return f"{self._head}{','.join(messages)}]{comma}{fields}".encode("ascii")

    def plain(self, call: Call) -> dict[str, Any]:
        """The body as data, for a line of a batch file."""
        found: dict[str, Any] = json.loads(self.body(call))
        return found


def _sampling(sampling: Sampling, preset: Preset) -> dict[str, Any]:
    named = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        preset.max_tokens: sampling.max_tokens,
        "n": sampling.n if sampling.n > 1 and preset.many else None,
        "stop": list(sampling.stop) or None,
    }
    if preset.seed is not None:
        named[preset.seed] = sampling.seed
    return {name: value for name, value in named.items() if value is not None}
