"""JSON objects that name a query."""

import json
import re

from fastdistill_sql.scan import Block, Scan
from fastdistill_sql.shapes import looks_like_sql

_KEYS = ("sql", "sql_query", "sqlquery", "query", "final_sql", "answer")
_BRACKET, _DEEPEST = re.compile(r"[\[{\]}]"), 32


def _too_deep(text: str, at: int) -> bool:
    """Whether brackets open there without end: a decoder would go down at every one of them."""
    depth = 0
    for bracket in _BRACKET.finditer(text, at, at + 2000):
        depth += 1 if bracket[0] in "{[" else -1
        if depth > _DEEPEST:
            return True
    return False


def decode(text: str, at: int = 0) -> tuple[str, int] | None:
    """The query of the object at `at` and where the object ends; None if there is none."""
    if _too_deep(text, at):
        return None
    try:
        value, end = json.JSONDecoder(strict=False).raw_decode(text, at)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    lower = {str(key).lower(): item for key, item in value.items()}
    for key in _KEYS:
        item = lower.get(key)
        if isinstance(item, str) and (key != "answer" or looks_like_sql(item)):
            return item.strip(), end
    return None


def json_object(scan: Scan, mark: re.Match[str]) -> Block | None:
    """The object at `mark`."""
    found = decode(scan.text, mark.start())
    return Block("json", found[0], found[1]) if found else None
