"""Takes a reply apart: thinking off, fenced blocks out, prose around a function cut away."""

import re
from collections.abc import Iterator

from attrs import frozen

from fastdistill_code.syntax import parse

_THINK = re.compile(r"<(think|thinking|reasoning)>.*?</\1>", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"^([ \t]*(?:>[ \t]?)*[ \t]*)(`{3,}|~{3,})[ \t]*([^\n`]*)$")
_ONE_LINE = re.compile(r"(`{3,})[ \t]*(?:(?:python|py)[\d.]*[ \t]+)?([^`\n]+?)[ \t]*\1")
_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_QUOTE = re.compile(r"^[ \t]*(?:>[ \t]?)+")
_TAG = re.compile(r"</?(?:p|pre|code|answer|solution)\b[^>\n]*>", re.IGNORECASE)
_PYTHON = re.compile(r"(?:i|c|micro)?py(?:thon|con)?[\d.]*|jupyter|sage|")
_MARKDOWN = ("", "markdown", "md", "text", "txt", "plaintext")
_START = re.compile(
    r"^[ \t]*(def |async def |import |from \w[\w.]* import |class |@\w|\w+[ \t]*=[ \t]*lambda\b)"
)
_MOST_SPANS = 60
_MOST_CLOSES = 6
"""Lines that may close a block are tried in turn until the block is Python: a string may hold a fence."""


@frozen(kw_only=True)
class Block:
    """One fenced block."""

    text: str
    language: str
    closed: bool
    first: str = ""
    """What stands behind the language on the opening line, where some begin their program."""

    @property
    def python(self) -> bool:
        """Whether its label does not speak against Python."""
        return _PYTHON.fullmatch(self.language) is not None


def visible(text: str) -> str:
    """The reply without thinking and byte order mark, with plain line ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    shown = _THINK.sub("", text)
    _, end, rest = shown.rpartition("</think>")
    return rest if end else shown


def fenced(text: str, depth: int = 2) -> list[Block]:
    """The fenced blocks in order, those within Markdown blocks too; one that is never closed reaches to
    the end.
    """
    found: list[Block] = []
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        opening = _FENCE.match(lines[at])
        at += 1
        if opening is None:
            found += [
                Block(text=one, language="", closed=True) for _, one in _ONE_LINE.findall(lines[at - 1])
            ]
            continue
        block, at = _block(lines, at, *opening.groups())
        inner = fenced(block.text, depth - 1) if depth and block.language in _MARKDOWN else []
        if inner and parse(block.text) is None:
            found += inner
        else:
            found.append(block)
    return found


def _block(lines: list[str], start: int, indent: str, marks: str, label: str) -> tuple[Block, int]:
    """The block whose body begins at line `start`, and the line after it."""
    close = re.compile(rf"^[ \t]*(?:>[ \t]?)*[ \t]*{re.escape(marks[0])}{{{len(marks)},}}[ \t]*$")
    closes = [i for i in range(start, len(lines)) if close.match(lines[i])]
    word, _, rest = label.strip().partition(" ")
    language = word.lower().strip("{}.:")

    def upto(end: int) -> str:
        return "\n".join(_bare(line, indent) for line in lines[start:end])

    end = closes[0] if closes else len(lines)
    if len(closes) > 1 and _PYTHON.fullmatch(language) and parse(upto(end)) is None:
        end = next((i for i in closes[1:_MOST_CLOSES] if parse(upto(i)) is not None), end)
    text = upto(end)
    if not closes and text.rstrip().endswith(marks):
        text = text.rstrip().removesuffix(marks)
    return Block(text=text, language=language, closed=bool(closes), first=rest), end + 1


def _bare(line: str, indent: str) -> str:
    """A line of a block without what stands before the whole block: blanks, marks of a quotation."""
    if line.startswith(indent):
        return line[len(indent) :]
    return _QUOTE.sub("", line) if ">" in indent else line.removeprefix(indent)


def spans(text: str) -> Iterator[str]:
    """Runs of lines that may be code between prose, then what stands between tags or single backticks."""
    yield from _runs(text)
    if (untagged := _TAG.sub("\n", text)) != text:
        yield from _runs(untagged)
    yield from _SPAN.findall(text)[:_MOST_SPANS]


def _runs(text: str) -> Iterator[str]:
    """From each likely first line, shrinking from the end."""
    lines = text.split("\n")
    starts = [i for i, line in enumerate(lines) if _START.match(line)][:12]
    given = 0
    for start in starts:
        ends = [len(lines)]
        # Prose after code begins at the margin.
        ends += [
            i
            for i in range(len(lines) - 1, start, -1)
            if lines[i] and not lines[i][0].isspace() and not _START.match(lines[i])
        ]
        for end in ends:
            if given >= _MOST_SPANS:
                return
            given += 1
            yield "\n".join(lines[start:end])
