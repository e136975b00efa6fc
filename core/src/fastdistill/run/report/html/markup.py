"""Pieces of HTML that the page is made of. Every text goes through `escape`."""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any

SHOWN = 1500
"""Characters of a text shown."""

# Controls, and what turns the direction of text, joins nothing or takes no room: a reader could not see it.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff"
    "\ufff9-\uffff]"
)


def _visible(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else f"[U+{code:04X}]"


def escape(text: object) -> str:
    """As text in HTML, whatever it holds; signs that cannot be seen stand as signs that can."""
    return html.escape(_UNSEEN.sub(_visible, str(text)))


def styles(*names: str) -> str:
    """The style sheets of those names, one after another."""
    folder = files("fastdistill.run.report.html")
    return "".join(folder.joinpath(f"{name}.css").read_text(encoding="utf-8") for name in names)


def long(text: str, most: int) -> str:
    """Escaped; of a longer text the first `most` characters and how many more there are."""
    if len(text) <= most:
        return escape(text)
    return f'{escape(text[:most])}<span class="cc"> … {len(text) - most:,} more characters</span>'


def cut(text: str) -> str:
    """Escaped, and no longer than a reader wants it."""
    return escape(text if len(text) <= SHOWN else text[:SHOWN] + " …")


def number(value: float | None, digits: int = 0) -> str:
    """With thousands separators; `unknown` for None."""
    return "unknown" if value is None else f"{value:,.{digits}f}"


def percent(share: float | None, digits: int = 1) -> str:
    """Of one; `unknown` for None."""
    return "unknown" if share is None else f"{share:.{digits}%}"


def table(head: Sequence[tuple[str, str]], rows: Iterable[Sequence[object]]) -> str:
    """A table that scrolls by itself. `head` holds name and class of each column (`n`: figures)."""
    first = "".join(f'<th class="{kind}">{escape(name)}</th>' for name, kind in head)
    titles = f"<tr>{first}</tr>" if any(name for name, _ in head) else ""
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="{kind}">{escape(cell)}</td>' for cell, (_, kind) in zip(row, head, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return f'<div class="scroll" tabindex="0"><table>{titles}{body}</table></div>'


def share(rate: Mapping[str, Any]) -> str:
    """A report's rate as a percentage."""
    return percent(rate["rate"])
