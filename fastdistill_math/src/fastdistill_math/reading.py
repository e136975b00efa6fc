"""The answer in a reply, and by which rule: a box, `####`, a phrase, the last formula or number.

Textual and linear in the reply; the gold is never looked at. Only the last 40,000 characters are read.
"""

import re
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from fastdistill_math import phrases, prose
from fastdistill_math.boxes import Box, boxes, content, last_group
from fastdistill_math.clean import squeeze
from fastdistill_math.fast import plain
from fastdistill_math.prose import Span

WINDOW = 40_000
_HASHES = re.compile(r"####[ \t]*([^\n]+)")
_LEADING_LETTER = re.compile(
    r"\s*\**(?:\(?[A-J]\)?\**\s*[.):：。、](?:\s|\Z)|(?:\\text(?:bf|rm)?\{\s*)?\([A-J]\))"
)
_MEANING = re.compile(r"\d|\\[a-zA-Z]|\$")
_SHORT = 8


@frozen(kw_only=True)
class Found:
    """What a reply says: an answer and its rule, or None and a slug."""

    answer: str | None
    rule: str = ""
    reason: str | None = None
    detail: str = ""
    evidence: Mapping[str, Any] = field(factory=dict)


def cut(text: str) -> str | None:
    """`text` without hidden reasoning, drawings and chat marks; None if the reasoning never ends."""
    ends = list(phrases.THOUGHT_END.finditer(text))
    body = text[ends[-1].end() :] if ends else text
    if not ends and phrases.THOUGHT_START.search(body):
        return None
    body = body[-WINDOW:]
    while (mark := phrases.CHAT_MARK.search(body)) is not None:
        if not body[: mark.start()].strip():
            body = body[mark.end() :]
            continue
        body = body[: mark.start()]
    return phrases.DRAWING.sub(" ", body) if "[asy]" in body else body


def read(text: str, *, truncated: bool = False) -> Found:
    """What `text` answers. `truncated` says that the server cut it: then only an explicit mark counts."""
    body = cut(text)
    if body is None:
        return Found(answer=None, reason="truncated", detail="the reasoning never ends")
    if not body.strip():
        return Found(answer=None, reason="empty")
    marked = _marked(body)
    if marked is not None:
        return marked
    if truncated:
        return Found(answer=None, reason="truncated", detail="the reply was cut before it named an answer")
    return _unmarked(body)


def _marked(body: str) -> Found | None:
    boxed, hashes = boxes(body), list(_HASHES.finditer(body))
    phrase = _phrase(body, after=boxed[-1].end if boxed else 0)
    if hashes and (not boxed or hashes[-1].start() > boxed[-1].end):
        return Found(answer=hashes[-1][1].strip(), rule="hashes")
    if boxed and phrase is None:
        return _boxed(body, boxed)
    return phrase


def _phrase(body: str, after: int) -> Found | None:
    for match in reversed(list(phrases.PHRASE.finditer(body, after))[-8:]):
        answer = _first_value(body[match.end() : match.end() + 4000], math_only=after > 0)
        if answer:
            return Found(answer=answer, rule="phrase", evidence={"phrase": match[0].strip()[:60]})
    return None


def _boxed(body: str, found: list[Box]) -> Found:
    group = last_group(body, found)
    said = content(group)
    others = [box for box in found if box.start < group[0].start and not _same(box.content, said, group)]
    if others and not phrases.PHRASE.search(body[max(0, group[0].start - 120) : group[0].start]):
        shown = [box.content[:80] for box in (*others[-3:], group[-1])]
        return Found(
            answer=None,
            reason="hedge",
            detail="the reply boxes different answers",
            evidence={"boxes": shown},
        )
    if not said.strip():
        return Found(answer=None, reason="empty", detail="the last box is empty")
    answer = prose.with_unit(re.sub(r"\$", " ", body), Span(said, group[0].start, group[-1].end))
    return Found(answer=answer, rule="boxed", evidence={"boxes": len(found)})


def _same(one: str, said: str, group: list[Box]) -> bool:
    values = [said, *(box.content for box in group)]
    number = plain(one)
    return any(squeeze(one) == squeeze(v) or (number is not None and number == plain(v)) for v in values)


def _sentence(text: str) -> str:
    for match in phrases.SENTENCE_END.finditer(text):
        if text[: match.start()].count("$") % 2 == 0 and text[: match.start()].strip(" \n*:$"):
            return text[: match.start()]
    return text


def _first_value(text: str, *, math_only: bool) -> str | None:
    """What a phrase introduces: its first formula, the sentence if it is short, or its first number."""
    text = text.lstrip(" \n*:")
    leading = prose.formulas(text[:3500])
    if leading and not text[: leading[0].start].strip(" \n*:"):
        span = prose.joined(text, leading, 0, 1)
        return prose.with_unit(text, span)
    sentence = _sentence(text).strip(" *\n")
    if not sentence or (math_only and not _MEANING.search(sentence)):
        return None
    if _LEADING_LETTER.match(text):
        return text.partition("\n")[0].strip()[:300]
    if prose.is_math(sentence):
        return sentence
    inside = prose.formulas(sentence)
    if inside:
        return prose.with_unit(sentence, prose.joined(sentence, inside, 0, 1))
    run = next(prose.runs(sentence), None)
    if run is not None:
        return prose.with_unit(sentence, run)
    return sentence if len(sentence.split()) <= _SHORT else None


def _unmarked(body: str) -> Found:
    whole = body.strip()
    if "\n" not in whole and len(whole) < 300 and _LEADING_LETTER.match(whole):
        return Found(answer=whole, rule="letter")
    if prose.is_math(whole):
        return Found(answer=whole, rule="whole")
    for sentence in _sentences(whole):
        span = _last_value(sentence)
        if span is not None:
            return Found(answer=span, rule="last-value")
    last = whole.splitlines()[-1].strip()
    if len(last.split()) <= _SHORT:
        return Found(answer=last, rule="last-line")
    return Found(answer=None, reason="no-answer", detail="no box, no phrase, no formula and no number")


def _sentences(text: str) -> list[str]:
    """The sentences from the last; a formula is never cut."""
    text = text[-8000:]
    inside = [(span.start, span.end) for span in prose.formulas(text)]
    cuts = [0]
    at = 0
    for match in phrases.SENTENCE_END.finditer(text):
        while at < len(inside) and inside[at][1] <= match.start():
            at += 1
        if at == len(inside) or not inside[at][0] < match.start() < inside[at][1]:
            cuts.append(match.end())
    pieces = [text[a:b] for a, b in zip(cuts, [*cuts[1:], len(text)], strict=True)]
    return [piece for piece in reversed(pieces) if piece.strip()][:40]


def _last_value(sentence: str) -> str | None:
    found = prose.formulas(sentence)
    tail = sentence[found[-1].end :] if found else sentence
    run = None
    for each in prose.runs(tail):
        run = each
    if run is not None:
        return prose.with_unit(tail, run)
    if not found:
        return None
    return prose.with_unit(sentence, prose.joined(sentence, found, len(found) - 1, -1))
