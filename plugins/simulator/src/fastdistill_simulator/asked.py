"""One chat request as the simulator sees it, whatever the dialect, and numbers drawn for it that repeat."""

import random
import zlib
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from attrs import frozen


@frozen(kw_only=True, slots=False)
class Asked:
    """A chat request. `ordinal` counts how often this very prompt was asked, from 1."""

    body: Mapping[str, Any]
    """The request's JSON as it came."""
    dialect: str
    """`openai` or `ollama`."""
    ordinal: int
    number: int
    """Chat requests so far, this one included."""

    @property
    def model(self) -> str:
        """The model that is asked for."""
        return str(self.body.get("model", ""))

    @cached_property
    def n(self) -> int:
        """How many choices are wanted."""
        n = self.body.get("n")
        return n if isinstance(n, int) and n > 0 else 1

    @cached_property
    def prompt(self) -> str:
        """The last message's text: what `Counters.by_prompt` and answer tables are keyed by."""
        return last_text(self.body)

    @cached_property
    def text(self) -> str:
        """All messages, joined by line feeds."""
        return "\n".join(_content(message) for message in self.body.get("messages") or ())


def _content(message: Any) -> str:
    content = message.get("content") if isinstance(message, dict) else None
    return content if isinstance(content, str) else ""


def last_text(body: Mapping[str, Any]) -> str:
    """The text of the last message of a request's body, or nothing."""
    messages = body.get("messages")
    return _content(messages[-1]) if isinstance(messages, list) and messages else ""


def dice(seed: int, *key: object) -> random.Random:
    """Random numbers that depend on `seed` and `key` alone, in every process."""
    return random.Random(zlib.crc32("\x1f".join(map(str, (seed, *key))).encode()))  # noqa: S311
