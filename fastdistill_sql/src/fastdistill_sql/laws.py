"""What the real rows of a table always obey, so that invented ones obey it too.

Never NULL, unique alone or in pairs, one column deciding another. A law is taken from data only where its
holding by
chance is unlikely: the more rows could have broken it, the surer it is. Declared keys hold without any
rows.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

from attrs import frozen

from fastdistill_sql.execute import Value
from fastdistill_sql.forms import Form, form_of
from fastdistill_sql.schema import Schema, Table

Assume = Literal["data", "declared"]
MINED = 50_000
"""Rows of a table that laws are taken from."""
NEVER_NULL = 3
"""Rows without NULL that make a law of it where the schema never says NOT NULL."""
NEVER_NULL_STATED = 40
"""The same where it says NOT NULL of other columns, so that leaving it out may be meant."""
UNIQUE = 40
"""Rows without a double that make an undeclared key."""
SURE = 8.0
"""How many breaches chance alone would have made of a law over two columns."""
_WIDEST = 40
"""Columns beyond which laws over two columns are not looked for."""
Rows = Sequence[Sequence[Value]]


@frozen(kw_only=True)
class Laws:
    """What the rows of one table obey; columns by index."""

    never_null: frozenset[int]
    keys: tuple[tuple[int, ...], ...]
    decided: tuple[tuple[int, int], ...] = ()
    """Pairs (a, b): rows that agree in a agree in b."""
    forms: tuple[Form, ...] = ()
    """How the values of each column look."""


def mine(schema: Schema, table: Table, rows: Rows, assume: Assume) -> Laws:
    """The laws of `table`, of which `rows` are all rows, or as many as are looked at."""
    count, width = len(rows), len(table.columns)
    columns = [[row[i] for row in rows] for i in range(width)]
    least = NEVER_NULL_STATED if schema.strict_about_null else NEVER_NULL
    declared = [tuple(table.place(name) for name in key) for key in table.keys]
    never = {i for i, c in enumerate(table.columns) if c.required}
    forms = tuple(form_of(values, c) for values, c in zip(columns, table.columns, strict=True))
    if assume == "declared":
        return Laws(never_null=frozenset(never), keys=tuple(declared), forms=forms)
    if count >= least:
        never |= {i for i in range(width) if None not in columns[i]}
    keys = list(declared)
    distinct = [len(set(values)) for values in columns]
    if count >= UNIQUE:
        keys += [(i,) for i in range(width) if distinct[i] == count and (i,) not in keys]
    if width <= _WIDEST and count:
        keys += _pairs(columns, distinct, keys, count)
    decided = _decisions(columns, distinct, count) if width <= _WIDEST else ()
    return Laws(never_null=frozenset(never), keys=tuple(keys), decided=tuple(decided), forms=forms)


def _pairs(
    columns: list[list[Value]], distinct: list[int], keys: list[tuple[int, ...]], count: int
) -> list[tuple[int, ...]]:
    """Pairs of columns that are unique together, where chance would have made doubles."""
    found: list[tuple[int, ...]] = []
    for i in range(len(columns)):
        for j in range(i + 1, len(columns)):
            if any(set(key) <= {i, j} for key in keys):
                continue
            expected = count * (count - 1) / 2 / max(1, distinct[i] * distinct[j])
            if expected >= SURE and _without_doubles(zip(columns[i], columns[j], strict=True)):
                found.append((i, j))
    return found


def _without_doubles(pairs: Iterable[tuple[Value, Value]]) -> bool:
    seen: set[tuple[Value, Value]] = set()
    for pair in pairs:
        if pair in seen:
            return False
        seen.add(pair)
    return True


def _decisions(columns: list[list[Value]], distinct: list[int], count: int) -> list[tuple[int, int]]:
    """Columns that decide another one, where chance would have broken that."""
    found: list[tuple[int, int]] = []
    alike = [_alike(values) for values in columns]
    for i in range(len(columns)):
        if count - distinct[i] < SURE or distinct[i] == 1:
            continue
        together = sum(n * (n - 1) / 2 for n in Counter(columns[i]).values())
        for j in range(len(columns)):
            likely = i != j and distinct[j] > 1 and together * (1 - alike[j]) >= SURE
            if likely and _decides(columns[i], columns[j]):
                found.append((i, j))
    return found


def _alike(values: list[Value]) -> float:
    """The chance that two rows have the same value."""
    total = len(values) or 1
    return sum((n / total) ** 2 for n in Counter(values).values())


def _decides(one: list[Value], other: list[Value]) -> bool:
    seen: dict[Value, Value] = {}
    return all(seen.setdefault(a, b) == b for a, b in zip(one, other, strict=True))
