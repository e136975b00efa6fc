"""Tokens of a cleaned answer. Linear in the text's length; nothing is computed here."""

import re
from typing import NamedTuple

from fastdistill_math.tree import NotMath, TooLarge

MAX_TEXT = 4_000
MAX_TOKENS = 1_500
MAX_DIGITS = 2_000


class Token(NamedTuple):
    """`kind` is num, cmd, word, text, op or end; `spaced` says whether white space came before."""

    kind: str
    text: str
    spaced: bool = False


_TOKEN = re.compile(
    r"""
  (?P<space>(?:\s|\\[\[\]()])+)
 |(?P<num>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+(?![\d.A-Za-z]))?)
 |(?P<row>\ue002)
 |(?P<cmd>\\[A-Za-z]+|\\[{}|])
 |(?P<text>\ue000[^\ue001]*\ue001)
 |(?P<word>[^\W\d_]+)
 |(?P<op>!=|<=|>=|==|:=|->|=>|\*\*|[-+*/^_=<>()\[\]{}|,;:!%'&])
    """,
    re.VERBOSE,
)
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d])(?!,\d)")
_OPEN, _CLOSE = "([{", ")]}"


def _depths(text: str) -> list[int]:
    depth, found = 0, []
    for char in text:
        depth -= char in _CLOSE
        found.append(depth)
        depth += char in _OPEN
    return found


def join_thousands(text: str) -> str:
    """`text` with `1,234,567` written together; inside brackets only where `, ` separates the items."""
    if "," not in text:
        return text
    depths, spaced = _depths(text), ", " in text

    def join(match: re.Match[str]) -> str:
        if depths[match.start()] > 0 and not spaced:
            return match[0]
        return match[0].replace(",", "")

    return _THOUSANDS.sub(join, text)


def tokens(text: str) -> list[Token]:
    """The tokens of a cleaned text. Raises `NotMath` at an unknown sign, `TooLarge` over the limits."""
    if len(text) > MAX_TEXT:
        raise TooLarge(f"the answer has {len(text)} characters, at most {MAX_TEXT} are read")
    found: list[Token] = []
    spaced, at = False, 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise NotMath(f"{text[at]!r} has no meaning in an answer")
        at = match.end()
        kind = match.lastgroup or ""
        if kind == "space":
            spaced = True
            continue
        body = match[0]
        if kind == "num" and len(body) > MAX_DIGITS:
            raise TooLarge(f"a number of {len(body)} digits, at most {MAX_DIGITS} are read")
        if kind == "text":
            body = body[1:-1].strip()
        if kind == "row":
            kind, body = "op", r"\\"
        found.append(Token(kind, body, spaced))
        spaced = False
        if len(found) > MAX_TOKENS:
            raise TooLarge(f"the answer has more than {MAX_TOKENS} symbols")
    found.append(Token("end", "", spaced))
    return found
