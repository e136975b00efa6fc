"""Takes a reply apart: thinking off, fenced blocks out, prose around a function cut away."""

import re
import textwrap
from collections.abc import Iterator

from attrs import frozen

_THINK = re.compile(r"<(think|thinking|reasoning)>.*?</\1>", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"^([ \t]*)(`{3,}|~{3,})[ \t]*([^\n`]*)$")
_PYTHON = ("", "python", "py", "python3", "py3", "pycon", "ipython")
_START = re.compile(r"^[ \t]*(def |async def |import |from \w[\w.]* import |class |@\w)")


@frozen(kw_only=True)
class Block:
    """One fenced block."""

    text: str
    language: str
    closed: bool

    @property
    def python(self) -> bool:
        """Whether its label does not speak against Python."""
        return self.language in _PYTHON


def visible(text: str) -> str:
    """The reply without thinking and with plain line ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    shown = _THINK.sub("", text)
    _, end, rest = shown.rpartition("</think>")
    return rest if end else shown


def fenced(text: str) -> list[Block]:
    """The fenced blocks in order; one that is never closed reaches to the end."""
    found: list[Block] = []
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        opening = _FENCE.match(lines[at])
        at += 1
        if opening is None:
            continue
        indent, marks, label = opening.groups()
        close = re.compile(rf"^[ \t]*{re.escape(marks[0])}{{{len(marks)},}}[ \t]*$")
        start = at
        while at < len(lines) and not close.match(lines[at]):
            at += 1
        body = lines[start:at]
        if indent:
            body = [line.removeprefix(indent) for line in body]
        language = label.split()[0].lower().strip("{}.:") if label.strip() else ""
        found.append(Block(text="\n".join(body), language=language, closed=at < len(lines)))
        at += 1
    return found


def spans(text: str, most: int = 60) -> Iterator[str]:
    """Runs of lines that may be code between prose: from each likely first line, shrinking from the end."""
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
            if given >= most:
                return
            given += 1
            yield "\n".join(lines[start:end])


def mended(text: str) -> Iterator[str]:
    """The text, and what it may have been before its indentation was damaged; likely forms first."""
    yield text
    flat = textwrap.dedent(text.expandtabs(4))
    if flat != text:
        yield flat
    unquoted = "\n".join(re.sub(r"^\s*(>>>|\.\.\.) ?", "", line) for line in text.split("\n"))
    if unquoted != text and ">>>" in text:
        yield unquoted


def bodies(text: str) -> Iterator[str]:
    """The text as the indented rest of a function: as it is, with its first line or all lines moved
    right.
    """
    text = text.strip("\n").rstrip().expandtabs(4)
    yield text
    lines = text.split("\n")
    rest = [line for line in lines[1:] if line.strip()]
    if rest and not lines[0][:1].isspace() and all(line[:1].isspace() for line in rest):
        width = min(len(line) - len(line.lstrip()) for line in rest)
        yield "\n".join([" " * width + lines[0], *lines[1:]])
        yield "\n".join(["    " + lines[0], *lines[1:]])
    yield textwrap.indent(textwrap.dedent(text), "    ")
