"""New inputs near the seen ones: mutated by type, kept within what the seen inputs have in common.

A contract that is only written in prose ("a positive integer", "a sorted list") is nearly always visible in
the inputs that the tests use. So whatever holds of all of them is held of the new ones.
"""

import copy
import random
from collections.abc import Sequence
from typing import Any

from fastdistill_code.jobs import CallInput
from fastdistill_code.oracle.laws import between_arguments, holds
from fastdistill_code.oracle.near import Near


def make_inputs(
    seen: Sequence[CallInput], rng: random.Random, count: int, hints: Sequence[Any] = ()
) -> list[CallInput]:
    """Up to `count` inputs, none of them seen, each within the laws of the seen ones.

    `hints` are constants of the gold: the borders between its cases lie there.
    """
    shape = (len(seen[0].args), tuple(sorted(seen[0].kwargs)))
    alike = [c for c in seen if (len(c.args), tuple(sorted(c.kwargs))) == shape]
    rows = [[*call.args, *(call.kwargs[name] for name in shape[1])] for call in alike]
    if not rows[0]:
        return []
    columns = [list(column) for column in zip(*rows, strict=True)]
    laws = [law for law in between_arguments(len(columns)) if all(holds(law, row) for row in rows)]
    makers = [Near(column, rng, hints) for column in columns]
    known = {repr(row) for row in rows}
    found: list[CallInput] = []
    for turn in range(count * 12):
        if len(found) >= count:
            break
        row = copy.deepcopy(rng.choice(rows))
        if turn % 7 or not _swap(row, columns, rng):
            for place in rng.sample(range(len(row)), rng.randint(1, len(row))):
                for _ in range(1 + turn % 3):
                    row[place] = makers[place].near(row[place])
        if repr(row) in known or not all(holds(law, row) for law in laws):
            continue
        if not all(maker.lawful(value) for maker, value in zip(makers, row, strict=True)):
            continue
        known.add(repr(row))
        found.append(
            CallInput(args=tuple(row[: shape[0]]), kwargs=dict(zip(shape[1], row[shape[0] :], strict=True)))
        )
    return found


def _swap(row: list[Any], columns: Sequence[Sequence[Any]], rng: random.Random) -> bool:
    """Whether two numbers have changed places, each where others as small and as large were seen."""
    numbers = [i for i, column in enumerate(columns) if {type(x) for x in column} <= {int, float}]
    if len(numbers) < 2:
        return False
    one, two = rng.sample(numbers, 2)
    lawful = all(
        type(row[here]) in {type(x) for x in columns[there]}
        and min(columns[there]) <= row[here] <= max(columns[there])
        for here, there in ((one, two), (two, one))
    )
    if lawful:
        row[one], row[two] = row[two], row[one]
    return lawful
