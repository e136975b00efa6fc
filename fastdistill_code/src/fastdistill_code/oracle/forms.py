"""What texts of one place have in common beside their signs: forms of codes, links, blanks at the edges."""

import itertools
import re
from collections.abc import Sequence

_FEW = 3


def links(texts: Sequence[str]) -> set[tuple[str, str]] | None:
    """Of codes such as "1h30m", where letters and numbers take turns: which sign follows which."""
    codes = len(texts) > 2 and all(
        any(s.isdigit() for s in t) and any(s.isalpha() for s in t) and " " not in t for t in texts
    )
    if not codes or any(repeats(text) for text in texts):
        return None
    return set().union(*map(tokens, texts))


def tokens(text: str) -> set[tuple[str, str]]:
    """Pairs of signs that follow each other, a number counting as one; the empty text is either end."""
    signs = ["", *re.sub(r"\d+", "0", text), ""]
    return set(itertools.pairwise(signs))


def repeats(text: str) -> bool:
    """Whether a letter stands there twice."""
    letters = [sign for sign in text if sign.isalpha()]
    return len(set(letters)) < len(letters)


def usual_forms(forms: Sequence[str]) -> set[str] | None:
    """The forms of codes; one that was seen a single time is an exception, and no more of it are made."""
    if len(forms) <= _FEW or len(set(forms)) > 0.7 * len(forms):
        return None
    return {form for form in forms if forms.count(form) > 1}


def edges(text: str) -> tuple[int, int]:
    """How many blanks stand at the beginning, and at the end."""
    return len(text) - len(text.lstrip(" ")), len(text) - len(text.rstrip(" "))


def edge_runs(texts: Sequence[str]) -> set[int] | None:
    """How many blanks may stand at either edge: one, or as many as were seen at one of them."""
    return {0, 1}.union(*map(edges, texts)) if len(texts) >= _FEW else None


def form(text: str) -> str:
    """Where digits stand: texts that are all of a few such forms are codes of some kind."""
    return re.sub(r"\d", "0", text) if any(sign.isdigit() for sign in text) else text


def broad(sign: str) -> str:
    """Letter, digit or other."""
    return "letter" if sign.isalpha() else "digit" if sign.isdigit() else "other"


def sign_class(sign: str) -> str:
    """Letters, digits and the other signs do not stand in for each other."""
    kind = "digit" if sign.isdigit() else sign
    return ("upper" if sign.isupper() else "lower") if sign.isalpha() else kind
