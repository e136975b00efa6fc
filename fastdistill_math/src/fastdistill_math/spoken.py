"""Answers in words that mean mathematics: numbers, operations, comparisons, the empty set, all real
numbers.
"""

import re
from functools import lru_cache

from fastdistill_math.tree import Node, num

_SMALL = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_VALUES = {word: value for value, word in enumerate(_SMALL)} | {
    word: 10 * (2 + place) for place, word in enumerate(_TENS)
}
_PARTS = {
    "half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "twelfth": 12, "twentieth": 20, "hundredth": 100,
}  # fmt: skip
_EMPTY = (
    r"(?:(?:there (?:is|are|exists?)|it has|has|have) )?(?:no|none) ?(?:such )?(?:real |integer "
    r"|rational |possible )?"
    r"(?:solutions?|roots?|answers?|values?)?(?: exists?| possible)?|(?:the )?(?:empty|null) set"
    r"|(?:the )?(?:equation |system )?(?:has|have) no (?:real )?(?:solutions?|roots?)"
    r"|no (?:real )?(?:numbers?|x) exists?"
    r"|(?:es gibt )?keine (?:reelle )?(?:lösung(?:en)?)|unlösbar|(?:no (?:existe|hay|tiene)"
    r"|sin) (?:ninguna )?soluci(?:ó|o)n(?:es)?"
    r"|(?:il n['y ]*y? ?a )?(?:pas|aucune) (?:de )?solutions?|nessuna soluzione|(?:não (?:existe"
    r"|há)|sem) solu(?:ção|ções)"
    r"|(?:нет решени[йя]|решений нет)"
)
_EMPTY_WORDS = re.compile(_EMPTY)
_EMPTY_EAST = re.compile(
    r"(?:因此|所以|该|原|方程|不等式|组|:)*(?:无实数解|无实数根|无解|没有解|没有实数解|解なし|空集)"
)
_LINE = re.compile(
    r"(?:x is |x can be )?(?:the set of )?(?:all|any|every) ?(?:the )?(?:reals?|real numbers?"
    r"|real x|real values?"
    r"(?: of [a-z])?)"
)
_UNDEFINED = re.compile(
    r"(?:the limit |it |this )?(?:dne|does not exist|doesn't exist|is undefined|undefined"
    r"|not defined|is not defined)"
)
_MATHEMATICAL = """
plus minus times over dozen dozens hundred hundreds thousand thousands million billion factorial
choose mod modulo squared cubed to or less more not in between least most than fewer greater divided
multiplied power negative root half third thirds quarter quarters halves fourths fifths score scores
at except and per-cent either neither nor approximately about wan 万 亿 千 百 only if unless mod. maybe
perhaps possibly incorrect wrong should could might roughly around
"""
_MATHEMATICS = frozenset(_MATHEMATICAL.split())
"""Words that are read as mathematics or not at all: never a unit."""
_FUNCTIONAL = """
for where with when such that given is are was be can than then by from so which because hence
therefore
"""
_FUNCTION_WORDS = frozenset(_FUNCTIONAL.split())

_N = (
    r"(-?\s*(?:\d[\d,]*(?:\.\d+)?|\\(?:d|t)?frac\{[^{}]*\}\{[^{}]*\}|\\sqrt\{[^{}]*\}"
    r"|\\pi|[A-Za-z](?![A-Za-z])))"
)
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), new)
    for pattern, new in (
        (r"\b(?:negative|minus)\s+(?=[\d\\({a-z](?![a-z]{2}))", "-"),
        (rf"{_N}\s+to\s+the\s+power\s+(?:of\s+)?{_N}", r"{\1}^{\2}"),
        (rf"{_N}\s+choose\s+{_N}", r"\\binom{\1}{\2}"),
        (rf"{_N}\s+(?:over|divided\s+by)\s+{_N}", r"\\frac{\1}{\2}"),
        (rf"{_N}\s+(?:out\s+of|in)\s+{_N}", r"\\frac{\1}{\2}"),
        (rf"(?:the\s+)?square\s+root\s+of\s+{_N}", r"\\sqrt{\1}"),
        (rf"(?:the\s+)?cube\s+root\s+of\s+{_N}", r"\\sqrt[3]{\1}"),
        (rf"^{_N}\s+to\s+{_N}$", r"\1:\2"),
        (r"\s+(?:mod|modulo)\s+", r" \\bmod "),
        (r"\s+plus\s+", " + "),
        (r"\s+minus\s+", " - "),
        (r"\s+(?:times|multiplied\s+by)\s+", r" \\cdot "),
        (r"(?<=[\d)}])\s*dozens?\b", r" \\cdot 12"),
        (r"(?<=[\d)}])\s*scores?\b", r" \\cdot 20"),
        (r"(?<=[\d)}])\s*hundreds?\b", r" \\cdot 100"),
        (r"(?<=[\d)}])\s*thousands?\b", r" \\cdot 1000"),
        (r"(?<=[\d)}])\s*百", r" \\cdot 100"),
        (r"(?<=[\d)}])\s*千", r" \\cdot 1000"),
        (r"(?<=[\d)}])\s*万", r" \\cdot 10000"),
        (r"(?<=[\d)}])\s*亿", r" \\cdot 10^8"),
        (r"(?<=[\d)}])\s+factorial\b", "!"),
        (r"(?<=[\d)}])\s+squared\b", "^2"),
        (r"(?<=[\d)}])\s+cubed\b", "^3"),
        (
            r"\b(?:all|every)\s+(?:the\s+)?real(?:s|\s+numbers?|\s+[a-z]\b|\s+values?(?:\s+of\s+[a-z])?)?\s*"
            r"(?:,?\s*(?:except|but|other\s+than|excluding)(?:\s+for)?)\s+(?:[a-z]\s*=\s*)?(.+)$",
            r"\\mathbbR \\setminus \\{\1\\}",
        ),
        (
            rf"{_N}\s+(?:or|and)\s+(?:more|greater|above|over|up)\b|(?:is\s+)?"
            rf"(?:at\s+least|no\s+less\s+than|not\s+less\s+than|greater\s+than\s+or\s+equal\s+to)\s+{_N}",
            r" \\ge \1\2",
        ),
        (
            rf"{_N}\s+or\s+(?:less|fewer|below|under)\b|(?:is\s+)?"
            rf"(?:at\s+most|no\s+more\s+than|not\s+more\s+than|less\s+than\s+or\s+equal\s+to|up\s+to)\s+{_N}",
            r" \\le \1\2",
        ),
        (rf"(?:is\s+)?(?:strictly\s+)?(?:more|greater|larger|bigger)\s+than\s+{_N}", r" > \1"),
        (rf"(?:is\s+)?(?:strictly\s+)?(?:less|fewer|smaller)\s+than\s+{_N}", r" < \1"),
        (rf"(?:approximately|about|roughly|around|approx\.?)\s+{_N}", r" \\approx \1"),
        (rf"(?:is\s+)?not\s+(?:equal\s+to\s+)?{_N}", r" \\ne \1"),
    )
)
_ODD = re.compile(
    r"(?:all\s+|any\s+|every\s+)?(odd|even)(?:\s+(?:x|n|k|m|integers?|numbers?|values?))?(?:\s+of\s+[a-z])?"
)
_HINT = re.compile(
    r"[万亿千百]|\b(?:negative|minus|power|choose|over|divided|out|in|root|mod|modulo|plus|times|multiplied|dozens?|scores?"
    r"|hundreds?|thousands?|factorial|squared|cubed|real|reals|more|greater|least|less|fewer|most|than|up|about|around|roughly"
    r"|approximately|approx|not|to)\b",
    re.IGNORECASE,
)


