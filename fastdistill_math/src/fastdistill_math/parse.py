"""A text's trees: its first reading, and the others where mathematics' own notation is ambiguous."""

import re
from functools import lru_cache

from fastdistill_math import clocks, spoken
from fastdistill_math.clean import clean
from fastdistill_math.grammar import Grammar
from fastdistill_math.lexer import join_thousands
from fastdistill_math.mixed import mixed
from fastdistill_math.tree import Node, NotMath, TooLarge
from fastdistill_math.units import is_unit

_DECIMAL_COMMA = re.compile(r"(-?\d+),(\d+)")
_DECIMAL_COMMA_UNIT = re.compile(r"(-?\d+),(\d{1,2}|\d{4,})(?=\s*(?:\ue000|[A-Za-z%]))")
_SPACED = re.compile(r"-?\d{1,3}(?: \d{3})+(?:\.\d+)?")
_GLUED = re.compile(r"([-+]?\d[\d,]*(?:\.\d+)?) ?(m|g|L|l|s|h|N|J|W|V|K|A|F|C|T|H|t)(\^\{?[23]\}?)?")
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_VOWEL = re.compile(r"[aeiou]", re.IGNORECASE)
_BACKWARDS = re.compile(
    r"([\[\]])([^\[\](){}]{1,200}[,;][^\[\](){}]{1,200}|[^\[\]()]{1,200}[,;][^\[\]()]{1,200})([\[\]])"
)
_LABEL = re.compile(
    r"(?:\ue000\s*)?(?:(?:the\s+)?(?:final\s+)?(?:correct\s+)?(?:answer|ans|solution|result|value|rpta)s?\s*(?:is|are|[:.=])"
    r"|so|thus|therefore|hence|we\s+get)\s*[:,]?\s*(?:\ue001\s*)?",
    re.IGNORECASE,
)
_NOTE = re.compile(r"\s*\(\s*\ue000?\s*([A-Za-z]{3,20}(?: [A-Za-z]{2,20}){0,3}?)\s*\ue001?\s*\)$")
_APPROX = re.compile(r"(?:\\approx|\\sim|=)\s*(?=.)")


def parse(text: str) -> Node:
    """The tree of `text`. Raises `NotMath` where it is no mathematics, `TooLarge` over the limits."""
    return readings(text)[0]


@lru_cache(maxsize=8192)
def readings(text: str) -> tuple[Node, ...]:
    """All trees of `text`, the likeliest first; words are one `text` node. Raises `TooLarge`."""
    body = _unlabelled(clean(text))
    plain = " ".join(body.replace("\ue000", " ").replace("\ue001", " ").split())
    known = spoken.meaning(plain.lower()) or spoken.parity(plain.lower())
    if known is not None:
        return (known,)
    if (date := clocks.date(plain)) is not None:
        return (date,)
    if (time := clocks.clock(plain)) is not None:
        ratio = _grammar(body) if time.value[1] in ("", "known") else None
        return (time,) if ratio is None else (ratio, time)
    if not body or (_LETTERS.fullmatch(body) and _VOWEL.search(body)):
        return (Node("text", (), body),)
    if re.search("[万亿千百]", plain):
        body = spoken.written(plain) or body
    found = [tree for variant in _variants(body) if (tree := _grammar(variant)) is not None]
    if not found and (said := spoken.written(plain)) is not None and (tree := _grammar(said)) is not None:
        return (tree,)
    return tuple(found) or (mixed(body, _grammar) or Node("text", (), body),)


def _grammar(text: str) -> Node | None:
    try:
        return Grammar(text).parse()
    except NotMath:
        return None


def _unlabelled(body: str) -> str:
    if (label := _LABEL.match(body)) and label.end() < len(body):
        body = body[label.end() :]
    if (
        (note := _NOTE.search(body))
        and note.start()
        and not any(map(spoken.is_mathematics, note[1].split()))
    ):
        body = f"{body[: note.start()]} \ue000{note[1]}\ue001"
    if body.startswith(("\\approx", "=", "\\sim")) and not body.startswith(("==", "=>")):
        body = _APPROX.sub("", body, count=1)
    return body


def _variants(body: str) -> list[str]:
    if _SPACED.fullmatch(body):
        body = body.replace(" ", "")
    body = _BACKWARDS.sub(_forwards, body) if "[" in body or "]" in body else body
    variants = [join_thousands(body)]
    if (match := _DECIMAL_COMMA.fullmatch(body)) and len(match[2]) != 3:
        variants.append(f"{match[1]}.{match[2]}")
    elif _DECIMAL_COMMA_UNIT.match(body):
        variants.insert(0, _DECIMAL_COMMA_UNIT.sub(r"\1.\2", body))
    if body not in variants:
        variants.append(body)
    return variants


def _forwards(match: re.Match[str]) -> str:
    """`]1,3[` as `(1,3)`: a bracket that is turned away leaves its end out."""
    opener, closer = "[" if match[1] == "[" else "(", "]" if match[3] == "]" else ")"
    return f"{opener}{match[2]}{closer}"


def glued_unit(text: str) -> Node | None:
    """`5m` or `5 m^2` as a number with a unit, which `readings` takes for a product; else None."""
    match = _GLUED.fullmatch(clean(text))
    if match is None or not is_unit(match[2], spaced=True):
        return None
    try:
        number = Grammar(match[1].replace(",", "")).parse()
    except (NotMath, TooLarge):
        return None
    return Node("unit", (number,), match[2] + (match[3] or "").replace("{", " ").replace("}", ""))
