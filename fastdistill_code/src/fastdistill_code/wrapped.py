"""Programs that come wrapped in JSON: `{"code": "..."}`, a JSON string, a notebook."""

import json
from typing import Any

KEYS = ("code", "solution", "program", "python", "answer", "source", "content", "completion", "response")
"""Names under which a program is given, likely ones first."""


def unwrapped(text: str) -> str | None:
    """The program's text in a reply (or block) that is JSON as a whole; None when it is nothing of the
    kind.
    """
    stripped = text.strip()
    if stripped[:1] not in ("{", '"', "["):
        return None
    try:
        value = json.loads(stripped, strict=False)
    except (ValueError, RecursionError):
        return None
    return _program(value)


def _program(value: Any, depth: int = 3) -> str | None:
    match value:
        case str():
            return value if "\n" in value or "def " in value or "(" in value else None
        case {"cells": [*cells]}:
            return "\n\n".join(_text(cell["source"]) for cell in cells if _is_code(cell)) or None
        case dict():
            found = (value[key] for key in KEYS if key in value)
            return next((_text(part) if _is_text(part) else _deeper(part, depth) for part in found), None)
    return None


def _deeper(value: Any, depth: int) -> str | None:
    return _program(value, depth - 1) if depth and isinstance(value, dict) else None


def _is_code(cell: Any) -> bool:
    return isinstance(cell, dict) and cell.get("cell_type") == "code" and _is_text(cell.get("source"))


def _is_text(part: Any) -> bool:
    return isinstance(part, str) or (isinstance(part, list) and all(isinstance(line, str) for line in part))


def _text(part: Any) -> str:
    """Lines of a notebook's cell end in line ends of their own; those of a list of lines need not."""
    if isinstance(part, str):
        return part
    return "".join(part) if any(line.endswith("\n") for line in part) else "\n".join(part)
