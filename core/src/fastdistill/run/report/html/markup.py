"""Pieces of HTML that the page is made of. Every text goes through `escape`."""

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

SHOWN = 1500
"""Characters of a text shown."""


def escape(text: object) -> str:
    """As text in HTML, whatever it holds."""
    return html.escape(str(text))


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
    return f'<div class="scroll"><table>{titles}{body}</table></div>'


def share(rate: Mapping[str, Any]) -> str:
    """A report's rate as a percentage."""
    return percent(rate["rate"])
