"""Which tasks a student was trained on: the same canonical input, or words that stand in a training task.

The rule for words is that of Brown et al. 2020, "Language Models are Few-Shot Learners": thirteen words in
a row that both have. A shorter question is compared as a whole, with its database.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from attrs import define, field

from fastdistill.run.jsonl import loads

NGRAM = 13
_WORDS = re.compile(r"[^\W_]+")
Overlap = Literal["same-input", "same-words"]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def words_of(text: str) -> list[str]:
    """Return the words and numbers of a text in lower case."""
    return [word.casefold() for word in _WORDS.findall(text)]


def grams(canonical_input: str, size: int) -> set[str]:
    """Return every run of `size` words of an input's longest text, which is its question.

    Where that has fewer, all texts of the input are one: a short question over another database is another.
    """
    texts = list(_texts(loads(canonical_input)))
    words = words_of(max(texts, key=len, default=""))
    if len(words) < size:
        return {" ".join(word for text in texts for word in words_of(text))}
    return {" ".join(words[at : at + size]) for at in range(len(words) - size + 1)}


@define
class TrainingText:
    """What a student has seen, asked for overlaps."""

    size: int = NGRAM
    """Words in a row; 0 compares inputs alone."""
    _inputs: set[str] = field(factory=set, init=False)
    _grams: set[str] = field(factory=set, init=False)

    def add(self, canonical_inputs: Iterable[str]) -> None:
        """Take in what was trained on."""
        for one in canonical_inputs:
            self._inputs.add(one)
            if self.size:
                self._grams |= grams(one, self.size)

    def overlap(self, canonical_input: str) -> Overlap | None:
        """Return how a task was seen in training, or None."""
        if canonical_input in self._inputs:
            return "same-input"
        if self.size and not self._grams.isdisjoint(grams(canonical_input, self.size)):
            return "same-words"
        return None
