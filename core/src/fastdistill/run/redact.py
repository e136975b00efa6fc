"""Keeps secrets out of what is written: by the names of keys, and inside URLs."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

_SECRET = re.compile(
    r"(^|[_-])(api_?key|key|token|secret|password|passwd|authorization|cookie|auth)$", re.IGNORECASE
)
HIDDEN = "(hidden)"


def _url(text: str) -> str:
    if "://" not in text:
        return text
    try:
        parts = urlsplit(text)
    except ValueError:
        return text
    netloc = parts.netloc.rpartition("@")[2]
    secret = parts.username is not None or "key=" in parts.query or "token=" in parts.query
    return urlunsplit((parts.scheme, netloc, parts.path, "", "")) if secret else text


def redact(value: Any, key: str = "") -> Any:
    """`value` with secrets hidden: text under a key that names one, credentials inside URLs."""
    if isinstance(value, Mapping):
        return {name: redact(item, str(name)) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact(item, key) for item in value]
    if isinstance(value, str):
        return HIDDEN if _SECRET.search(key) and value else _url(value)
    return value
