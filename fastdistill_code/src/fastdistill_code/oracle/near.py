"""Makes values near those that were seen of one argument, by their type."""

import copy
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

from fastdistill_code.oracle.laws import VALUE_LAWS


class Near:
    """Makes values near those of one argument."""

    def __init__(self, seen: Sequence[Any], rng: random.Random, hints: Sequence[Any] = ()) -> None:
        self.seen, self.rng = list(seen), rng
        self.numbers = [x for x in _leaves(seen) if type(x) in (int, float)]
        self.texts = [x for x in _leaves(seen) if type(x) is str]
        self.items = [x for v in seen if isinstance(v, (list, tuple, set)) for x in v]
        self.alphabet = sorted({sign for text in self.texts for sign in text})
        classes = {_sign_class(sign) for sign in self.alphabet}
        told = {sign for hint in hints if type(hint) is str for sign in hint}
        told |= {chr(hint) for hint in hints if type(hint) is int and 32 <= hint < 127}  # read by ord()
        self.alphabet = sorted({*self.alphabet, *(sign for sign in told if _sign_class(sign) in classes)})
        self.borders = [
            hint
            for hint in hints
            if type(hint) in (int, float)
            and self.numbers
            and min(self.numbers) <= hint <= max(self.numbers)
            and (type(hint) is int or not all(type(x) is int for x in self.numbers))
        ]
        self.hinted = [hint for hint in hints if type(hint) is int]
        self.words = sorted({word for text in self.texts for word in text.split()})
        self.digits = max(
            (len(repr(float(x)).partition(".")[2]) for x in self.numbers if "e" not in repr(x)), default=1
        )
        varied = len({repr(v) for v in seen}) >= 3
        self.laws = self._shared(self.seen) if varied else []
        self.inner = self._shared(self.items) if len(self.items) >= 3 else []
        self.kinds = {type(v) for v in seen}
        sizes = [len(v) for v in seen if hasattr(v, "__len__")]
        self.sizes = (min(sizes, default=0), max(sizes, default=0) + 3)
        words = [len(v.split()) for v in seen if type(v) is str]
        self.word_counts = (min(words, default=0), max(words, default=0) + 2)

    def _shared(self, values: Sequence[Any]) -> list[Callable[[Any], bool]]:
        """The laws that hold of all these values."""
        return [
            law
            for kinds, law in VALUE_LAWS
            if all(isinstance(value, kinds) and self._is(law, value) for value in values)
        ]

    @staticmethod
    def _is(law: Callable[[Any], bool], value: Any) -> bool:
        try:
            return bool(law(value))
        except (TypeError, IndexError, ValueError):
            return False

    def lawful(self, value: Any) -> bool:
        """Whether what holds of all seen values holds of this one: type, size, order, form."""
        if type(value) not in self.kinds or not all(self._is(law, value) for law in self.laws):
            return False
        if isinstance(value, (list, tuple, set)) and not all(
            self._is(w, x) for w in self.inner for x in value
        ):
            return False
        if hasattr(value, "__len__") and not self.sizes[0] <= len(value) <= self.sizes[1]:
            return False
        return type(value) is not str or self.word_counts[0] <= len(value.split()) <= self.word_counts[1]

    def near(self, value: Any, depth: int = 0) -> Any:
        """A value near `value`, of the same type."""
        if depth == 0 and self.rng.random() < 0.1:
            return copy.deepcopy(self.rng.choice(self.seen))
        match value:
            case bool():
                return not value
            case int():
                return round(self._number(value))
            case float():
                return round(float(self._number(value)), self.digits)
            case str():
                return self._text(value)
            case list() | tuple():
                return type(value)(self._sequence(list(value), depth))
            case set():
                return set(self._sequence(sorted(value, key=repr), depth))
            case dict():
                return self._mapping(dict(value), depth)
        return copy.deepcopy(self.rng.choice(self.seen)) if depth == 0 else value

    def _number(self, value: float) -> float:
        low, high = min(self.numbers, default=value), max(self.numbers, default=value)
        least = low if low <= 1 or type(value) is float else 2  # 0 and 1 are often left out of a contract
        made: float
        match self.rng.randrange(5):
            case 0:
                made = value + self.rng.choice((-1, 1))
            case 1:
                made = value + self.rng.choice((-2, 2, 3, -3))
            case 2:
                made = self.rng.choice([*(self.numbers or [value]), *self.borders * 2])
            case 3 if type(value) is int:
                made = self.rng.randint(int(least), int(max(high, least)))
            case _:
                made = value + (
                    self.rng.uniform(-1, 1) if type(value) is float else self.rng.choice((-10, 10, 5))
                )
        if type(value) is int:
            made = int(made)
        return float(min(max(made, least), high + max(2, abs(high) // 10)))

    def _text(self, value: str) -> str:
        words = value.split(" ")
        pick = self.rng.randrange(8)
        if len(words) > 1 and pick < 4:
            return " ".join(self._words(words))
        if not self.alphabet:
            return value
        runs = list(re.finditer(r"\d+", value))
        if runs and (pick % 2 or (len(runs) > 1 and pick)):
            run = self.rng.choice(runs)
            whole = [hint for hint in self.hinted if 0 <= hint < 10 ** len(run[0])]
            near = int(run[0]) + self.rng.choice((-1, 1, 2, 10)) if len(run[0]) < 15 else 0
            number = abs(self.rng.choice([near, near, *whole]) + self.rng.choice((0, 0, 1, -1)))
            return value[: run.start()] + str(number).zfill(len(run[0])) + value[run.end() :]
        place = self.rng.randrange(len(value) + 1)
        rest = value[place + 1 :]
        sign = self._sign_for(value[place] if place < len(value) else "")
        match self.rng.randrange(7):
            case 0:
                return value[:place] + sign + value[place:]
            case 1:
                return value[:place] + rest
            case 2 | 3:
                return value[:place] + sign + rest
            case 4:
                signs = list(value)
                self.rng.shuffle(signs)
                return "".join(signs)
            case 5:
                other = self.rng.choice(self.texts)
                return value[:place] + other[self.rng.randrange(len(other) + 1) :]
        size = len(value) + self.rng.randint(-1, 2)
        return "".join(self.rng.choice(self.alphabet) for _ in range(max(0, size)))

    def _sign_for(self, old: str) -> str:
        """A seen sign, of the same class as the one it replaces if there is one."""
        alike = [
            s
            for s in self.alphabet
            if old and s.isalpha() == old.isalpha() and s.isdigit() == old.isdigit()
        ]
        return self.rng.choice(alike or self.alphabet)

    def _words(self, words: list[str]) -> list[str]:
        place = self.rng.randrange(len(words))
        match self.rng.randrange(5):
            case 0:
                self.rng.shuffle(words)
            case 1:
                del words[place]
            case 2:
                words.insert(place, words[self.rng.randrange(len(words))])
            case 3 if words[place].lstrip("-").isdigit():
                words[place] = str(max(0, int(words[place]) + self.rng.choice((-1, 1, 2, 7))))
            case _:
                same = [w for w in self.words if w.isdigit() == words[place].isdigit()]
                words[place] = self.rng.choice(same or self.words or words)
        return words

    def _sequence(self, items: list[Any], depth: int) -> list[Any]:
        place = self.rng.randrange(len(items)) if items else 0
        pick = self.rng.randrange(9)
        if not items or pick == 0:
            items.insert(
                place,
                copy.deepcopy(self.rng.choice(self.items))
                if self.items and depth == 0
                else self._item(items),
            )
        elif pick == 1:
            del items[place]
        elif pick == 2:
            items.insert(place, copy.deepcopy(items[self.rng.randrange(len(items))]))
        elif pick == 3:
            self.rng.shuffle(items)
        elif pick == 4:
            try:
                items.sort(reverse=self.rng.random() < 0.3)
            except TypeError:
                items.reverse()
        elif pick == 5 and self.items and depth == 0:
            items = [copy.deepcopy(self.rng.choice(self.items)) for _ in items]
        elif pick == 6 and depth == 0:
            other = [v for v in self.seen if isinstance(v, (list, tuple))]
            if other:
                tail = list(self.rng.choice(other))
                items = items[:place] + copy.deepcopy(tail[self.rng.randrange(len(tail) + 1) :])
        else:
            items[place] = self.near(items[place], depth + 1)
        return items

    def _item(self, items: list[Any]) -> Any:
        if items:
            return copy.deepcopy(self.rng.choice(items))
        return self.rng.choice(self.numbers) if self.numbers else self.rng.choice(self.texts or [0])

    def _mapping(self, value: dict[Any, Any], depth: int) -> dict[Any, Any]:
        others = [(k, v) for seen in self.seen if isinstance(seen, dict) for k, v in seen.items()]
        keys = list(value)
        match self.rng.randrange(4):
            case 0 if others:
                key, item = self.rng.choice(others)
                value[key] = copy.deepcopy(item)
            case 1 if keys:
                del value[self.rng.choice(keys)]
            case 2 if keys:
                key = self.rng.choice(keys)
                item = value.pop(key)
                value[self.near(key, depth + 1)] = item
            case _ if keys:
                key = self.rng.choice(keys)
                value[key] = self.near(value[key], depth + 1)
        return value


def _sign_class(sign: str) -> str:
    """Letters, digits and the other signs do not stand in for each other."""
    kind = "digit" if sign.isdigit() else sign
    return ("upper" if sign.isupper() else "lower") if sign.isalpha() else kind


def _leaves(values: Any) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if isinstance(value, (list, tuple, set, frozenset)):
            found += _leaves(value)
        elif isinstance(value, dict):
            found += _leaves(value.keys()) + _leaves(value.values())
        elif type(value) is not bool:
            found.append(value)
    return found
