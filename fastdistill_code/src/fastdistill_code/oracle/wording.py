"""What a problem says about its inputs in so many words, and the example calls that it shows.

Only words with one plain meaning are read. They loosen what the seen inputs show ("from 0", "tabs") or
confirm it ("positive", "distinct"); nothing else is concluded from prose.
"""

import ast
import re
from typing import Any

from attrs import evolve, frozen

from fastdistill_code.jobs import CallInput
from fastdistill_code.kinds.evaluate import Evaluator, Unliftable

_MOST_EXAMPLES = 20


@frozen(kw_only=True)
class Wording:
    """What the prompt says."""

    positive: bool = False
    from_zero: bool = False
    negative: bool = False
    empty: bool = False
    non_empty: bool = False
    distinct: bool = False
    digits: bool = False
    """It speaks of digits: small numbers in lists may be such."""
    any_answer: bool = False
    """Of several right answers each one is accepted."""
    any_order: bool = False
    ties_told: bool = False
    """It says which of equal ones is meant (the first, in alphabetical order)."""
    limits: tuple[int, ...] = ()
    """Numbers that are named as upper bounds."""
    loose: bool = False
    """Laws of the seen inputs are passed over: for inputs outside the contract."""
    signs: str = ""
    """Signs that are named as a kind: tabs, line ends, digits, capital letters."""


_POSITIVE = (
    r"\bpositive (?:integers?|whole|numbers?|ints?)\b",
    r"\bnatural numbers?\b",
    r"\bgreater than (?:0|zero)\b",
)
_NEGATIVE = (
    r"(?<!non)(?<!non-)\bnegative (?:integers?|numbers?|or)\b",
    r"\bor negative\b",
    r"\bnegatives\b",
    r"\bbelow (?:0|zero)\b",
)
_EMPTY = (
    r"\bempty (?:list|string|text|array|line|dict\w*|input|one)\b",
    r"\b(?:is|are|be) empty\b",
    r"\bno (?:items?|words?)\b",
)
_DISTINCT = (
    r"\b(?:unique|distinct) (?:elements?|numbers?|integers?|values?)\b",
    r"\bno (?:duplicates?|repeat\w*)\b",
    r"\bpermutation of\b",
)
_TIES_TOLD = (
    r"\b(?:first|last|ties?|latest|same|equal|index|positions?|left|right|stable|next)\b",
    r"\b(?:original|same|input|given|their) order\b|\border of\b",
    r"\b(?:earlie|lexicograph|alphabet)",
    r"\b(?:if|when|where|of) (?:there (?:are|is) )?(?:more than one|multiple|several)\b",
)
_ANY_ANSWER = (
    r"\bany (?:one )?of (?:them|these|those)\b",
    r"\bany (?:valid|divisor|right|correct|such)\b",
    r"\bone of the (?:possible|valid)\b",
)
_FLAGS = {
    "positive": _POSITIVE,
    "from_zero": (r"\bfrom (?:0|zero)\b|\bnon-?negative\b|\bzero or more\b|>= ?0\b",),
    "negative": _NEGATIVE,
    "not_negative": (r"\b(?:no|not|without) negatives?\b",),
    "empty": _EMPTY,
    "non_empty": (r"\bnon-?empty\b|\bnot empty\b|\bat least (?:one|1)\b",),
    "distinct": _DISTINCT,
    "digits": (r"\bdigits\b",),
    "ties_told": _TIES_TOLD,
    "any_order": (r"\b(?:in )?any order\b|\border does(?: not|n't) matter\b",),
    "any_answer": _ANY_ANSWER,
}
_LIMIT = re.compile(
    r"(?P<below><(?!=)|\bless than|\bsmaller than)? ?"
    r"(?P<upto><=|≤|\bat most|\bup to|\bnot exceed\w*)? ?(?P<n>\d{1,9})\b"
)
_CASES = (
    r"\bupper ?-?(?:case)? (?:and|or) lower",
    r"\blower ?-?(?:case)? (?:and|or) upper",
    r"\bcase[- ]insensitive",
    r"\bcapital letters?\b",
)
_KINDS_OF_SIGNS = {
    r"\btabs?\b": "\t",
    r"\b(?:line ends?|line breaks?|newlines?)\b": "\n",
    r"\bdigits?\b|\balphanumeric\b": "0123456789",
    "|".join(_CASES): "ABC",
    r"\bpunctuation\b": ".,!",
    r"\bother (?:signs?|characters?|symbols?)\b": " .7B",
}


def loosened(said: Wording) -> Wording:
    """As if the prompt allowed all that it could: negative, empty, repeated, signs of every kind."""
    return evolve(
        said,
        positive=False,
        negative=True,
        empty=True,
        non_empty=False,
        distinct=False,
        limits=(),
        loose=True,
        signs=f"{said.signs}\t\n0A,",
    )


def wording(prompt: str) -> Wording:
    """What the prompt says of inputs and answers."""
    text = prompt.lower()
    found: dict[str, Any] = {
        name: any(re.search(form, text) for form in forms) for name, forms in _FLAGS.items()
    }
    signs = "".join(signs for form, signs in _KINDS_OF_SIGNS.items() if re.search(form, text))
    if found.pop("not_negative"):
        found |= {"negative": False, "from_zero": True}
    return Wording(**found, signs=signs, limits=_limits(text))


def _limits(text: str) -> tuple[int, ...]:
    named = [m for m in _LIMIT.finditer(text) if m["below"] or m["upto"]]
    return tuple(int(m["n"]) - (1 if m["below"] else 0) for m in named)


def examples(prompt: str, entry_point: str) -> list[CallInput]:
    """The calls with constant arguments that the prompt shows, such as those of doctests."""
    found: list[CallInput] = []
    for match in re.finditer(rf"(?<![\w.]){re.escape(entry_point)}\(", prompt):
        if prompt[: match.start()].rstrip(" ").endswith("def") or len(found) >= _MOST_EXAMPLES:
            continue
        call = _call(prompt[match.start() : match.start() + 500])
        if call is not None:
            found.append(call)
    return found


def _call(text: str) -> CallInput | None:
    for end in (i + 1 for i, sign in enumerate(text) if sign == ")"):
        try:
            node = ast.parse(text[:end], mode="eval").body
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            continue
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            return None
        try:
            evaluator = Evaluator({})
            args = tuple(evaluator.value(arg) for arg in node.args)
            kwargs = {word.arg: evaluator.value(word.value) for word in node.keywords if word.arg}
        except Unliftable:
            return None
        return CallInput(args=args, kwargs=kwargs) if len(kwargs) == len(node.keywords) else None
    return None
