"""What the columns of a variant are drawn from: literals and their neighbours, real values, few of each.

Columns that join share one pool, so that rows meet; pools are small, so duplicates and ties are common.
"""

import random
import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from attrs import define, field

from fastdistill_sql.anatomy import Anatomy, Constant, Place
from fastdistill_sql.execute import Value
from fastdistill_sql.schema import Column, Schema

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@define
class Pool:
    """What one group of joined columns is drawn from."""

    planted: list[Value] = field(factory=list)
    real: list[Value] = field(factory=list)

    def small(self, rng: random.Random) -> list[Value]:
        """A few values for one variant: most of the planted, some of the real."""
        planted = [v for v in self.planted if rng.random() < 0.8]
        real = rng.sample(self.real, min(len(self.real), rng.choice((1, 2, 3, 5))))
        if rng.random() < 0.3:
            numbers = [v for v in (*planted, *real) if isinstance(v, (int, float))]
            planted += [-v for v in rng.sample(numbers, min(3, len(numbers)))] + [0] * bool(numbers)
        return planted + real or list(self.real) or list(self.planted)


def pools(schema: Schema, anatomy: Anatomy, real: dict[str, list[Sequence[Value]]]) -> dict[Place, Pool]:
    """The pool of every column; columns of one group have the same object."""
    leader: dict[Place, Place] = {}

    def find(place: Place) -> Place:
        while leader.get(place, place) != place:
            place = leader[place]
        return place

    for one, other in (*anatomy.joins, *_foreign(schema)):
        leader[find(one)] = find(other)
    made: dict[Place, Pool] = {}
    columns: dict[Place, Pool] = {}
    for table in schema.tables:
        for index, column in enumerate(table.columns):
            place = (table.name.lower(), column.name.lower())
            pool = made.setdefault(find(place), Pool())
            columns[place] = pool
            values = (row[index] for row in real.get(place[0], ()))
            fresh = [v for v in dict.fromkeys(values) if v is not None]
            pool.real = list(dict.fromkeys((*pool.real, *fresh[:40])))
    for place, value in anatomy.constants:
        column_of = _column(schema, place)
        if column_of is not None:
            pool = columns[place]
            near = around(value, column_of, pool.real)
            pool.planted = list(dict.fromkeys((*pool.planted, *near)))
    for table in schema.tables:
        for column in table.columns:
            pool = columns[table.name.lower(), column.name.lower()]
            if not pool.real:
                pool.real = list(_invented(column))
    return columns


def _foreign(schema: Schema) -> Iterable[tuple[Place, Place]]:
    for table in schema.tables:
        for key in table.foreign_keys:
            for here, there in zip(key.columns, key.targets, strict=True):
                yield (table.name.lower(), here.lower()), (key.table.lower(), there.lower())


def _column(schema: Schema, place: Place) -> Column | None:
    table = schema.table(place[0])
    return table.column(place[1]) if table else None


def around(value: Constant, column: Column, real: Sequence[Value]) -> list[Value]:
    """`value` as `column` would hold it, and what a slip would confuse it with."""
    if column.kind in ("integer", "real") and isinstance(value, str):
        digits = value.strip("%")
        if digits != value and digits.isdigit() and len(digits) < 9:
            return [int(digits), int("1" + digits), int(digits + "0")]
        if not _NUMBER.fullmatch(value):
            return []
        value = float(value) if "." in value else int(value)
    if isinstance(value, (int, float)):
        if column.kind == "text":
            return _numerals(value, real)
        near: list[Value] = [value, value - 1, value + 1]
        return [*near, value + 0.5] if column.kind == "real" else [v for v in near if v == int(v)]  # type: ignore[arg-type]
    return _texts(value)


def _numerals(value: float, real: Sequence[Value]) -> list[Value]:
    if any(isinstance(v, (int, float)) for v in real):
        return [value, value - 1, value + 1]
    if all(isinstance(v, str) and _NUMBER.fullmatch(v) for v in real):
        return [str(value), str(value - 1), str(value + 1)]
    return []


def _texts(value: str) -> list[Value]:
    if _DAY.match(value):
        return [value, *_days(value)]
    if _NUMBER.fullmatch(value):
        return [value, str(float(value) + 1) if "." in value else str(int(value) + 1)]
    if "%" in value or "_" in value:
        plain = value.replace("%", "").replace("_", "a")
        return [
            plain,
            value.replace("%", "x").replace("_", "a"),
            plain + "y",
            "z" + plain,
            plain.swapcase(),
            plain[1:],
        ]
    return [value, value, value + "x", "x" + value, value.swapcase()]


def _days(value: str) -> list[Value]:
    try:
        day = date.fromisoformat(value[:10])
        moved = [day + timedelta(days=n) for n in (-1, 1, -366, 366)]
    except (ValueError, OverflowError):
        return []
    return [m.isoformat() + value[10:] for m in moved]


def _invented(column: Column) -> Iterable[Value]:
    """For columns without a single real value."""
    declared = column.declared.upper()
    if "BOOL" in declared:
        return (0, 1)
    if column.kind == "integer":
        return range(1, 9)
    if column.kind == "real":
        return (0.5, 1.0, 2.0, 10.25)
    if "DATE" in declared or "TIME" in declared:
        return tuple(
            f"20{y}-0{m}-15" + (" 10:30:00" if "TIME" in declared else "")
            for y in (19, 20, 21)
            for m in (1, 7)
        )
    if column.kind == "blob":
        return (b"\x00", b"\x01")
    return ("alpha", "beta", "gamma", "delta")
