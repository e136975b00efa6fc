"""The fast path: plain numbers, compared exactly in our own process without parsing or sympy."""

import re
from fractions import Fraction
from functools import lru_cache

MAX_LENGTH = 64
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[-+]?\.\d+")
_RATIO = re.compile(r"([-+]?)\\?[dt]?frac\{(\d+)\}\{(\d+)\}|([-+]?\d+)/(\d+)")
_DIGITS = 40


@lru_cache(maxsize=1 << 14)
def plain(text: str) -> Fraction | None:
    """The number that `text` is, when it is nothing but an integer, a decimal or a fraction."""
    text = text.strip(" \t\n$").removesuffix(".").removeprefix(r"\$").strip(" $")
    if len(text) > MAX_LENGTH:
        return None
    if _NUMBER.fullmatch(text):
        return Fraction(text.replace(",", ""))
    if (match := _RATIO.fullmatch(text)) is None:
        return None
    sign, top, bottom, plain_top, plain_bottom = match.groups()
    if plain_top is None:
        return Fraction(int(sign + top), int(bottom)) if int(bottom) else None
    return Fraction(int(plain_top), int(plain_bottom)) if int(plain_bottom) else None


def shown_digits(text: str) -> int:
    """Significant digits of a decimal; 0 for what is written without a point."""
    return len(text.replace(".", "").strip(" $-+,").lstrip("0")) if "." in text.rstrip(". $") else 0


def number_key(value: Fraction) -> str:
    """One string for equal numbers: sign, 40 significant digits, exponent."""
    if value == 0:
        return "n:0"
    top, bottom = abs(value.numerator), value.denominator
    exponent = (top.bit_length() - bottom.bit_length()) * 30103 // 100000
    shift = _DIGITS - exponent
    scaled = top * 10**shift // bottom if shift >= 0 else top // (bottom * 10**-shift)
    while scaled >= 10**_DIGITS:
        scaled, shift = scaled // 10, shift - 1
    rounded = (scaled + 500) // 1000 * 1000  # three guard digits, so that discs and fractions agree
    digits = str(rounded).rstrip("0")
    places = shift - (len(str(rounded)) - len(digits))
    return f"n:{'-' if value < 0 else ''}{digits}e{-places}"
