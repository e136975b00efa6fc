"""Texts inside what was seen of an argument: its signs, its words, its numbers and its dates."""

import random
import re
from collections.abc import Sequence
from typing import Any

from fastdistill_code.oracle.forms import (
    broad,
    edge_runs,
    edges,
    form,
    links,
    repeats,
    sign_class,
    tokens,
    usual_forms,
)
from fastdistill_code.oracle.laws import BRACKETS, VALUE_LAWS, shared
from fastdistill_code.oracle.wording import Wording

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_LEADING_ZERO = re.compile(r"(?<!\d)0\d")
_DATES = (
    *("2024-02-29", "2024-03-01", "2023-02-28", "2000-02-29", "1900-03-01", "1999-12-31", "2100-01-01"),
    *("2000-12-31", "2001-01-01", "2024-12-31", "1900-02-28", "1899-12-31", "2100-02-28", "2100-03-01"),
)
_MANY_LETTERS = 9


class Texts:
    """The texts of one place: `alphabet` holds the seen signs and their like."""

    def __init__(self, seen: Sequence[str], wording: Wording, hints: Sequence[Any]) -> None:
        self.seen = list(dict.fromkeys(seen))
        told = [h for h in hints if type(h) is str]
        self.fixed = len(seen) > 1 and all(len(text) > 1 and text in told for text in seen)
        symbols = all(0 < len(text) < 3 and not re.search(r"[\w\s]", text) for text in seen)
        self.fixed = self.fixed or (symbols and len(self.seen) > 2)  # operators and their like
        self.dates = bool(seen) and all(_DATE.fullmatch(text) for text in seen)
        self.whole = [h for h in hints if type(h) is int and 0 <= h < 10**12]
        self.signs = {sign for text in seen for sign in text}
        self.alphabet = self._alphabet(told, hints, wording)
        self.words = list(dict.fromkeys(word for text in seen for word in text.split()))
        several = any(" " in text for text in self.seen)
        self.word_laws = shared(self.words, VALUE_LAWS) if several else []
        self.laws = shared(self.seen, VALUE_LAWS)
        if wording.signs:
            sign = wording.signs[0]
            self.laws = [law for law in self.laws if law.holds(f" {sign}" if sign.isspace() else sign)]
        self.zeros = any(_LEADING_ZERO.search(text) for text in self.seen)
        self.links = links(self.seen)
        self.separators = self._separators()
        sizes = [len(text) for text in seen]
        least = 0 if wording.empty and not wording.non_empty else 1
        self.sizes = (min(min(sizes), least), max(max(sizes) + 4, 6 if max(sizes) > 1 else 1))
        forms = [form(text) for text in self.seen]
        self.forms = usual_forms(forms)
        self.edges = edge_runs(self.seen)
        counts = [len(text.split()) for text in seen]
        self.word_counts = (min(counts, default=0), max(counts, default=0) + 2)
        if wording.loose:
            self.laws, self.word_laws, self.separators = [], [], {}
            self.zeros, self.links, self.forms, self.edges = True, None, None, None

    def _separators(self) -> dict[str, tuple[int, int]]:
        """How often signs that stand in every seen text (an underscore, a colon) stand in one."""
        if len(self.seen) < 3:
            return {}
        everywhere = [
            s for s in self.signs if not s.isalnum() and s != " " and all(s in t for t in self.seen)
        ]
        counts = {s: [text.count(s) for text in self.seen] for s in everywhere}
        return {s: (min(count), max(count) + (len(set(count)) > 1)) for s, count in counts.items()}

    def _alphabet(self, told: Sequence[str], hints: Sequence[Any], wording: Wording) -> list[str]:
        classes = {sign_class(sign) for sign in self.signs}
        found = dict.fromkeys(sorted(self.signs))
        wanted = [sign for text in told for sign in text]
        wanted += [sign.swapcase() for text in told for sign in text]
        wanted += [chr(h) for h in hints if type(h) is int and 32 <= h < 127]  # read by ord()
        lower = [s for s in self.signs if sign_class(s) == "lower"]
        upper = [s for s in self.signs if sign_class(s) == "upper"]
        if len(lower) >= _MANY_LETTERS:
            wanted += "abeyz"
        if len(upper) >= _MANY_LETTERS:
            wanted += "ABEYZ"
        if len([s for s in self.signs if s.isdigit()]) >= 3:
            wanted += "0123456789"
        found |= dict.fromkeys(s for s in wanted if sign_class(s) in classes)
        if any(s.isalpha() for s in self.signs):
            found |= dict.fromkeys(wording.signs)
        return list(found)

    def admits(self, value: str) -> bool:
        """Whether the text is made of seen signs, within the seen sizes and laws."""
        if self.fixed:
            return value in self.seen
        if self.dates:
            return _DATE.fullmatch(value) is not None
        return (
            self.sizes[0] <= len(value) <= self.sizes[1]
            and all(sign in self.alphabet for sign in value)
            and self.word_counts[0]
            <= max(len(value.split()), self.word_counts[0] and 0)
            <= self.word_counts[1]
            and (self.forms is None or form(value) in self.forms)
            and (self.zeros or not _LEADING_ZERO.search(value))
            and (self.links is None or (tokens(value) <= self.links and not repeats(value)))
            and all(low <= value.count(s) <= high for s, (low, high) in self.separators.items())
            and (self.edges is None or set(edges(value)) <= self.edges)
            and all(law.holds(value) for law in self.laws)
            and all(law.holds(word) for law in self.word_laws for word in value.split())
        )

    def small(self) -> list[str]:
        """Texts worth trying: short ones over a few signs, then the seen ones turned about."""
        if self.fixed:
            return self.seen
        if self.dates:
            return [*_DATES, *self.seen]
        made = ["", *self.alphabet[:40]]
        for run in sorted(self.edges or ())[2:]:
            made += [edge for text in self.seen[:2] for edge in (" " * run + text, text + " " * run)]
        few = self._few()
        made += [a + b for a in few for b in few]
        if few:
            a, b, c = (few * 3)[:3]
            made += [a * 3, a + b + a, a + a + b, a + b + b, a + b + c, a + b + b + a, a * 4, a + b + c + a]
        for one, other in BRACKETS.items():
            if one in self.alphabet and other in self.alphabet:
                made += [one * 3 + other * 3, one * 4 + other * 4]
                made += [f"{one}{text}{other}" for text in self.seen[:6]]
        for text in self.seen[:6]:
            made += [text[::-1]] if self.forms is None else []
            made += [
                text + text,
                text[1:],
                text[:-1],
                text.swapcase(),
                text.upper(),
                text.lower(),
            ]
            made += [*text.split()[:2], " ".join(text.split()[::-1]), " ".join(sorted(text.split()))]
            made += [" ".join([*text.split(), text.split()[0]]) if text.split() else text]
            made += [f"{sign}{text}" for sign in few[:3]] + [f"{text}{sign}" for sign in few[:3]]
            middle = len(text) // 2
            made += [
                f"{text[:middle]}{sign}{text[middle:]}" for sign in self.alphabet if sign not in self.signs
            ]
        return list(dict.fromkeys(text for text in made if self.admits(text)))

    def _few(self) -> list[str]:
        """One or two signs of each class, of the rarer classes too."""
        classes: dict[str, list[str]] = {}
        for sign in self.alphabet:
            classes.setdefault(sign_class(sign), []).append(sign)
        return [sign for group in list(classes.values())[:8] for sign in group[:2]][:9]

    def near(self, value: str, rng: random.Random) -> str:
        """A text near this one."""
        if self.fixed or self.dates:
            others: list[str] = [*self.seen, *(_DATES if self.dates else ())]
            return rng.choice(others)
        words = value.split(" ")
        pick = rng.randrange(8)
        if len(words) > 1 and pick < 4:
            return " ".join(self._words(words, rng))
        if not self.alphabet:
            return value
        runs = list(re.finditer(r"\d+", value))
        if runs and (pick % 2 or (len(runs) > 1 and pick)):
            return self._renumbered(value, rng.choice(runs), rng)
        return self._signs(value, rng)

    def _renumbered(self, value: str, run: re.Match[str], rng: random.Random) -> str:
        whole = [hint for hint in self.whole if len(str(hint)) in (len(run[0]), len(run[0]) + 1)]
        near = int(run[0]) + rng.choice((-1, 1, 2, 10, 50)) if len(run[0]) < 15 else 0
        number = abs(rng.choice([near, near, *whole]) + rng.choice((0, 0, 1, -1)))
        return value[: run.start()] + str(number).zfill(len(run[0])) + value[run.end() :]

    def _signs(self, value: str, rng: random.Random) -> str:
        place = rng.randrange(len(value) + 1)
        rest = value[place + 1 :]
        sign = self._sign_for(value[place] if place < len(value) else "", rng)
        match rng.randrange(7):
            case 0:
                return value[:place] + sign + value[place:]
            case 1:
                return value[:place] + rest
            case 2 | 3:
                return value[:place] + sign + rest
            case 4:
                signs = list(value)
                rng.shuffle(signs)
                return "".join(signs)
            case 5:
                other = rng.choice(self.seen)
                return value[:place] + other[rng.randrange(len(other) + 1) :]
        size = len(value) + rng.randint(-1, 2)
        return "".join(rng.choice(self.alphabet) for _ in range(max(0, size)))

    def _sign_for(self, old: str, rng: random.Random) -> str:
        """A sign of the same class as the one it replaces if there is one, or any."""
        alike = [s for s in self.alphabet if old and broad(s) == broad(old)]
        return rng.choice(alike if alike and rng.random() < 0.8 else self.alphabet)

    def _words(self, words: list[str], rng: random.Random) -> list[str]:
        place = rng.randrange(len(words))
        match rng.randrange(6):
            case 0:
                rng.shuffle(words)
            case 1:
                del words[place]
            case 2:
                words.insert(place, words[rng.randrange(len(words))])
            case 3 if words[place].lstrip("-").isdigit():
                words[place] = str(max(0, int(words[place]) + rng.choice((-1, 1, 2, 7))))
            case 4 if words[place]:
                words[place] = self._signs(words[place], rng).replace(" ", "")
            case _:
                same = [w for w in self.words if w.isdigit() == words[place].isdigit()]
                words[place] = rng.choice(same or self.words or words)
        return words
