"""The answer in a reply, and by which rule: a box, `####`, a phrase, the last formula or number.

Textual and linear in the reply; the gold is never looked at. Only the last 40,000 characters are read.
"""

import re

from attrs import evolve

from fastdistill_math import phrases, prose
from fastdistill_math.boxes import Box, boxes, content, filled, last_group, parts
from fastdistill_math.clean import squeeze
from fastdistill_math.fast import plain
from fastdistill_math.introduced import LEADING_LETTER, SHORT, Found, introduced, last_value
from fastdistill_math.prose import Span

WINDOW = 40_000
_HASHES = re.compile(r"####[ \t]*([^\n]+)")
_DENIED = re.compile(r"\b(?:is|are|was|be)(?:n't|\s+(?:\w+ly\s+)?not)\s+[-$\\\d(]", re.IGNORECASE)
_QUOTED = re.compile(r"[\s$.,]*(?:in|from|of|by)\s+the\s+(?:question|problem|statement)\b", re.IGNORECASE)
_FINAL = re.compile(r"final\s+(?:\w+\s+)?answer", re.IGNORECASE)


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


def read(text: str, *, truncated: bool = False, problem: str = "", choices: bool = False) -> Found:
    """What `text` answers. `truncated` says that the server cut it: then only an explicit mark counts.

    `problem` is looked at for boxes that a reply only quotes; `choices` says that letters may be meant.
    """
    body = cut(text)
    if body is None:
        return Found(answer=None, reason="truncated", detail="the reasoning never ends")
    if not body.strip():
        return Found(answer=None, reason="empty")
    marked = _marked(body, problem)
    if marked is not None:
        return marked
    if truncated:
        return Found(answer=None, reason="truncated", detail="the reply was cut before it named an answer")
    return _unmarked(body, choices=choices)


def _marked(body: str, problem: str) -> Found | None:
    boxed = boxes(body)
    said = filled(body, boxed, problem)
    if boxed and not said:
        return Found(answer=None, reason="empty", detail="the box is empty")
    if tags := list(phrases.TAG.finditer(body)):
        inner = tags[-1][1]
        return (
            Found(answer=_tagged(inner), rule="tag")
            if inner.strip()
            else Found(answer=None, reason="empty")
        )
    after = said[-1].end if said else 0
    hashes = [match for match in _HASHES.finditer(body, after) if _states(match[1])]
    phrase = _phrase(body, after=after)
    if hashes and (phrase is None or hashes[-1].start() > phrase.evidence["at"]):
        return Found(answer=hashes[-1][1].strip(), rule="hashes")
    if said:
        return _boxed(body, said, phrase)
    return phrase


def _tagged(inner: str) -> str:
    found = boxes(inner)
    return content(last_group(inner, found), inner) if found else inner.strip().strip("$").strip()


def _states(line: str) -> bool:
    """Whether a line behind `####` is an answer and no heading."""
    line = line.strip()
    if re.match(r"\d+[.):]\s+[A-Za-z*]", line) or not re.match(
        r"\**[-+$\\(\[{|.\d√π]|[A-J]\W*$|[A-Za-z]\s*=", line
    ):
        return False
    return prose.is_math(line) or len(line.split()) <= 4


def _phrase(body: str, after: int) -> Found | None:
    if not phrases.may_introduce(body):
        return None
    found = list(phrases.PHRASE.finditer(body, after))[-8:]
    last: Found | None = None
    for match in reversed(found):
        said = introduced(body[match.end() : match.end() + 4000], math_only=after > 0)
        if said is None:
            continue
        if last is None:
            last = evolve(said, evidence={"phrase": match[0].strip()[:60], "at": match.start()})
            if last.answer is None:
                return last
            place = match.start()
            continue
        between = body[match.end() : place]
        if phrases.RETRACTION.search(between):
            break
        if said.answer is not None and last.answer is not None and not _agrees(said.answer, last.answer):
            return evolve(last, answer=None, reason="hedge", detail="the reply names different answers")
    return last


def _agrees(one: str, other: str) -> bool:
    """Whether an earlier answer is no other answer: the same text or number, or too long to be one."""
    if squeeze(one) == squeeze(other) or squeeze(other) in squeeze(one):
        return squeeze(one) == squeeze(other) or not phrases.HEDGE.search(one)
    values = plain(one), plain(other)
    return None in values or values[0] == values[1]


