"""Multiple choice: a letter stands for its value and a value for its letter."""

import re
from collections.abc import Sequence

from fastdistill_math.clean import clean

LETTERS = "ABCDEFGHIJ"
_LETTER = re.compile(r"\s*(?:\(\s*([A-J])\s*\).*|([A-J])\s*(?:[.):]\s.*|[-–—]\s.*|[.):])?)", re.DOTALL)
_STANDING = re.compile(r"(?<![^\W_])\(?([A-J])\)?(?![^\W_])")
_LABEL = re.compile(r"(?:\([A-J]\)|[A-J]\s*(?:[.):](?=\s)|[-–—](?=\s)))\s*(\S.*)", re.DOTALL)
_LABELLED = re.compile(r"\(?([A-J])\)?[.):]?\s+(\S.*)", re.DOTALL)


def letter(text: str) -> str | None:
    r"""The letter that an answer is, also as `(C)`, `\textbf{(C)}`, `C) 5` or `C. because`."""
    body = clean(text).replace("\ue000", " ").replace("\ue001", " ").strip(" {}")
    match = _LETTER.fullmatch(body)
    return (match[1] or match[2]) if match else None


def unlabelled(text: str) -> str | None:
    """`(C) 24` without its letter; None where there is no letter in front of a value."""
    body = clean(text).replace("\ue000", " ").replace("\ue001", " ").strip(" {}")
    match = _LABEL.fullmatch(body)
    return match[1] if match else None


def labelled(gold: str) -> tuple[str, str] | None:
    """`C Cecile` as its letter and what it stands for."""
    match = _LABELLED.fullmatch(clean(gold).replace("\ue000", " ").replace("\ue001", " ").strip())
    if match is None or not re.search(r"[^\W\d_]{2,}", match[2]):
        return None
    return match[1], match[2]


def index(text: str, choices: Sequence[str]) -> int | None:
    """Which choice `text` names by its letter; None where it is no letter or a choice's own text."""
    if text.strip() in choices:
        return None
    found = letter(text)
    at = LETTERS.index(found) if found else len(choices)
    return at if at < len(choices) else None


def several(text: str, choices: Sequence[str]) -> bool:
    """Whether `text` names more than one choice by its letter, and says nothing else."""
    body = clean(text).replace("\ue000", " ").replace("\ue001", " ")
    names = set(_STANDING.findall(body))
    rest = re.sub(r"\b(?:and|or|both|either|also)\b", "", _STANDING.sub("", body), flags=re.IGNORECASE)
    return (
        len(names) > 1
        and not rest.strip(" ,;/&().")
        and all(LETTERS.index(n) < len(choices) for n in names)
    )
