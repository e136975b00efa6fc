"""Numbers inside what was seen of an argument: its range, its digits, and the borders between."""

import math
import random
from collections.abc import Sequence
from typing import Any

from fastdistill_code.oracle.wording import Wording

_ROOM = 3
_LARGE = 20
_SMALL = 64
_MULTIPLES = 10**6
_DIGIT = 9


class Numbers:
    """The numbers of one place: from `low` to `high`, whole ones only where only such were seen."""

    def __init__(
        self, seen: Sequence[float], wording: Wording, hints: Sequence[Any], *, alone: bool = False
    ) -> None:
        self.seen = sorted(set(seen))
        self.whole = all(type(x) is int for x in seen)
        self.floats = all(type(x) is float for x in seen)
        self.digits = max((_digits(x) for x in seen), default=1)
        least, most = self.seen[0], self.seen[-1]
        self.alone = alone
        self.low: float = self._low(least, most, wording)
        self.high: float = most + max(_ROOM, abs(most) / 2) if most < 1e15 else most
        if alone and self.whole and 0 < most < _MULTIPLES:
            self.high = 10 * most + _LARGE
        reach = (2 * self.low - 10, max(2 * self.high + 10, _SMALL))
        self.hints = [
            h
            for h in hints
            if type(h) in (int, float)
            and h == h
            and reach[0] <= h <= reach[1]
            and (type(h) is int or not self.whole)
        ]
        self.high = max([self.high, *(h + 1 for h in self.hints)])
        told = [n for n in wording.limits if most <= n < self.high and n <= 10 * most]
        self.high = min([self.high, *told])
        if wording.digits and self.whole and not alone and 0 <= least <= most <= _DIGIT:
            self.low, self.high = 0, _DIGIT

    def _low(self, least: float, most: float, wording: Wording) -> float:
        if least < 0 or (wording.negative and not wording.positive):
            return -max(-least, most, _ROOM)
        if wording.from_zero and not (wording.positive and least > 0):
            return 0
        if self.whole:
            return min(least, 1) if least <= 3 else 2 if least < _LARGE else least - least // 8
        return least if least <= 1 else max(1, least / 2)

    def admits(self, value: float) -> bool:
        """Whether the number lies inside what was seen and a little beyond."""
        if type(value) is bool or value != value or not self.low <= value <= self.high:
            return False
        if self.whole:
            return type(value) is int
        return not self.floats or type(value) is float

    def small(self) -> list[Any]:
        """Numbers worth trying, the borders first."""
        made: list[float] = [self.low, self.low + 1]
        for hint in self.hints:
            made += [hint, hint - 1, hint + 1]
        for hint in (h for h in self.hints if type(h) is int and 2 < h < _MULTIPLES):
            made += [(value // hint + turn) * hint for value in self.seen[:3] for turn in (0, 1, -1)]
        made += self.seen[:2] + self.seen[-2:]
        made += [0, 1, 2, 3, 4, 5, -1, -2]
        for value in self.seen[:8]:
            made += [value + 1, value - 1, -value]
        made += [6, 7, 8, 9, 10, 11, 12, 15, 16, 20, 25, 30, 49, 50, 64, 99, 100, 101, 121, 1000]
        made += [-10, -11, -99, -100, -101]
        made += [self.high, self.high - 1]
        if not self.whole:
            made += [0.5, 1.5, 2.25]
            made += [(a + b) / 2 for a, b in zip(self.seen[:6], self.seen[1:7], strict=False)]
        return list({repr(x): x for x in map(self._shaped, made) if self.admits(x)}.values())

    def near(self, value: float, rng: random.Random) -> Any:
        """A number near this one, or another of the range."""
        match rng.randrange(6):
            case 0 | 1:
                made = value + rng.choice((-1, 1))
            case 2:
                made = value + rng.choice((-2, 2, 3, -3, 10, -10))
            case 3:
                made = rng.choice((-value, *self.seen, *self.hints))
            case 4 if not self.whole:
                made = value + rng.uniform(-1, 1)
            case _:
                made = 10 ** rng.uniform(0, math.log10(max(10, self.high, -self.low)))
                made *= rng.choice((1, 1, -1)) if self.low < 0 else 1
        return self._shaped(min(max(made, self.low), self.high))

    def _shaped(self, value: float) -> Any:
        if self.whole:
            return int(value)
        if self.floats or value != int(value):
            return round(float(value), self.digits)
        return int(value)


def _digits(value: float) -> int:
    text = repr(float(value)) if abs(value) < 1e15 else "0.0"
    return 6 if "e" in text else len(text.partition(".")[2])
