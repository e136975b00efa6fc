"""How what a program prints is compared with what its test says: by the source's own rule."""

import math
import re
from collections import Counter
from typing import Any, Protocol


class Margin(Protocol):
    """How far numbers may lie apart."""

    def holds(self, expected: Any, got: Any) -> bool:
        """Whether the numbers are near enough to each other."""


Tolerance = float | Margin | None
"""A float allows tolerance * max(1, |expected|)."""

_LONGEST_NUMBER = 400
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:inf|nan)", re.IGNORECASE)
_PRINTS = r"\b(?:print|output|write|display|report|list)(?:s|ed|ing)?\b[^.;\n]*?"
_ANY_ORDER = re.compile(
    _PRINTS + r"\b(?:in (?:any|arbitrary|whatever) order|(?:the )?order (?:does not|doesn't) matter)\b",
    re.IGNORECASE,
)
_ANY_BLANKS = re.compile(
    _PRINTS + r"\b(?:any|arbitrary)\b(?: (?:amount|kind|number) of)? white[ -]?spaces?\b", re.IGNORECASE
)


def lines(text: str) -> list[str]:
    """The lines without white space at their ends, and without empty ones at the end of the text."""
    return [line.rstrip() for line in text.rstrip().split("\n")]


def rule_of(problem: str) -> str:
    """The comparer that a problem's own words ask for; `lines` where they say nothing."""
    if _ANY_ORDER.search(problem):
        return "any-order"
    return "tokens" if _ANY_BLANKS.search(problem) else "lines"


def same_exactly(expected: object, got: object, tolerance: Tolerance = None) -> bool:
    """Every sign, the last line end included."""
    return expected == got


def same_lines(expected: object, got: object, tolerance: Tolerance = None) -> bool:
    """The same lines; white space at the end of a line and of the text does not count."""
    if type(got) is not str:
        return False
    wanted, had = lines(str(expected)), lines(got)
    if tolerance is None or wanted == had:
        return wanted == had
    return len(wanted) == len(had) and all(
        _same_tokens(one.split(), two.split(), tolerance) for one, two in zip(wanted, had, strict=True)
    )


def same_tokens(expected: object, got: object, tolerance: Tolerance = None) -> bool:
    """The same words, whatever white space stands between them."""
    return type(got) is str and _same_tokens(str(expected).split(), got.split(), tolerance)


def same_tokens_any_order(expected: object, got: object, tolerance: Tolerance = None) -> bool:
    """The same words as often, in any order; with a tolerance numbers are paired by size."""
    if type(got) is not str:
        return False
    wanted, had = str(expected).split(), got.split()
    if tolerance is None:
        return Counter(wanted) == Counter(had)
    return _same_tokens(sorted(wanted, key=_rank), sorted(had, key=_rank), tolerance)


def same_any_order(expected: object, got: object, tolerance: Tolerance = None) -> bool:
    """The same lines in any order; the words of a text of one line in any order."""
    if type(got) is not str:
        return False
    wanted, had = (sorted(line.split() for line in lines(text)) for text in (str(expected), got))
    if len(wanted) == 1 or all(len(line) < 2 for line in wanted):
        return same_tokens_any_order(expected, got, tolerance)
    return len(wanted) == len(had) and all(map(_same_tokens, wanted, had, [tolerance] * len(had)))


def _same_tokens(wanted: list[str], had: list[str], tolerance: Tolerance) -> bool:
    if tolerance is None or wanted == had:
        return wanted == had
    return len(wanted) == len(had) and all(
        one == two or _close(one, two, tolerance) for one, two in zip(wanted, had, strict=True)
    )


def _close(wanted: str, had: str, tolerance: float | Margin) -> bool:
    one, two = number(wanted), number(had)
    if one is None or two is None:
        return False
    if one == two or (math.isnan(one) and math.isnan(two)):
        return True
    if wanted.lstrip("+-").isdigit():  # a whole number is no measurement
        return False
    if not isinstance(tolerance, float | int):
        return tolerance.holds(one, two)
    off = abs(one - two)
    return math.isfinite(off) and off <= tolerance * max(1.0, abs(one))


def number(token: str) -> float | None:
    """The number that a word is; None for a word, and for what is too long to be one."""
    if len(token) > _LONGEST_NUMBER or _NUMBER.fullmatch(token) is None:
        return None
    return float(token)


def _rank(token: str) -> tuple[bool, float, str]:
    value = number(token)
    return (value is None, 0.0 if value is None or math.isnan(value) else value, token)


OUTPUTS = {
    "exact": same_exactly,
    "lines": same_lines,
    "tokens": same_tokens,
    "tokens-any-order": same_tokens_any_order,
    "any-order": same_any_order,
}
"""By the name that an `io` task gives as its `comparer`."""
