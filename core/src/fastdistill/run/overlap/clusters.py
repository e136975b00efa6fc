"""Near duplicates by MinHash: tasks that share most of their words are one cluster."""

from collections.abc import Iterable, Iterator
from typing import Any

from attrs import define, field

from fastdistill.errors import SetupError
from fastdistill.run.overlap.texts import SHINGLE, tokens_of

BANDS, ROWS = 16, 8
"""Signatures of 128 hashes in 16 bands: likenesses from about 0.7 on meet in one."""
PERMUTATIONS = BANDS * ROWS
CHUNK = 2048
SEED = 42


@define(kw_only=True)
class Clusters:
    """A union of what is alike, kept while texts come in."""

    alike: float
    """The estimated likeness (Jaccard, of word triples) from which on two texts are one."""
    parents: list[int] = field(factory=list)
    _first: dict[tuple[int, bytes], int] = field(factory=dict)
    _digests: list[bytes] = field(factory=list)

    def add(self, digest: bytes) -> None:
        """Enter the next text by its signature, 4 bytes a hash."""
        mine = len(self.parents)
        self.parents.append(mine)
        self._digests.append(digest)
        width = 4 * ROWS
        for band in range(BANDS):
            key = (band, digest[band * width : (band + 1) * width])
            other = self._first.setdefault(key, mine)
            if other != mine and self.root(other) != self.root(mine) and self._is_alike(other, mine):
                self.parents[self.root(mine)] = self.root(other)

    def _is_alike(self, left: int, right: int) -> bool:
        one, two = memoryview(self._digests[left]).cast("I"), memoryview(self._digests[right]).cast("I")
        return sum(a == b for a, b in zip(one, two, strict=True)) >= self.alike * PERMUTATIONS

    def root(self, one: int) -> int:
        """Return the first text of a cluster."""
        while self.parents[one] != one:
            self.parents[one] = self.parents[self.parents[one]]
            one = self.parents[one]
        return one


def cluster(texts: Iterable[str], alike: float) -> list[int]:
    """Return for each text the number of the first of its cluster. Raises `SetupError` without rensa."""
    try:
        from rensa import RMinHash
    except ModuleNotFoundError:
        raise SetupError("near duplicates need rensa: pip install 'fastdistill[near-duplicates]'") from None
    found = Clusters(alike=alike)
    for digest in _digests(texts, RMinHash):
        found.add(digest)
    return [found.root(one) for one in range(len(found.parents))]


def _digests(texts: Iterable[str], minhash: Any) -> Iterator[bytes]:
    for text in texts:
        tokens = tokens_of(text)
        size = min(SHINGLE, max(1, len(tokens)))
        made = minhash(num_perm=PERMUTATIONS, seed=SEED)
        made.update([" ".join(tokens[at : at + size]) for at in range(len(tokens) - size + 1)])
        yield b"".join(one.to_bytes(4, "little") for one in made.digest())
