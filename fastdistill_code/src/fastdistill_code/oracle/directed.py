"""Inputs for one candidate: made around its own constants, where it has some that the gold has not, or
while a branch of it was never taken.
"""

import random
from collections.abc import Iterator, Sequence
from typing import Any

from fastdistill_code.jobs import Limits
from fastdistill_code.oracle.batch import packed
from fastdistill_code.oracle.build import fitting, program, readings, seen_calls
from fastdistill_code.oracle.gold import known_answers, with_others
from fastdistill_code.oracle.inputs import contracts, make_inputs
from fastdistill_code.oracle.operators import constants
from fastdistill_code.oracle.record import Oracle
from fastdistill_code.oracle.validator import inside
from fastdistill_code.oracle.wording import wording
from fastdistill_code.payload import CodePayload
from fastdistill_code.runner import Runner

_RAW, _MOST = 96, 64
_PLAIN = {"", " ", "0", "1", "2", "-1", "0.0", "1.0"}


def own_constants(source: str, payload: CodePayload) -> list[int | float | str]:
    """The constants of a candidate that its gold has not, but for those that every program has."""
    calls = payload.suite.calls
    kinds = {type(leaf) for call in calls for leaf in _leaves([*call.args, *call.kwargs.values()])}
    if not kinds & {int, float, str}:
        return []
    known = {repr(value) for value in constants(payload.gold or "")}
    return [
        x
        for x in constants(source, payload.entry_point)
        if repr(x) not in known and str(x) not in _PLAIN and (type(x) is not str or str in kinds)
    ]


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


async def directed(
    runner: Runner,
    own: Sequence[int | float | str],
    payload: CodePayload,
    prompt: str,
    oracle: Oracle,
    limits: Limits,
) -> Oracle | None:
    """An oracle of further inputs around a candidate's own constants; None where there are none.

    It is the same for all candidates with these constants.
    """
    assert payload.gold is not None  # noqa: S101  asked only of tasks with gold
    said = wording(prompt)
    seen = seen_calls(payload, prompt)
    rng = random.Random(f"{own!r}{payload.digest}")  # noqa: S311  has to repeat, not to be secret
    known = {repr(one.call) for one in oracle.known}
    made = make_inputs(contracts(seen, said, [*own, *constants(payload.gold)]), rng, 2 * _RAW)
    new = [call for call in made if repr(call) not in known and fitting(call)][:_RAW]
    if oracle.validator and new:
        new = await inside(runner, oracle.validator, seen, new, limits) or []
    if not new:
        return None
    gold, entry_point = program(payload, payload.gold)
    found = await known_answers(
        runner,
        gold,
        entry_point,
        seen,
        new,
        oracle.match,
        limits,
        ties=oracle.answers.orderless,
        readings=readings(payload, prompt),
    )
    golds = [program(payload, other) for other in payload.golds]
    kept = await with_others(runner, golds, found.known[:_MOST], oracle.match, limits)
    if not kept:
        return None
    return Oracle(
        known=tuple(kept),
        calls=packed([one.call for one in kept]),
        match=oracle.match,
        answers=oracle.answers,
    )
