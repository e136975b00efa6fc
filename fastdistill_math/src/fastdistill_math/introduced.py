"""What a phrase or a sentence says: the value that it introduces, or why that is no answer."""

import re
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from fastdistill_math import phrases, prose

_MEANING = re.compile(r"\d|\\[a-zA-Z]|\$")
LEADING_LETTER = re.compile(
    r"\s*\**(?:\(?[A-J]\)?\**\s*[.):。、](?:\s|\Z)|(?:\\text(?:bf|rm)?\{\s*)?\([A-J]\))"
)
SHORT = 8
"""Words of a sentence that may be an answer as a whole."""


@frozen(kw_only=True)
class Found:
    """What a reply says: an answer and its rule, or None and a slug."""

    answer: str | None
    rule: str = ""
    reason: str | None = None
    detail: str = ""
    evidence: Mapping[str, Any] = field(factory=dict)


def introduced(text: str, *, math_only: bool) -> Found | None:
    """What a phrase introduces, or why it is no answer: a negation, a choice between several."""
    answer = _first_value(text, math_only=math_only)
    if answer is None:
        return None
    sentence = _sentence(text.lstrip(" \n*:")).strip(" *\n")
    at = sentence.find(answer)
    before, behind = (sentence[:at], sentence[at + len(answer) :]) if at >= 0 else ("", "")
    if phrases.NEGATION.search(before) and not phrases.COMPARISON.search(before):
        return Found(
            answer=None, rule="phrase", reason="no-answer", detail="the reply says what the answer is not"
        )
    if phrases.HEDGE.search(before) or (phrases.HEDGE.search(behind) and re.search(r"\d", behind)):
        return Found(answer=None, rule="phrase", reason="hedge", detail="the reply names several answers")
    return Found(answer=answer, rule="phrase")


def _first_value(text: str, *, math_only: bool) -> str | None:
    """What a phrase introduces: its first formula, the sentence if it is short, or its first number."""
    text = text.lstrip(" \n*:")
    leading = prose.formulas(text[:3500])
    if leading and not text[: leading[0].start].strip(" \n*:"):
        span = prose.joined(text, leading, 0, 1)
        rest = _sentence(text[span.end :])
        if (copula := re.match(r"\s*(?:is|are|equals)\s+(?=\S)", rest)) and (
            value := valued(rest[copula.end() :])
        ):
            return value
        return prose.with_unit(text, span)
    sentence = _sentence(text).strip(" *\n")
    if not sentence or (math_only and not _MEANING.search(sentence)):
        return None
    if LEADING_LETTER.match(text):
        return text.partition("\n")[0].strip()[:300]
    if prose.is_math(sentence):
        return sentence
    for copula in reversed(list(phrases.COPULA_WORD.finditer(sentence))):
        if value := valued(sentence[copula.end() :]):
            return value
    inside = prose.formulas(sentence)
    if inside:
        return prose.with_unit(sentence, prose.joined(sentence, inside, 0, 1))
    run = next(prose.runs(sentence), None)
    if run is not None and not phrases.COMPARISON.search(sentence):
        return prose.with_unit(sentence, run)
    following = text[len(sentence) :].strip(" *\n")
    if run is None and following and len(sentence.split()) > 3 and not _MEANING.search(sentence):
        return last_value(following.partition("\n")[0])
    return sentence if len(sentence.split()) <= SHORT or run is not None else None


def valued(text: str) -> str | None:
    """All of a short text, or the formula in it, where that is mathematics; else None."""
    text = text.strip(" \n*.,;。")
    if text and len(text) < 160 and re.search(r"[\d\\$]|[A-Za-z]", text) and prose.is_math(text):
        return text if not re.fullmatch(r"[A-Za-z]", text) else None
    found = prose.formulas(text)
    if found and not text[: found[0].start].strip():
        return prose.with_unit(text, prose.joined(text, found, 0, 1))
    return None


def _sentence(text: str) -> str:
    for match in phrases.SENTENCE_END.finditer(text):
        if text[: match.start()].count("$") % 2 == 0 and text[: match.start()].strip(" \n*:$"):
            return text[: match.start()]
    return text


def last_value(sentence: str) -> str | None:
    """The last formula or number of a sentence, with its unit; None where there is none."""
    found = prose.formulas(sentence)
    tail = sentence[found[-1].end :] if found else sentence
    if not found:
        for copula in reversed(list(phrases.COPULA_WORD.finditer(sentence))):
            if value := valued(sentence[copula.end() :]):
                return value
    run = None
    for each in prose.runs(tail):
        run = each
    if run is not None and found and re.search(r"\b(?:approximately|about|roughly)\b|≈", tail):
        return f"{found[-1].text} \\approx {run.text}"
    if run is not None:
        return prose.with_unit(tail, run)
    if not found:
        return None
    return prose.with_unit(sentence, prose.joined(sentence, found, len(found) - 1, -1))
