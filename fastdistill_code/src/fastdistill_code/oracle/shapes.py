"""The shape of an argument, read from its seen values: what kind of value stands where, and its bounds.

A shape makes small values, makes values near a given one, and says whether a value lies inside it.
"""

import copy
import itertools
import random
from collections.abc import Sequence
from typing import Any

from fastdistill_code.oracle.laws import DISTINCT, NO_LEADING_ZERO, VALUE_LAWS, shared
from fastdistill_code.oracle.numbers import Numbers
from fastdistill_code.oracle.parts import are_digits, hashable_for, in_order, kind_of, sizes_of
from fastdistill_code.oracle.texts import Texts
from fastdistill_code.oracle.wording import Wording

_LISTS = (list, tuple, set, frozenset)
_MOST_FIELDS = 6
_MOST_SMALL = 110
_FEW_ITEMS, _BORDERS, _FIRST = 8, 24, 40
"""Further border values stand in one list each, behind the first small lists."""


class Shape:
    """What was seen at one place."""

    def __init__(
        self,
        seen: Sequence[Any],
        wording: Wording,
        hints: Sequence[Any],
        parent: "Shape | None" = None,
        *,
        alone: bool = False,
    ) -> None:
        self.seen = list({repr(value): value for value in seen}.values())
        self.kinds = {type(value) for value in seen}
        numbers = [x for x in seen if type(x) in (int, float) and x == x and abs(x) != float("inf")]
        texts = [x for x in seen if type(x) is str]
        self.numbers = Numbers(numbers, wording, hints, alone=alone) if numbers else None
        self.texts = Texts(texts, wording, hints) if texts else None
        self.others = [x for x in self.seen if type(x) not in (int, float, str, *_LISTS, dict)]
        lists = [x for x in self.seen if isinstance(x, _LISTS)]
        maps = [x for x in self.seen if isinstance(x, dict)]
        plain = len(self.kinds) == 1 and not texts and not maps and not wording.loose
        self.laws = shared(self.seen, VALUE_LAWS) if plain else []
        if (
            wording.distinct
            and lists
            and all(DISTINCT.holds(x) for x in lists if isinstance(x, (list, tuple)))
        ):
            self.laws.append(DISTINCT)
        if wording.digits and lists and all(are_digits(x) for x in lists):
            self.laws.append(NO_LEADING_ZERO)
        self.sizes = sizes_of(lists or maps, wording)
        self.fields: list[Shape] | None = None
        self.items: Shape | None = None
        self.keys: Shape | None = None
        if lists:
            self._inside(lists, wording, hints, parent)
        elif maps:
            self.keys = Shape([k for m in maps for k in m] or [""], wording, hints)
            self.items = Shape([v for m in maps for v in m.values()] or [0], wording, hints)

    def _inside(
        self, lists: Sequence[Any], wording: Wording, hints: Sequence[Any], parent: "Shape | None"
    ) -> None:
        inner = [x for value in lists for x in value]
        sizes = {len(value) for value in lists}
        if parent is not None and self.kinds & {int, str, float} and parent.kinds <= {list, tuple}:
            self.items, parent.items = self, self  # a list may hold lists of its own kind, to any depth
            self.sizes = (min(self.sizes[0], 1), self.sizes[1])
            return
        rows = [list(value) for value in lists if isinstance(value, (list, tuple))]
        if len(sizes) == 1 and len(rows) > 1 and 2 <= len(rows[0]) <= _MOST_FIELDS and (
            len({kind_of(x) for x in inner}) > 1 or tuple in self.kinds
        ):  # fmt: skip
            self.fields = [Shape(list(column), wording, hints) for column in zip(*rows, strict=True)]
            return
        if inner:
            self.items = Shape(inner, wording, hints, self)

    def admits(self, value: Any) -> bool:
        """Whether the value lies inside what was seen, and a little beyond."""
        if type(value) not in self.kinds or not all(law.holds(value) for law in self.laws):
            return False
        if type(value) in (int, float):
            return self.numbers is not None and self.numbers.admits(value)
        if type(value) is str:
            return self.texts is not None and self.texts.admits(value)
        if isinstance(value, dict):
            return self._size(value) and all(
                self.keys is not None
                and self.keys.admits(k)
                and self.items is not None
                and self.items.admits(v)
                for k, v in value.items()
            )
        if not isinstance(value, _LISTS):
            return any(value == other for other in self.others)
        if self.fields is not None and isinstance(value, (list, tuple)):
            return len(value) == len(self.fields) and all(
                shape.admits(x) for shape, x in zip(self.fields, value, strict=True)
            )
        return self._size(value) and (self.items is None or all(self.items.admits(x) for x in value))

    def _size(self, value: Any) -> bool:
        return self.sizes[0] <= len(value) <= self.sizes[1]

    def small(self, depth: int = 0) -> list[Any]:
        """Values worth trying, most telling first, all of them inside."""
        made: list[Any] = list(self.others)
        if self.numbers is not None:
            made += self.numbers.small()
        if self.texts is not None:
            made += self.texts.small()
        for kind in [k for k in (list, tuple, set, frozenset) if k in self.kinds]:
            made += [kind(x) for x in self._lists(depth) if hashable_for(kind, x)]
        if dict in self.kinds:
            made += self._mappings(depth)
        return [x for x in {repr(x): x for x in made}.values() if self.admits(x)][:_MOST_SMALL]

    def _lists(self, depth: int) -> list[list[Any]]:
        if depth > 2:
            return []
        if self.fields is not None:
            few = [shape.small(depth + 1)[:6] for shape in self.fields]
            seen = [list(x) for x in self.seen if isinstance(x, _LISTS)]
            made = [
                [*row[:i], x, *row[i + 1 :]] for row in seen[:3] for i, xs in enumerate(few) for x in xs
            ]
            return made + [list(x) for x in itertools.islice(itertools.product(*few), 40)]
        rows = [list(x) for x in self.seen if isinstance(x, (list, tuple))]
        items = self._items(depth)
        made = [[], *([x] for x in items[:8])]
        if self._nested:
            made += [[row] for row in rows[:3]] + [[[row], *row] for row in rows[:3]]
            made += [[[[row]]] for row in rows[:2]]
        few = items[:3]
        made += [list(x) for size in (2, 3) for x in itertools.product(few, repeat=size)]
        made += [list(x) for x in itertools.product(few[:2], repeat=4)]
        for row in rows[:5]:
            made += [
                row[1:],
                row[:-1],
                row[::-1],
                row + row[:1],
                row[:1] + row,
                row + row[::-1],
                row[1:] + row[:1],
            ]
            made += [[*row[:i], x, *row[i + 1 :]] for x in items[:4] for i in range(min(2, len(row)))]
            made += [[*row, x] for x in items[:3]]
            made += in_order(row)
        filled = [row for row in rows if row]
        borders = [
            [*row[: turn % len(row)], x, *row[turn % len(row) + 1 :]]
            for turn, x in enumerate(items[_FEW_ITEMS : _FEW_ITEMS + _BORDERS] if filled else ())
            for row in (filled[turn % len(filled)],)
        ]
        return copy.deepcopy([*made[:_FIRST], *borders, *made[_FIRST:]])

    @property
    def _nested(self) -> bool:
        """Whether a list may hold lists of its own kind, to any depth."""
        return self.items is not None and self.items.items is self.items

    def _items(self, depth: int) -> list[Any]:
        if self.items is None:
            return []
        if self.items is self:
            return [x for x in self.seen if not isinstance(x, _LISTS)][:3]
        seen = self.items.seen
        spread = [seen[0], seen[-1], *self.items.small(depth + 1)]
        if self.items.numbers is not None:
            numbers = self.items.numbers
            spread = [numbers.seen[0], numbers.seen[-1], *([0] if numbers.admits(0) else []), *spread]
        return list({repr(x): x for x in spread}.values())

    def _mappings(self, depth: int) -> list[dict[Any, Any]]:
        maps = [x for x in self.seen if isinstance(x, dict)]
        if depth > 1 or self.keys is None or self.items is None:
            return copy.deepcopy(maps)
        keys, values = self.keys.small(depth + 1)[:6] + self.keys.seen[:3], self.items.small(depth + 1)[:6]
        made: list[dict[Any, Any]] = [{}, *({k: v} for k in keys[:3] for v in values[:4])]
        for one in maps[:4]:
            made += [{**one, k: v} for k, v in zip(keys, values, strict=False)]
            made += [{k: v for k, v in one.items() if k != left} for left in list(one)[:3]]
            made += [{**one, k: v} for k in list(one)[:2] for v in values[:3]]
            made += [dict(reversed(one.items())), *({**other, **one} for other in maps[:3])]
        return copy.deepcopy(made)

    def near(self, value: Any, rng: random.Random, depth: int = 0) -> Any:
        """A value near this one, of the same type; it may lie outside."""
        if type(value) is bool:
            return not value
        if type(value) in (int, float) and self.numbers is not None:
            return self.numbers.near(value, rng)
        if type(value) is str and self.texts is not None:
            return self.texts.near(value, rng)
        if isinstance(value, _LISTS):
            items = list(value) if isinstance(value, (list, tuple)) else sorted(value, key=repr)
            made = self._near_list(items, rng, depth)
            return type(value)(made) if hashable_for(type(value), made) else value
        if isinstance(value, dict):
            return self._near_mapping(dict(value), rng, depth)
        return copy.deepcopy(rng.choice(self.seen))

    def _near_list(self, items: list[Any], rng: random.Random, depth: int) -> list[Any]:
        place = rng.randrange(len(items)) if items else 0
        if self.fields is not None:
            if items:
                items[place] = self.fields[place].near(items[place], rng, depth + 1)
            return items
        if self.items is None:
            return items
        pick = rng.randrange(9)
        if not items or pick == 0:
            items.insert(place, self._item(rng))
        elif pick == 1:
            del items[place]
        elif pick == 2:
            items.insert(place, copy.deepcopy(items[rng.randrange(len(items))]))
        elif pick == 3:
            rng.shuffle(items)
        elif pick == 4:
            items = (in_order(items) or [items[::-1]])[0]
        elif pick == 5:
            items = [self._item(rng) for _ in items]
        elif pick == 6:
            other = list(rng.choice([x for x in self.seen if isinstance(x, _LISTS)] or [items]))
            items = items[:place] + copy.deepcopy(other[rng.randrange(len(other) + 1) :])
        else:
            items[place] = self.items.near(items[place], rng, depth + 1)
        return items

    def _item(self, rng: random.Random) -> Any:
        assert self.items is not None  # noqa: S101  asked only where items were seen
        value = copy.deepcopy(rng.choice(self.items.seen))
        return self.items.near(value, rng) if rng.random() < 0.3 and self.items is not self else value

    def _near_mapping(self, value: dict[Any, Any], rng: random.Random, depth: int) -> dict[Any, Any]:
        others = [(k, v) for seen in self.seen if isinstance(seen, dict) for k, v in seen.items()]
        if not others or self.items is None or self.keys is None:
            return value
        key = rng.choice(list(value)) if value else None
        match rng.randrange(4):
            case 0:
                name, item = rng.choice(others)
                value[name] = copy.deepcopy(item)
            case 1 if value:
                del value[key]
            case 2 if value:
                item = value.pop(key)
                value[self.keys.near(key, rng, depth + 1)] = item
            case _ if value:
                value[key] = self.items.near(value[key], rng, depth + 1)
        return value
