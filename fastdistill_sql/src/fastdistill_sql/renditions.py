"""A reply as it was before something on the way dressed its characters: escaped, widened or curled them.

None of them is tried while SQLite can prepare what the reply holds as it is.
"""

import html
import re
from collections.abc import Callable, Iterator

from fastdistill_sql.lexer import tokens

_ENTITY = re.compile(r"&(?:gt|lt|amp|quot|apos|nbsp|#\d{2,4}|#x[0-9a-f]{2,4});", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>|=~&\"'])")
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_NOTHING = "\u200b\u200c\u200d\u2060\ufeff"
_SIGNS = {"\u2212": "-", "\u2013": "-", "\u2265": ">=", "\u2264": "<=", "\u2260": "<>", "\u2028": "\n"}
_WIDE = {
    **dict.fromkeys(_SPACES, " "),
    **dict.fromkeys(_NOTHING, ""),
    **_SIGNS,
    **{chr(c + 0xFEE0): chr(c) for c in range(0x21, 0x7F) if not chr(c).isalnum()},
}
_ODD = re.compile("[" + re.escape("".join(_WIDE)) + "]")
_TABLE = str.maketrans(_WIDE)
_CURLED = re.compile(
    r"""(?P<straight>'[^'\n]*'|"[^"\n]*")
      | [\u2018\u2019\u201a\u201b](?P<one>[^\u2018\u2019\n]{0,400})[\u2018\u2019]
      | [\u201c\u201d\u201e](?P<two>[^\u201c\u201d\n]{0,400})[\u201c\u201d]""",
    re.VERBOSE,
)


def renditions(text: str) -> Iterator[str]:
    """Other forms of `text`: undressed in one way each, then in all; none where nothing is to undress."""
    found = [change for change in _CHANGES if change(text) != text]
    yield from (change(text) for change in found)
    if len(found) > 1:
        for change in found:
            text = change(text)
        yield text


def _unescaped(text: str) -> str:
    """HTML's entities read; those in literals too, since what escapes a page escapes all of it."""
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text)


def _unmarked(text: str) -> str:
    """Markdown's escapes taken off."""
    return _ESCAPED.sub(r"\1", text)


def _narrow(text: str) -> str:
    """Other spaces, full-width marks and typeset signs as ASCII, outside of literals."""
    if not _ODD.search(text):
        return text
    return "".join(
        t.text if t.kind in ("string", "name", "comment") else t.text.translate(_TABLE)
        for t in tokens(text)
    )


def _uncurled(text: str) -> str:
    """Typeset quotes around a piece of one line as straight ones."""
    return _CURLED.sub(_straight, text)


def _straight(match: re.Match[str]) -> str:
    one, two = match["one"], match["two"]
    if one is not None:
        return "'" + one.replace("'", "''") + "'"
    return match[0] if two is None else '"' + two.replace('"', '""') + '"'


_CHANGES: tuple[Callable[[str], str], ...] = (_unescaped, _unmarked, _narrow, _uncurled)
