"""Reading the query out of a reply: fences, JSON, tags, prose and thinking taken off, literals left alone.

One pass from left to right. At each mark the construct that begins there is recognised as a whole, by
SQL's own rules for literals, so that a mark inside a literal is never seen. What stands in thinking
is forgotten at its end. The last complete block of the best kind is the answer.
"""

import re
from collections.abc import Callable

from attrs import frozen

from fastdistill import Reading
from fastdistill_sql.blocks import find_blocks
from fastdistill_sql.grammar import stop
from fastdistill_sql.lexer import statements
from fastdistill_sql.renditions import renditions
from fastdistill_sql.scan import Block, Grammar

_REFUSAL = re.compile(
    r"\b(?:i(?:'m| am) (?:sorry|unable|not able|afraid)|i (?:can(?:no|')t|cannot|can not|will not|won't)\b"
    r"|as an ai\b|(?:it is|it's) (?:not possible|impossible) to|unable to (?:answer|write|provide|generate)"
    r"|(?:cannot|can't|can not) be (?:answered|determined|written)|(?:sorry|apologi[sz]e)\b)",
    re.IGNORECASE,
)
_RANK = {"fence": 0, "json": 1, "tag": 2, "code": 3, "bare": 4, "inline": 5}
_CURLY = str.maketrans({"\u2019": "'", "\u2018": "'"})
Prepares = Callable[[str], bool]
"""Whether the task's database can prepare a query."""
_UNSEEN = "\ufeff\u200b\u200c\u200d\u2060"
"""Characters without width, as files and pages begin with."""
_ASKED = 20
"""How many statements the database is asked about, the last ones."""


@frozen
class _Refused:
    reason: str
    detail: str


def read_reply(
    text: str, finish: str | None, prepares: Prepares | None = None, grammar: Grammar = stop
) -> Reading:
    """The one query in `text`, or None and the reason; never raises.

    A reply whose characters something on the way has escaped or typeset is read as it was before, but only
    where the database (or else the grammar) takes that query and not the one that is written.
    Reasons: `empty`, `refusal`, `truncated`, `no-sql`, `several-statements`.
    """
    best = _read(text, finish, prepares, grammar)
    sure = _worth(best, prepares, grammar)
    for other in renditions(text) if sure < 3 else ():
        found = _read(other, finish, prepares, grammar)
        worth = _worth(found, prepares, grammar)
        if worth > sure:
            best, sure = found, worth
    return best


def _worth(reading: Reading, prepares: Prepares | None, grammar: Grammar) -> int:
    """0 no answer, 1 not in the grammar, 2 in the grammar, 3 the database can prepare it."""
    if reading.answer is None:
        return 0
    if grammar(reading.answer) is not None:
        return 1
    return 3 if prepares is None or prepares(reading.answer) else 2


def _read(text: str, finish: str | None, prepares: Prepares | None, grammar: Grammar) -> Reading:
    cut = finish == "length"
    if not text.strip():
        return _none("truncated" if cut else "empty", "the reply is empty")
    blocks = find_blocks(text, grammar)
    chosen = _choose(blocks, cut=cut, prepares=prepares)
    if isinstance(chosen, _Refused):
        return _none(chosen.reason, chosen.detail)
    if chosen is None and not cut and grammar(text.strip().rstrip("; \n")) is None:
        chosen = Block("whole", text.strip(), len(text))
    if chosen is None:
        return _nothing(text, finish)
    found = statements(chosen.content.strip(_UNSEEN))
    if len(found) > 1:
        return _none("several-statements", f"{len(found)} statements, one is asked for")
    if not found:
        return _none("empty", f"the {chosen.kind} block holds no statement")
    return Reading(answer=found[0], rule=chosen.rule)


def _choose(blocks: list[Block], *, cut: bool, prepares: Prepares | None) -> Block | _Refused | None:
    """The last of the best kind; in a reply that was cut, only a block that is complete.

    Of statements without a dress the last one that the database can prepare: a sentence may look like one.
    """
    whole = [b for b in blocks if b.complete or not cut]
    if not whole:
        return _Refused("truncated", "the reply was cut before its query ended") if blocks else None
    closed = [b for b in whole if b.complete or b.kind == "bare"] or whole
    best = min(_RANK[b.kind] for b in closed)
    of_best = [b for b in closed if _RANK[b.kind] == best]
    if prepares is not None and best >= _RANK["bare"] and len(of_best) > 1:
        ready = (b for b in reversed(of_best[-_ASKED:]) if prepares(b.content.rstrip("; \n")))
        return next(ready, of_best[-1])
    return of_best[-1]


def _nothing(text: str, finish: str | None) -> Reading:
    if finish == "content_filter" or _REFUSAL.search(text.translate(_CURLY)):
        return _none("refusal", "the teacher declines to answer")
    if finish == "length":
        return _none("truncated", "the reply was cut before a query began")
    return _none("no-sql", "the reply holds no query")


def _none(reason: str, detail: str) -> Reading:
    return Reading(answer=None, reason=reason, detail=detail)
