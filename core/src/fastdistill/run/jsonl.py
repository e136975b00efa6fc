"""JSON as the ledger and the exports hold it: compact, one line to every reader, and valid UTF-8."""

import json
from typing import Any

from fastdistill.model.task import compact_json

# Line ends to some readers, though not to JSON Lines: they are escaped, so that a row is a line to all.
_LINE_ENDS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def dumps(value: Any) -> str:
    """Write compact JSON on one line. Lone surrogates, which SQLite cannot hold, become `?`."""
    text = compact_json(value)
    if text.isascii():
        return text
    return clean(text.translate(_LINE_ENDS))


def loads(text: str) -> Any:
    """Read a JSON column's value."""
    return json.loads(text)


def clean(text: str) -> str:
    """Return `text` as SQLite can hold it: lone surrogates become `?`."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text
