"""A text's trees: its first reading, and the others where mathematics' own notation is ambiguous."""

import re
from functools import lru_cache

from fastdistill_math.clean import clean
from fastdistill_math.grammar import Grammar
from fastdistill_math.lexer import join_thousands
from fastdistill_math.spoken import WORDS
from fastdistill_math.tree import Node, NotMath, TooLarge

_DECIMAL_COMMA = re.compile(r"(-?\d+),(\d+)")
_SPACED = re.compile(r"-?\d{1,3}(?: \d{3})+(?:\.\d+)?")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(?:\s*[ap]\.?m\.?)?", re.IGNORECASE)
_GLUED = re.compile(r"([-+]?\d[\d,]*(?:\.\d+)?) ?(m|g|L|l|s|h|N|J|W|V|K)(\^\{?[23]\}?)?")
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_VOWEL = re.compile(r"[aeiou]", re.IGNORECASE)


def parse(text: str) -> Node:
    """The tree of `text`. Raises `NotMath` where it is no mathematics, `TooLarge` over the limits."""
    return readings(text)[0]


@lru_cache(maxsize=8192)
def readings(text: str) -> tuple[Node, ...]:
    """All trees of `text`, the likeliest first; words are one `text` node. Raises `TooLarge`."""
    body = clean(text)
    found: list[Node] = []
    plain = " ".join(body.replace("\ue000", " ").replace("\ue001", " ").split()).lower()
    if (known := WORDS.get(plain)) is not None:
        return (known,)
    if not body or _CLOCK.fullmatch(plain) or (_LETTERS.fullmatch(body) and _VOWEL.search(body)):
        return (Node("text", (), body),)
    if _SPACED.fullmatch(body):
        body = body.replace(" ", "")
    variants = [join_thousands(body)]
    if (match := _DECIMAL_COMMA.fullmatch(body)) and len(match[2]) != 3:
        variants.append(f"{match[1]}.{match[2]}")
    if body not in variants:
        variants.append(body)
    for variant in variants:
        try:
            found.append(Grammar(variant).parse())
        except NotMath:
            continue
    return tuple(found) or (Node("text", (), body),)


def glued_unit(text: str) -> Node | None:
    """`5m` or `5 m^2` as a number with a unit, which `readings` takes for a product; else None."""
    match = _GLUED.fullmatch(clean(text))
    if match is None:
        return None
    try:
        number = Grammar(match[1].replace(",", "")).parse()
    except (NotMath, TooLarge):
        return None
    return Node("unit", (number,), match[2] + (match[3] or "").replace("{", " ").replace("}", ""))
