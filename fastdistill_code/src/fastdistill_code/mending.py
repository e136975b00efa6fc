"""What a damaged program text may have been: likely forms first, each only where the one before it is not
Python or lacks names.
"""

import html
import re
import textwrap
from collections.abc import Iterator

from fastdistill_code.syntax import missing, parse

_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|nbsp|#\d+|#x[0-9a-fA-F]+);")
_ENTITIES = {"lt", "gt", "amp", "quot", "apos", "nbsp"}
_NOTHING = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
_BLANK = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_LEADING = re.compile("^[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+", re.MULTILINE)
_QUOTES = str.maketrans({"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'"})
_MAGIC = re.compile(r"^[ \t]*(?:%{1,2}\w|[!?]\w)[^\n]*$", re.MULTILINE)
_PROMPT = re.compile(r"^[ \t]*(?:>>>|\.\.\.|In \[\d+\]:) ?", re.MULTILINE)


def mended(text: str) -> Iterator[str]:
    """The text, and what it may have been before it was copied, escaped, shown or indented."""
    if _escaped(text):
        text = html.unescape(text)
    seen = set()
    for form in _steps(text):
        for shape in (form, textwrap.dedent(form)):
            if shape not in seen:
                seen.add(shape)
                yield shape


def _steps(text: str) -> Iterator[str]:
    yield text
    for change in (_bare, _plain_blanks, _plain_quotes, _unescaped, _without_magics, _unprompted):
        text = change(text)
        yield text


def _escaped(text: str) -> bool:
    """Whether signs stand as HTML entities: `a &lt; b` is Python too, with a name `lt`."""
    if _ENTITY.search(text) is None:
        return False
    tree = parse(text)
    return tree is not None and bool(missing(tree) & _ENTITIES)


def _bare(text: str) -> str:
    """Without signs that have no width, and with plain blanks as indentation."""
    return _LEADING.sub(lambda found: _BLANK.sub(" ", found[0]), _NOTHING.sub("", text))


def _plain_blanks(text: str) -> str:
    return _BLANK.sub(" ", text)


def _plain_quotes(text: str) -> str:
    return text.translate(_QUOTES)


def _unescaped(text: str) -> str:
    return html.unescape(text) if _ENTITY.search(text) else text


def _without_magics(text: str) -> str:
    """Without a notebook's own lines; the number of lines stays."""
    return _MAGIC.sub("", text)


def _unprompted(text: str) -> str:
    return _PROMPT.sub("", text) if ">>>" in text or "In [" in text else text


def bodies(text: str) -> Iterator[str]:
    """The text as the indented rest of a function: as it is, with its first line or all lines moved
    right; leading tabs as four blanks.
    """
    raw = text.strip("\n").rstrip()
    yield raw
    text = re.sub(r"^[ \t]+", lambda found: found[0].expandtabs(4), _bare(raw), flags=re.MULTILINE)
    yield text
    lines = text.split("\n")
    rest = [line for line in lines[1:] if line.strip()]
    if rest and not lines[0][:1].isspace() and all(line[:1].isspace() for line in rest):
        width = min(len(line) - len(line.lstrip()) for line in rest)
        yield "\n".join([" " * width + lines[0], *lines[1:]])
        yield "\n".join(["    " + lines[0], *lines[1:]])
    yield textwrap.indent(textwrap.dedent(text), "    ")
    yield textwrap.indent(textwrap.dedent(text), "        ")
