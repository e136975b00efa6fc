"""How long an answer takes: a distribution, and what a prefix cache saves."""

import math
import random
from collections import OrderedDict
from collections.abc import Callable

Draw = Callable[[random.Random], float]

_SHAPES: dict[str, tuple[int, Callable[..., float]]] = {
    "fixed": (1, lambda _, seconds: seconds),
    "uniform": (2, lambda rng, low, high: rng.uniform(low, high)),
    "exponential": (1, lambda rng, mean: rng.expovariate(1.0 / mean)),
    "lognormal": (2, lambda rng, median, sigma: rng.lognormvariate(math.log(median), sigma)),
}


def parse_latency(text: str) -> Draw:
    """`fixed:S`, `uniform:LOW,HIGH`, `exponential:MEAN` or `lognormal:MEDIAN,SIGMA`, in seconds.

    Raises ValueError that says what there is.
    """
    name, _, given = text.partition(":")
    try:
        count, shape = _SHAPES[name]
        values = [float(value) for value in given.split(",")]
    except (KeyError, ValueError):
        raise ValueError(f"{text!r} is no latency; there are: {_forms()}") from None
    if len(values) != count or min(values) < 0:
        raise ValueError(f"{text!r}: {name} takes {count} numbers that are not negative")
    return lambda rng: shape(rng, *values)


def _forms() -> str:
    return "fixed:S, uniform:LOW,HIGH, exponential:MEAN, lognormal:MEDIAN,SIGMA"


def count_tokens(text: str) -> int:
    """Four characters a token, at least one."""
    return max(1, len(text) // 4)


class PrefixCache:
    """Which prompt beginnings were seen lately, in blocks, least recently used out first."""

    BLOCK = 64
    """Characters: 16 tokens, as vLLM's blocks."""

    def __init__(self, blocks: int) -> None:
        self._room = blocks
        self._known: OrderedDict[int, None] = OrderedDict()

    def take(self, text: str) -> int:
        """How many tokens of `text` were cached; from now on all its whole blocks are."""
        if not self._room:
            return 0
        chain, hits, unbroken = 0, 0, True
        for end in range(self.BLOCK, len(text) + 1, self.BLOCK):
            chain = hash((chain, text[end - self.BLOCK : end]))
            unbroken = unbroken and chain in self._known
            hits += unbroken
            self._known[chain] = None
            self._known.move_to_end(chain)
        while len(self._known) > self._room:
            self._known.popitem(last=False)
        return hits * self.BLOCK // 4
