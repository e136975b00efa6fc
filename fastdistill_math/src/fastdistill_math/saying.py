"""Answers with words in them: words with words, formulas with formulas, times and dates by what they
say.
"""

import re
from collections.abc import Callable

from fastdistill_math.clean import words
from fastdistill_math.clocks import same_time
from fastdistill_math.equal import Answer
from fastdistill_math.tree import Node

WORDY = ("text", "prose", "time", "date")
YES, NO, UNTOLD = Answer(True, "words"), Answer(False, "words"), Answer(None, "words")
_LEADS = frozenset(["yes", "no", "true", "false"])
_FILLERS = frozenset(
    [
        "the",
        "a",
        "an",
        "is",
        "are",
        "equals",
        "value",
        "of",
        "answer",
        "total",
        "number",
        "so",
        "thus",
        "therefore",
        "it",
        "we",
        "have",
        "get",
        "which",
        "be",
        "there",
        "only",
        "final",
        "result",
        "and",
        "its",
        "in",
        "that",
        "this",
        "was",
        "were",
        "exactly",
    ]
)
_SHORT = 3
_WRITTEN = re.compile(r"\d|\\[A-Za-z]|[=<>^]")

Same = Callable[[Node, Node], Answer]


def same_words(gold: Node, answer: Node, same: Same) -> Answer:
    """Compare two answers of which one at least has words; what only might be the same is undecided."""
    kinds = gold.kind, answer.kind
    if kinds == ("time", "time"):
        return Answer(same_time(gold, answer), "time")
    if kinds == ("date", "date"):
        years = gold.value[0] == answer.value[0] or 0 in (gold.value[0], answer.value[0])
        return Answer(years and gold.value[1:] == answer.value[1:], "date")
    if kinds == ("prose", "prose"):
        return _prose(gold, answer, same)
    if kinds == ("text", "text"):
        return _texts(gold, answer)
    if "prose" in kinds:
        return _prose_and_other(gold, answer, same)
    if "text" in kinds:
        return _text_and_other(gold, answer)
    return NO if {"time", "date"} & {*kinds} else UNTOLD


def _prose(gold: Node, answer: Node, same: Same) -> Answer:
    if _kept(gold.value) != _kept(answer.value):
        lead = _lead(" ".join(gold.value)), _lead(" ".join(answer.value))
        return NO if all(lead) and lead[0] != lead[1] else UNTOLD
    unknown = YES
    for ours, theirs in zip(gold.args, answer.args, strict=True):
        found = same(ours, theirs)
        if found.equal is False:
            return NO
        if found.equal is None:
            unknown = UNTOLD
    return unknown


def _kept(said: tuple[str, ...]) -> list[str]:
    return [word for part in said for word in part.split() if word not in ("the", "a", "an")]


def _texts(gold: Node, answer: Node) -> Answer:
    left, right = words(gold.value), words(answer.value)
    written = any(_WRITTEN.search(node.value) for node in (gold, answer))
    if left == right:
        return UNTOLD if not left or (written and _squeezed(gold) != _squeezed(answer)) else YES
    if sorted(left.split()) == sorted(right.split()) and written:
        return UNTOLD
    ours, theirs = _lead(left), _lead(right)
    if ours and theirs:
        return Answer(
            ours == theirs
            if min(len(left.split()), len(right.split())) == 1
            else None
            if ours == theirs
            else False,
            "words",
        )
    if sorted(left) == sorted(right):
        return UNTOLD  # letters that may be a product
    short = max(len(left.split()), len(right.split())) <= _SHORT
    return NO if short and not written and left and right else UNTOLD


def _squeezed(node: Node) -> str:
    return re.sub(r"[\s\ue000\ue001]+", "", str(node.value)).casefold()


def _lead(said: str) -> str:
    first = said.split(" ", 1)[0] if said else ""
    return first if first in _LEADS else ""


def _prose_and_other(gold: Node, answer: Node, same: Same) -> Answer:
    prose, other = (gold, answer) if gold.kind == "prose" else (answer, gold)
    if other.kind == "text":
        lead = _lead(" ".join(prose.value)), _lead(words(other.value))
        if all(lead):
            return Answer(None if lead[0] == lead[1] else False, "words")
        return UNTOLD
    found = [same(formula, other) if prose is gold else same(other, formula) for formula in prose.args]
    if all(each.equal is False for each in found):
        return NO if prose is answer else UNTOLD
    said = {word for part in prose.value for word in part.split() if part != "#"}
    if len(found) == 1 and said <= _FILLERS:
        return found[0]
    return UNTOLD


def _text_and_other(gold: Node, answer: Node) -> Answer:
    text = gold if gold.kind == "text" else answer
    if _WRITTEN.search(text.value) and text is answer:
        return UNTOLD
    if text is gold:
        return (
            NO if len(words(gold.value).split()) <= _SHORT and not _WRITTEN.search(gold.value) else UNTOLD
        )
    return NO
