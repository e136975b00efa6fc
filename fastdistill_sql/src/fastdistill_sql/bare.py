"""Statements that stand by themselves: where one ends, and whether it is one or a sentence.

What the grammar takes is a statement, whatever its case and spacing. Where the grammar stops at prose, the
lines before the prose are asked about alone. What is neither is left to its looks.
"""

import re

from fastdistill_sql.lexer import statements
from fastdistill_sql.scan import Block, Scan
from fastdistill_sql.shapes import another_statement, looks_like_sql, plausible

_GOES_ON = re.compile(
    r"\s*(?:from|where|group\s+by|having|order\s+by|limit|offset|union|intersect|except|(?:left|right|full|inner|cross"
    r"|natural)\b.*?\bjoin|join|on|and|or|window|values|select|[,)(])(?:\b|(?<=[,)(]))",
    re.IGNORECASE,
)
_LABEL = re.compile(r"\W*[A-Za-z][\w ]{0,30}\W{0,2}:")
_PARAGRAPHS = 8
"""How many paragraphs a statement that ends too early may go on."""


def bare(scan: Scan, mark: re.Match[str]) -> Block | None:
    """The statement that begins at the end of `mark`, up to its semicolons or to the prose after it."""
    begin, end, closed = mark.end(), mark.end(), False
    content, first, stopped = "", "", 0
    for _ in range(_PARAGRAPHS):
        end, closed = _end(scan, begin, end)
        content = scan.text[begin:end].strip()
        first = next(iter(statements(content)), "")
        halt = scan.stop(first)
        if halt is None:
            return Block("bare", content, end, closed)
        stopped = halt.at
        if closed or stopped < len(first) or end == len(scan.text):
            break
    lines = _lines_before_prose(scan, first, stopped)
    if lines is not None:
        return Block("bare", lines, scan.text.index(lines, begin) + len(lines))
    return Block("bare", content, end, closed) if plausible(first) else None


def _end(scan: Scan, begin: int, least: int) -> tuple[int, bool]:
    """Where the statement from `begin` ends, behind `least`, and whether something says so."""
    text, depth, closed = scan.text, 0, False
    for token in scan.tokens(begin):
        if token.kind == "semicolon":
            closed = True
            if not another_statement(text[token.end : token.end + 4000]):
                return token.end, True
        elif token.text in "()":
            depth += 1 if token.text == "(" else -1
        elif token.kind == "space" and token.text.count("\n") > 1 and depth <= 0 and token.start > least:
            if not _GOES_ON.match(text, token.end):
                return token.start, closed
        elif text.startswith(("```", "~~~", "</"), token.start):
            return token.start, closed
    return len(text), closed


def _lines_before_prose(scan: Scan, first: str, at: int) -> str | None:
    """The lines of `first` before the one where the grammar stopped, if they are SQL without it.

    That line must be prose, a label, or another statement behind a blank line.
    """
    cut = first.rfind("\n", 0, at)
    if cut <= 0:
        return None
    rest, lines = first[cut:].strip().split("\n")[0], first[:cut].strip()
    apart = "\n" in first[len(first[:cut].rstrip()) : cut] and looks_like_sql(rest)
    other = apart or _LABEL.match(rest) or not plausible(rest)
    return lines if other and scan.stop(lines) is None else None
