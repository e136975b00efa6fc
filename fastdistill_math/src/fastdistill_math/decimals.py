r"""Ways of writing a decimal that a lexer cannot tell: decimal commas, `0.\dot{3}`, `0.(3)`, `0.333...`."""

import re
from fractions import Fraction

_COMMA = re.compile(r"(?<![\d.,])(\d{1,3}(?:\.\d{3})+|\d+)\s*\{\s*,\s*\}\s*(\d+)(?![\d.]*\{?,)")
_PERIOD = re.compile(
    r"(?<![\d.,])(\d{0,40})\.(\d{0,40})(?:\\(?:overline|bar|dot)\s*(?:\{\s*(\d{1,40})\s*\}|(\d))"
    r"|\((\d{1,40})\)(?!\s*[\d(\\A-Za-z^]))"
)
_DOTTED = re.compile(
    r"(?<![\d.,])(\d{0,40})\.(\d{0,40})\\dot\s*\{?(\d)\}?(\d{0,40})\\dot\s*\{?(\d)\}?(?!\d)"
)
_ELLIPSIS = re.compile(r"(?<![\d.,])(\d{1,40})\.(\d{2,60})\s*(?:\\[lc]?dots[bc]?(?![A-Za-z])|\.{3}|…)")


def decimals(text: str) -> str:
    r"""Write `3{,}5` with a point, and every repeating decimal as its fraction."""
    if "," in text and "{" in text:
        text = _COMMA.sub(_pointed, text)
    if "." not in text:
        return text
    if "\\dot" in text:
        text = _DOTTED.sub(lambda m: _fraction(m[1], m[2], m[3] + m[4] + m[5]), text)
    if "\\" in text or "(" in text:
        text = _PERIOD.sub(lambda m: _fraction(m[1], m[2], m[3] or m[4] or m[5]), text)
    if "..." in text or "dots" in text or "…" in text:
        text = _ELLIPSIS.sub(_continued, text)
    return text


def _pointed(match: re.Match[str]) -> str:
    whole, rest = match[1], match[2]
    if len(rest) == 3 and "." not in whole:
        return match[0]  # 12{,}345 groups thousands
    return f"{whole.replace('.', '')}.{rest}"


def _fraction(whole: str, decimals: str, period: str) -> str:
    value = Fraction(int((whole + decimals) or "0"), 10 ** len(decimals))
    value += Fraction(int(period), (10 ** len(period) - 1) * 10 ** len(decimals))
    return rf"{{\frac{{{value.numerator}}}{{{value.denominator}}}}}"


def _continued(match: re.Match[str]) -> str:
    """Read `0.1333...` as 2/15 where its end shows a period three times, or a longer one twice."""
    shown = match[2]
    for length in range(1, len(shown) // 2 + 1):
        period, times = shown[-length:], 3 if length == 1 else 2
        if shown.endswith(period * times):
            head = shown
            while head.endswith(period):
                head = head[:-length]
            return _fraction(match[1], head, period)
    return match[0]
