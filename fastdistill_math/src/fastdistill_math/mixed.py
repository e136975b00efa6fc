"""Words with formulas among them, taken apart: each formula is read as mathematics, the words stay words.

What only declares a domain ("for all real x", "where n is an integer", "k in Z") is told apart from what
is said.
"""

import re
from collections.abc import Callable

from fastdistill_math.tree import Node

Reader = Callable[[str], Node | None]
_PART = re.compile(
    r"\ue000([^\ue001]*)\ue001|((?:(?<![\\A-Za-z])[^\W\d_]{2,}(?:['-][^\W\d_]+)*[\s,;:]*)+)|([^\ue000]+?(?=\ue000|(?<![\\A-Za-z])[^\W\d_]{2,}|$))",
    re.DOTALL,
)
_FUNCTIONS = frozenset(
    [
        "sin",
        "cos",
        "tan",
        "cot",
        "sec",
        "csc",
        "log",
        "ln",
        "lg",
        "exp",
        "max",
        "min",
        "gcd",
        "lcm",
        "sqrt",
        "pi",
        "mod",
        "det",
        "lim",
        "arcsin",
        "arccos",
        "arctan",
    ]
)
_DECLARES = re.compile(
    r"(?:,|;)?\s*(?:for|where|with|such that|if|when|whenever|given|provided|assuming|subject to)\b\s*"
    r"(?:all|any|every|each|some|that)?\s*(?:non-?negative|non-?zero|positive|negative|fixed|arbitrary|constant)?\s*"
    r"(?:real|reals|integers?|natural|rational|complex|constants?)?\s*(?:numbers?|values? of"
    r"|values?|constants?)?"
)
_AFTER = re.compile(
    r"(?:is|are|being|denotes?|can be)?\s*(?:an?|any|all|some|the)?\s*(?:arbitrary|real|positive"
    r"|non-?negative|non-?zero|"
    r"constant|constants?|integers?|natural|numbers?|reals?|rational|complex|and|of|integration|fixed|\s)*"
)
_CLOSING = re.compile(
    r"(?:for|where) (?:all|any|every|some) (?:real |positive |natural )?(?:numbers?|integers?|reals?)?"
)
MAX_PARTS = 24


def mixed(body: str, read: Reader) -> Node | None:
    """A `prose` or `given` node, or None where a part is neither words nor mathematics."""
    parts = _parts(_without_brackets(body))
    if not parts or len(parts) > MAX_PARTS or not any(kind == "math" for kind, _ in parts):
        return None
    words: list[str] = []
    formulas: list[Node] = []
    for kind, text in parts:
        if kind == "words":
            words.append(" ".join(re.findall(r"[^\W_]+(?:['-][^\W_]+)*", text.lower())))
            continue
        tree = read(text)
        if tree is None:
            return None
        words.append("#")
        formulas.append(tree)
    return _given(words, formulas) or Node("prose", tuple(formulas), tuple(word for word in words if word))


def _without_brackets(body: str) -> str:
    """`n^2 (for all n)` without the brackets around its words."""
    opened = re.sub(r"\(\s*\ue000|\ue000\s*\(", "\ue000", body)
    if opened != body and opened.count(")") == opened.count("(") + 1:
        return re.sub(r"\)(?=[\s\ue001]*$)", "", opened)
    return body


def _parts(body: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(body):
        match = _PART.match(body, at)
        if match is None or match.end() == at:
            return []
        at = match.end()
        text = match[1] if match[1] is not None else match[0]
        words = match[3] is None and not set(text.lower().split()) & _FUNCTIONS
        text = text if match[3] is None else text.strip(" ,;.:")
        if not text.strip():
            continue
        kind = "words" if words and re.search(r"[^\W\d_]{2,}", text) else "math"
        if found and found[-1][0] == kind:
            found[-1] = (kind, f"{found[-1][1]} {text}")
        else:
            found.append((kind, text))
    return found


def _given(words: list[str], formulas: list[Node]) -> Node | None:
    """`# for all real #` as a value with its declarations; None where the words say more."""
    if len(words) < 2 or words[0] != "#":
        return None
    said = words[1]
    if len(words) == 2 and len(formulas) == 1:
        return Node("given", (formulas[0],)) if _CLOSING.fullmatch(said) else None
    if not _DECLARES.fullmatch(said):
        return None
    rest = [word for word in words[2:] if word != "#"]
    if not all(_AFTER.fullmatch(word) or _DECLARES.fullmatch(word) for word in rest):
        return None
    return Node("given", tuple(formulas), any("integer" in word for word in words[1:]))
