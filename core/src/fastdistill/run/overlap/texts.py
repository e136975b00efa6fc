"""Text as overlap sees it: words and numbers, whatever their case, spacing and punctuation."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

Tokens = tuple[str, ...]

_TOKEN = re.compile(r"\w+|[+*/^=<>]")
_NUMBER = re.compile(r"\d")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_NAMES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    "twenty",
)  # fmt: skip
_WORDS = {name: str(value) for value, name in enumerate(_NAMES)}
SHINGLE = 3
"""Words of a shingle, of which near copies share most."""


def tokens_of(text: str) -> Tokens:
    """Return the words, numbers and operators of a text; names of numbers up to twenty are numbers."""
    found = _TOKEN.findall(_THOUSANDS.sub("", _folded(text)))
    return tuple([_WORDS.get(one, one) for one in found])


def whole_of(text: str) -> str:
    """Return a text as two short items are compared: all of it, but for case, spacing and its last mark."""
    return " ".join(_folded(text).split()).rstrip(".?! ")


def _folded(text: str) -> str:
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).casefold()


def numbers_of(tokens: Sequence[str]) -> Counter[str]:
    """Return the numbers of a text with how often each stands in it."""
    return Counter(one for one in tokens if _NUMBER.match(one))


def told_apart(left: Counter[str], right: Counter[str]) -> bool:
    """Return whether numbers tell two texts of one template apart: each has one that the other lacks."""
    return bool(left - right) and bool(right - left)


def grams(tokens: Tokens, size: int) -> list[int]:
    """Return the hashes of all runs of `size` tokens, in order; within this process alone."""
    return list(map(hash, zip(*(tokens[at:] for at in range(size)), strict=False)))
