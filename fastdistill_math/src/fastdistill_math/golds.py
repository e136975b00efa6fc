"""The answer inside a gold, which may be a whole solution."""

import re
from functools import lru_cache

from fastdistill_math.boxes import boxes, content, last_group
from fastdistill_math.choices import labelled, letter
from fastdistill_math.clean import words
from fastdistill_math.parse import readings
from fastdistill_math.residue import Residues, Undefined
from fastdistill_math.tree import NotMath, TooLarge

MAX_WORDS = 3

_MARKED = re.compile(r"####\s*(.+?)\s*$", re.DOTALL)
_PHRASE = re.compile(r"(?:final\s+)?answer\s*(?:is|:)\s*:?\s*(\S.*)$", re.IGNORECASE | re.DOTALL)


@lru_cache(maxsize=4096)
def gold_text(gold: str) -> str:
    """The last boxed answer, what stands behind `####` or "answer is", or all of it."""
    found = boxes(gold)
    if found:
        return content(last_group(gold, found), gold)
    if match := _MARKED.search(gold):
        return match[1]
    matches = list(_PHRASE.finditer(gold))
    return matches[-1][1].strip() if matches else gold.strip()


@lru_cache(maxsize=4096)
def readable(gold: str, *, choices: bool = False) -> bool:
    """Whether a gold can be compared: mathematics with a value, a few plain words, or a choice's letter.

    Proofs and sentences are not; nor is what is not equal to itself, such as a division by zero.
    """
    text = gold_text(gold)
    if choices or letter(text) or labelled(text):
        return True
    try:
        tree = readings(text)[0]
        if tree.kind == "text":
            return 0 < len(words(tree.value).split()) <= MAX_WORDS
        if tree.kind == "prose":
            return False
        if not any(part.kind == "const" and part.value == "inf" for part in tree.walk()):
            Residues().of(tree)
    except Undefined:
        return False
    except (NotMath, TooLarge):
        return True
    return True