def _boxed(body: str, found: list[Box], phrase: Found | None) -> Found:
    if (all_parts := parts(body, found)) is not None:
        return Found(answer=content(all_parts, body), rule="boxed", evidence={"boxes": len(found)})
    if (
        phrase is not None
        and phrase.answer is not None
        and "final" in str(phrase.evidence["phrase"]).lower()
    ):
        return phrase
    group = last_group(body, found)
    said = content(group, body)
    if _QUOTED.match(body[group[-1].end :]):
        return _unmarked(body[group[-1].end :], choices=False)
    before = [box for box in found if box.start < group[0].start]
    others = [box for box in before if not _same(box.content, said, group)]
    lead = body[max(0, group[0].start - 120) : group[0].start]
    if (
        others
        and not _FINAL.search(lead)
        and not phrases.RETRACTION.search(body[others[-1].end : group[0].start])
    ):
        shown = [box.content[:80] for box in (*others[-3:], group[-1])]
        return Found(
            answer=None,
            reason="hedge",
            detail="the reply boxes different answers",
            evidence={"boxes": shown},
        )
    later = _later(body, group, said, phrase)
    if later is not None:
        return later
    answer = prose.with_unit(re.sub(r"\$", " ", body), Span(said, group[0].start, group[-1].end))
    return Found(answer=answer, rule="boxed", evidence={"boxes": len(found)})


def _later(body: str, group: list[Box], said: str, phrase: Found | None) -> Found | None:
    """What is claimed behind the last box, where it is another value: a correction counts, else it
    is a hedge.
    """
    end = group[-1].end
    if phrase is None or phrase.answer is None:
        match = phrases.LATER.search(body, end)
        value = introduced(body[match.end() : match.end() + 300], math_only=True) if match else None
        if value is None or value.answer is None:
            return None
        phrase = evolve(value, evidence={"phrase": match[0].strip() if match else ""})
    if phrase.answer is None or _same(phrase.answer, said, group):
        return None
    if not _different(said, phrase.answer):
        return None
    if phrases.RETRACTION.search(body[end:]):
        return phrase
    return Found(answer=None, reason="hedge", detail="the reply boxes one answer and names another")


def _different(one: str, other: str) -> bool:
    values = plain(one), plain(other)
    if None not in values:
        return values[0] != values[1]
    return (
        prose.is_math(other) and squeeze(one) not in squeeze(other) and squeeze(other) not in squeeze(one)
    )


def _same(one: str, said: str, group: list[Box]) -> bool:
    values = [said, *(box.content for box in group)]
    number = plain(one)
    return any(squeeze(one) == squeeze(v) or (number is not None and number == plain(v)) for v in values)


def _unmarked(body: str, *, choices: bool) -> Found:
    whole = body.strip()
    if choices and (letters := set(phrases.CHOICE.findall(whole))) and not phrases.NEGATION.search(whole):
        if len(letters) == 1:
            return Found(answer=letters.pop(), rule="letter")
        return Found(answer=None, reason="hedge", detail="the reply names several choices")
    if "\n" not in whole and len(whole) < 300 and LEADING_LETTER.match(whole):
        return Found(answer=whole, rule="letter")
    if prose.is_math(whole):
        return Found(answer=whole, rule="whole")
    for sentence in _sentences(whole):
        if nothing := phrases.NOTHING.search(sentence):
            return Found(answer=nothing[0], rule="last-value")
        span = last_value(sentence)
        if span is not None and _DENIED.search(sentence) and not phrases.COMPARISON.search(sentence):
            return Found(answer=None, reason="no-answer", detail="the reply says what the answer is not")
        if span is not None:
            return Found(answer=span, rule="last-value")
    last = whole.splitlines()[-1].strip()
    if len(last.split()) <= SHORT:
        return Found(answer=last, rule="last-line")
    return Found(answer=None, reason="no-answer", detail="no box, no phrase, no formula and no number")


def _sentences(text: str) -> list[str]:
    """The sentences from the last; a formula is never cut, and an aside in brackets is none."""
    text = text[-8000:]
    while (aside := phrases.ASIDE.search(text)) and text[: aside.start()].rstrip().endswith(
        (".", "!", "?", "。")
    ):
        text = text[: aside.start()]
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
