"""What the columns of a variant are drawn from: literals and their neighbours, real values and others
like them.

Columns that join share one pool, so that rows meet; pools are small, so duplicates and ties are common.
"""

import random
import re
from collections.abc import Iterable, Sequence

from attrs import define, field

from fastdistill_sql.anatomy import Anatomy, Constant
from fastdistill_sql.execute import Value
from fastdistill_sql.forms import Form, like, planted
from fastdistill_sql.names import Place
from fastdistill_sql.schema import Column, Schema, Table

_NUMBER = re.compile(r"-?\d{1,15}(\.\d+)?")
SPELLED = 10
"""Different real texts from which on two spellings of one text are taken to be unlawful."""
_REAL = 40
"""Real values of one column that a pool holds."""


@define
class Pool:
    """What one group of joined columns is drawn from."""

    form: Form = field(factory=Form)
    planted: list[Value] = field(factory=list)
    real: list[Value] = field(factory=list)
    spelled: dict[str, str] = field(factory=dict)
    """How the query and the data spell a text, by its case-folded form; two spellings of one are never
    made."""

    def lawful(self, value: Value) -> bool:
        """Whether `value` is no other spelling of what is known."""
        return not isinstance(value, str) or self.spelled.get(value.casefold(), value) == value

    def other(self, value: Value, rng: random.Random) -> Value:
        """Another value of this column's form, near to `value`."""
        made = like(value, self.form, rng)
        return made if self.lawful(made) else value

    def small(self, rng: random.Random) -> list[Value]:
        """A few values for one variant: most of the planted, some of the real and of those like them."""
        chosen = [v for v in self.planted if rng.random() < 0.8]
        real = rng.sample(self.real, min(len(self.real), rng.choice((1, 2, 3, 5))))
        if rng.random() < 0.5:
            source = [*chosen, *real] or self.real
            chosen += [self.other(rng.choice(source), rng) for _ in range(2)] if source else []
        numbers = [v for v in self.planted if isinstance(v, (int, float))]
        if numbers and rng.random() < 0.15:
            chosen += [-rng.choice(numbers), 0]
        return chosen + real or list(self.real) or list(self.planted)


def pools(
    schema: Schema,
    tables: Sequence[Table],
    anatomy: Anatomy,
    real: dict[str, list[Sequence[Value]]],
    forms: dict[str, tuple[Form, ...]],
) -> dict[Place, Pool]:
    """The pool of every column of `tables`; columns of one group have the same object."""
    leader: dict[Place, Place] = {}

    def find(place: Place) -> Place:
        while leader.get(place, place) != place:
            place = leader[place]
        return place

    for one, other in (*anatomy.joins, *_foreign(tables)):
        leader[find(one)] = find(other)
    made: dict[Place, Pool] = {}
    columns: dict[Place, Pool] = {}
    for table in tables:
        for index, column in enumerate(table.columns):
            place = (table.name.lower(), column.name.lower())
            pool = made.setdefault(find(place), Pool())
            columns[place] = pool
            form = forms[place[0]][index]
            if pool.form.look == "any" or find(place) == place:
                pool.form = form
            values = (row[index] for row in real.get(place[0], ()))
            fresh = [v for v in dict.fromkeys(values) if v is not None]
            pool.real = list(dict.fromkeys((*pool.real, *fresh[:_REAL])))
    for place, value in _fillable(schema, anatomy.constants):
        column_of = _column(schema, place)
        if column_of is not None and place in columns:
            pool = columns[place]
            near = planted(value, pool.form, pool.real)
            if near is None:
                near = around(value, column_of, pool.real)
            pool.planted = list(dict.fromkeys((*pool.planted, *near)))
            if isinstance(value, str):
                pool.spelled.setdefault(value.casefold(), value)
    for table in tables:
        for column in table.columns:
            pool = columns[table.name.lower(), column.name.lower()]
            if not pool.real:
                pool.real = list(_invented(column))
    for pool in made.values():
        _settle(pool)
    return columns


def _settle(pool: Pool) -> None:
    """Keep one spelling of each text: the query's, where the data has no other."""
    if len(pool.real) < SPELLED:
        pool.spelled = {}
    for value in pool.real:
        if isinstance(value, str) and pool.spelled.get(value.casefold(), value) != value:
            pool.spelled = {}  # the data itself spells one thing in two ways, or otherwise than the query
            return
    pool.planted = [v for v in pool.planted if pool.lawful(v)]


def _fillable(
    schema: Schema, constants: Iterable[tuple[Place, Constant]]
) -> Iterable[tuple[Place, Constant]]:
    """`constants`, those against a generated column against the columns that it is made of."""
    for place, value in constants:
        table = schema.table(place[0])
        if table is None or table.column(place[1]) is not None:
            yield place, value
        else:
            for name in table.sources(place[1]):
                yield (place[0], name), value


def _foreign(tables: Sequence[Table]) -> Iterable[tuple[Place, Place]]:
    names = {t.name.lower() for t in tables}
    for table in tables:
        for key in table.foreign_keys:
            if key.table.lower() in names:
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
            return _texts(value) if any(isinstance(v, str) for v in real) else []
        value = float(value) if "." in value else int(value)
    if isinstance(value, (int, float)):
        if column.kind == "text":
            return _numerals(value, real)
        near: list[Value] = [value, value - 1, value + 1, -value - 1]
        return [*near, value + 0.5] if column.kind == "real" else [v for v in near if v == int(v)]  # type: ignore[arg-type]
    return _texts(value)


def _numerals(value: float, real: Sequence[Value]) -> list[Value]:
    """A number as text, where the column holds numbers as text; a text of that length otherwise."""
    if any(isinstance(v, (int, float)) for v in real):
        return [value, value - 1, value + 1]
    texts = [v for v in real if isinstance(v, str)]
    if sum(bool(_NUMBER.fullmatch(v)) for v in texts) * 2 > len(texts):
        return [str(value), str(value - 1), str(value + 1)]
    if texts and value == int(value) and 0 < value < 40:
        return [(texts[0] * 40)[: int(value) + more] for more in (-1, 0, 1)]
    return []


def _texts(value: str) -> list[Value]:
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