def is_mathematics(word: str) -> bool:
    """Whether a word behind a number is an operation, a comparison or a hedge, and so never a unit."""
    return word.lower().strip(" ,.") in _MATHEMATICS | _FUNCTION_WORDS


@lru_cache(maxsize=4096)
def meaning(words: str) -> Node | None:
    """The tree of a whole answer in words, in lower case; None where it is no such phrase."""
    words = words.strip(" .!")
    if not words:
        return None
    if words in ("infinite", "infinitely many", "infinity"):
        return Node("const", (), "inf")
    if words in ("negative infinity", "minus infinity"):
        return Node("neg", (Node("const", (), "inf"),))
    if _LINE.fullmatch(words):
        return Node("sym", (), "R")
    if words != "no" and (_EMPTY_WORDS.fullmatch(words) or _EMPTY_EAST.fullmatch(words)):
        return Node("set")
    if _UNDEFINED.fullmatch(words):
        return Node("text", (), "does not exist")
    return _fraction(words) or _number(words)


def _number(words: str) -> Node | None:
    negative = words.startswith(("negative ", "minus "))
    total = part = 0
    parts = words.partition(" ")[2] if negative else words
    names = [name for name in re.split(r"[\s-]+", parts) if name != "and"]
    if not names or len(names) > 12 or parts.startswith("and") or parts.endswith("and"):
        return None
    scale = 0
    for name in names:
        if name in _VALUES:
            value = _VALUES[name]
            if scale and (value >= scale or (scale == 10 and value == 0)):
                return None
            part, scale = part + value, (10 if value >= 20 and value % 10 == 0 else 1)
        elif name == "hundred" and 0 < part < 20:
            part, scale = part * 100, 100
        elif name in ("thousand", "million", "billion") and 0 < part < 1000:
            total += part * {"thousand": 10**3, "million": 10**6, "billion": 10**9}[name]
            part, scale = 0, 0
        elif name == "dozen" and len(names) <= 2:
            part = (part or 1) * 12
        else:
            return None
    return num(-(total + part) if negative else total + part)


def _fraction(words: str) -> Node | None:
    match = re.fullmatch(r"(negative |minus )?([a-z]+)[ -]([a-z]+)", words)
    if match is None:
        return None
    top = 1 if match[2] in ("a", "an") else _VALUES.get(match[2])
    bottom = _PARTS.get(match[3]) or _PARTS.get(match[3].removesuffix("s"))
    if not top or bottom is None:
        return None
    found = Node("div", (num(top), num(bottom)))
    return Node("neg", (found,)) if match[1] else found


def parity(words: str) -> Node | None:
    """`all odd integers` as a residue class."""
    match = _ODD.fullmatch(words)
    if match is None or not words.startswith(("all", "any", "every")):
        return None
    return Node("cong", (num(match[1].lower() == "odd"), num(2)))


def written(text: str) -> str | None:
    """`text` with the words that mean operations and comparisons written in LaTeX; None where it has
    none.
    """
    if _HINT.search(text) is None or len(text) > 600:
        return None
    new = _numerals(text)
    for pattern, replacement in _RULES:
        new = pattern.sub(replacement, new)
    return new if new != text else None


def _numerals(text: str) -> str:
    return re.sub(
        r"\b(?:" + "|".join(_SMALL + _TENS) + r")\b",
        lambda m: str(_VALUES[m[0].lower()]),
        text,
        flags=re.IGNORECASE,
    )
