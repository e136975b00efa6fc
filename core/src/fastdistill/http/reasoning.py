"""Reasoning that a server left in the text: `<think>...</think>` before the answer."""

import re

_OPEN = re.compile(r"\s*<(think|thinking|thought)>", re.IGNORECASE)
_CLOSE = re.compile(r"</(think|thinking|thought)>", re.IGNORECASE)


def split_thinking(text: str) -> tuple[str, str | None]:
    """The text without its leading reasoning, and the reasoning (None where there is none).

    A template may have opened the tag in the prompt, so a closing tag alone counts too, and an opened
    one that never closes (the answer was cut) is reasoning to the end. Tags further on are text.
    """
    opened = _OPEN.match(text)
    start = opened.end() if opened else 0
    closed = _CLOSE.search(text, start)
    if closed is None:
        return ("", text[start:].strip()) if opened else (text, None)
    if opened is None and "<think" in text[: closed.start()].lower():
        return text, None
    return text[closed.end() :].lstrip(), text[start : closed.start()].strip()
