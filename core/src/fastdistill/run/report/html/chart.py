"""Charts of the page as plain HTML and SVG."""

import html
from collections.abc import Mapping, Sequence


def bars(counts: Mapping[str, int], kind: str, *, last: str | None = None) -> str:
    """Horizontal bars, each with its name and count; `last` is another colour for the last one."""
    if not counts:
        return '<p class="note">none</p>'
    most = max(counts.values()) or 1
    made = []
    for place, (name, count) in enumerate(counts.items(), start=1):
        colour = last if last and place == len(counts) else kind
        made.append(
            f'<span class="name">{html.escape(name)}</span>'
            f'<span class="track"><span class="fill {colour}" style="width:{count / most:.2%}">'
            "</span></span>"
            f'<span class="count">{count:,}</span>'
        )
    return f'<div class="bars">{"".join(made)}</div>'


def columns(values: Sequence[float | None], name: str, seconds: float) -> str:
    """Columns over time; unknown values leave a gap. The caption gives the highest and the span."""
    known = [value for value in values if value is not None]
    most = max(known, default=0) or 1
    width, height = 600, 120
    step = width / max(1, len(values))
    drawn = "".join(
        f'<rect x="{i * step:.1f}" y="{height - height * value / most:.1f}" width="{step * 0.85:.1f}"'
        f' height="{height * value / most:.1f}"/>'
        for i, value in enumerate(values)
        if value
    )
    caption = (
        f"{html.escape(name)}: at most {most:,.4g} in {seconds:,.3g} s, over {seconds * len(values):,.0f} s"
    )
    return (
        f'<figure><svg viewBox="0 0 {width} {height}" role="img" aria-label="{html.escape(name)}">'
        f'<line x1="0" x2="{width}" y1="{height}" y2="{height}" stroke="var(--line)"/>{drawn}</svg>'
        f"<figcaption>{caption}</figcaption></figure>"
    )
