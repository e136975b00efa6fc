"""Finds the benchmark item that a text repeats: a short one as a whole, a long one by shared runs."""

import heapq
from collections import Counter

from attrs import define, field, frozen

from fastdistill.run.overlap.texts import (
    SHINGLE,
    Tokens,
    grams,
    numbers_of,
    tokens_of,
    told_apart,
    whole_of,
)
from fastdistill.settings import Decontaminate

COMMON = 200
"""Items that share a shingle, from which on it leads to none of them: too many say it."""
LOOKED_AT = 20
"""Items that are compared with one text: those that share most shingles with it."""
NEAR = 0.6
"""The share of its shingles that a near copy has in common with an item."""


@frozen(kw_only=True)
class Item:
    """One text of a benchmark."""

    source: str
    number: int
    """Its row, from 1."""
    tokens: Tokens
    shingles: frozenset[int]


@frozen(kw_only=True)
class Hit:
    """An item that a text repeats, and what they share."""

    item: Item
    span: str

    @property
    def detail(self) -> str:
        """Return it as a sentence."""
        return f"{self.item.source}, row {self.item.number}: {self.span!r}"


@define
class Index:
    """The texts of benchmarks, of one kind: questions or solutions."""

    settings: Decontaminate
    items: list[Item] = field(factory=list)
    _whole: dict[str, Item] = field(factory=dict, init=False)
    _by_shingle: dict[int, list[int]] = field(factory=dict, init=False)

    def add(self, source: str, number: int, text: str, *, short: bool = True) -> None:
        """Enter an item; one that is shorter than an n-gram is found by the whole of it, if `short`."""
        tokens = tokens_of(text)
        is_short = len(tokens) < self.settings.ngram
        if not tokens or (is_short and not short):
            return
        shingles = frozenset() if is_short else frozenset(grams(tokens, SHINGLE))
        item = Item(source=source, number=number, tokens=tokens, shingles=shingles)
        self._whole.setdefault(whole_of(text), item)
        for one in item.shingles:
            self._by_shingle.setdefault(one, []).append(len(self.items))
        self.items.append(item)

    def find(self, text: str) -> Hit | None:
        """Return the item that `text` repeats most of, if it repeats one."""
        same = self._whole.get(whole_of(text))
        tokens = tokens_of(text)
        if same is not None:
            return Hit(item=same, span=" ".join(tokens)[:160])
        if len(tokens) < self.settings.ngram:
            return None
        shingles = set(grams(tokens, SHINGLE))
        candidates = self._candidates(shingles)
        numbers = numbers_of(tokens) if candidates else Counter[str]()
        for number in candidates:
            item = self.items[number]
            if not told_apart(numbers, numbers_of(item.tokens)) and self._repeats(tokens, shingles, item):
                return Hit(item=item, span=_span(tokens, item.shingles))
        return None

    def _candidates(self, shingles: set[int]) -> list[int]:
        """Return the items that share enough to be looked at, those that share most first."""
        shared = Counter[int]()
        for one in shingles & self._by_shingle.keys():
            found = self._by_shingle[one]
            if len(found) <= COMMON:
                for number in found:
                    shared[number] += 1
        least = self.settings.ngram - SHINGLE + 1
        near = [(-count, number) for number, count in shared.items() if count >= min(least, 4)]
        return [number for _, number in heapq.nsmallest(LOOKED_AT, near)]

    def _repeats(self, tokens: Tokens, shingles: set[int], item: Item) -> bool:
        if not item.shingles:
            return False
        shorter = min(len(shingles), len(item.shingles))
        if len(shingles & item.shingles) >= NEAR * shorter:
            return True
        covered = _covered(tokens, item.tokens, self.settings.ngram)
        if covered and covered >= self.settings.share * min(len(tokens), len(item.tokens)):
            return True
        size = self.settings.characters
        return bool(size) and not _runs(tokens, size).isdisjoint(_runs(item.tokens, size))


def _covered(tokens: Tokens, other: Tokens, size: int) -> int:
    """Return how many of `tokens` stand in runs of `size` that `other` has too."""
    there, end, count = set(grams(other, size)), 0, 0
    for at, one in enumerate(grams(tokens, size)):
        if one in there:
            count += at + size - max(at, end)
            end = at + size
    return count


def _runs(tokens: Tokens, characters: int) -> set[str]:
    """Return the runs of so many characters that begin with a word."""
    text, found, at = " ".join(tokens), set[str](), 0
    for one in tokens:
        if at + characters > len(text):
            break
        found.add(text[at : at + characters])
        at += len(one) + 1
    return found


def _span(tokens: Tokens, shingles: frozenset[int]) -> str:
    """Return the longest run of words that the text shares with an item."""
    best, start = (0, 0), None
    for at, one in enumerate([*grams(tokens, SHINGLE), None]):
        if one in shingles:
            start = at if start is None else start
        elif start is not None:
            best, start = max(best, (at + SHINGLE - 1 - start, -start)), None
    length, at = best[0], -best[1]
    return " ".join(tokens[at : at + length])[:160]
