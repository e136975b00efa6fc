"""The words of SQLite's language: enough to know literals, comments and statements apart in any text.

It never fails: text that is no SQL comes out as other tokens. It also reads prose around SQL, so a
contraction (`don't`) is a word and not the beginning of a literal.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_SQL = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<comment>--[^\n]*|/\*(?:.*?\*/|.*\Z))
    | (?P<string>[xX]?'(?:[^']|'')*')
    | (?P<name>"(?:[^"]|"")*"|`(?!``)(?:[^`]|``)*`|\[[^\]\n]*\])
    | (?P<word>(?!(?:like|glob|when|then|else|in|and|or|not|by|as|is|select|match|regexp|values|escape)')
               [^\W\d][\w$]*'(?:t|s|re|ve|ll|d|m)\b(?![']) | [^\W\d][\w$]*)
    | (?P<number>0[xX][0-9a-fA-F]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<semicolon>;)
    | (?P<open>['"`])
    | (?P<punct>.)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)


class Token(NamedTuple):
    """A piece of text; `kind` is `open` for a quote that nothing closes."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def blank(self) -> bool:
        """Whether it is white space or a comment."""
        return self.kind in ("space", "comment")


def tokens(text: str, start: int = 0) -> Iterator[Token]:
    """The tokens of `text` from `start` on; together they are all of it."""
    for match in _SQL.finditer(text, start):
        yield Token(str(match.lastgroup), match.group(), match.start(), match.end())


def statements(text: str) -> list[str]:
    """The statements of `text` without their semicolons and the blank space around them.

    A part that holds nothing but comments is none.
    """
    found: list[str] = []
    begin, solid = 0, False
    for token in tokens(text):
        if token.kind == "semicolon":
            if solid:
                found.append(text[begin : token.start].strip())
            begin, solid = token.end, False
        elif not token.blank:
            solid = True
    if solid:
        found.append(text[begin:].strip())
    return found


def words(text: str) -> Iterator[tuple[int, str]]:
    """The unquoted words of `text` in lower case, each with its depth in parentheses."""
    depth = 0
    for token in tokens(text):
        if token.kind == "word":
            yield depth, token.text.lower()
        elif token.text == "(":
            depth += 1
        elif token.text == ")":
            depth -= 1
