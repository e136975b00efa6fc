"""Reading the query out of a reply: fences, JSON, tags, prose and thinking taken off, literals left alone.

One pass from left to right. At each mark the construct that begins there is recognised as a whole, by
SQL's own rules for literals, so that a mark inside a literal is never seen. What stands in thinking
is forgotten at its end. The last complete block of the best kind is the answer.
"""

import re

from attrs import frozen

from fastdistill import Reading
from fastdistill_sql.blocks import Block, find_blocks
from fastdistill_sql.lexer import statements

_REFUSAL = re.compile(
    r"\b(?:i(?:'m| am) (?:sorry|unable|not able|afraid)|i (?:can(?:no|')t|cannot|can not|will not|won't)\b"
    r"|as an ai\b|(?:it is|it's) (?:not possible|impossible) to|unable to (?:answer|write|provide|generate)"
    r"|(?:cannot|can't|can not) be (?:answered|determined|written)|(?:sorry|apologi[sz]e)\b)",
    re.IGNORECASE,
)
_RANK = {"fence": 0, "json": 1, "tag": 2, "bare": 3, "inline": 4}
_CURLY = str.maketrans({"\u2019": "'", "\u2018": "'"})


@frozen
class _Refused:
    reason: str
    detail: str


def read_reply(text: str, finish: str | None) -> Reading:
    """The one query in `text`, or None and the reason; never raises.

    Reasons: `empty`, `refusal`, `truncated`, `no-sql`, `several-statements`.
    """
    if not text.strip():
        cut = finish == "length"
        return _none("truncated" if cut else "empty", "the reply is empty")
    blocks = find_blocks(text)
    chosen = _choose(blocks, cut=finish == "length")
    if isinstance(chosen, _Refused):
        return _none(chosen.reason, chosen.detail)
    if chosen is None:
        return _nothing(text, finish)
    found = statements(chosen.content)
    if len(found) > 1:
        return _none("several-statements", f"{len(found)} statements, one is asked for")
    if not found:
        return _none("empty", f"the {chosen.kind} block holds no statement")
    return Reading(answer=found[0], rule=chosen.rule)


def _choose(blocks: list[Block], *, cut: bool) -> Block | _Refused | None:
    """The last of the best kind; in a reply that was cut, only a block that is complete."""
    whole = [b for b in blocks if b.complete or not cut]
    if not whole:
        return _Refused("truncated", "the reply was cut before its query ended") if blocks else None
    closed = [b for b in whole if b.complete or b.kind == "bare"] or whole
    best = min(_RANK[b.kind] for b in closed)
    return [b for b in closed if _RANK[b.kind] == best][-1]


def _nothing(text: str, finish: str | None) -> Reading:
    if finish == "content_filter" or _REFUSAL.search(text.translate(_CURLY)):
        return _none("refusal", "the teacher declines to answer")
    if finish == "length":
        return _none("truncated", "the reply was cut before a query began")
    return _none("no-sql", "the reply holds no query")


def _none(reason: str, detail: str) -> Reading:
    return Reading(answer=None, reason=reason, detail=detail)
