"""The answer inside a gold, which may be a whole solution."""

import re
from functools import lru_cache

from fastdistill_math.boxes import boxes, content, last_group

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
