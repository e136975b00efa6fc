"""What the gold answers to made inputs, and which of its answers are worth comparing with."""

import itertools
import math
from collections.abc import Sequence
from typing import Any, Literal

from attrs import evolve, frozen

from fastdistill_code import wire
from fastdistill_code.compare import Match
from fastdistill_code.jobs import CallInput, Limits
from fastdistill_code.oracle.batch import Answer, many, packed
from fastdistill_code.oracle.probes import probed
from fastdistill_code.oracle.ties import order_decides
from fastdistill_code.oracle.ways import Ways
from fastdistill_code.runner import Runner

EACH = 0.06
"""CPU seconds of the gold beyond which an input is not used."""
WHOLE = 0.6
"""CPU seconds that all inputs of one run of the gold may take together."""
_CHUNK = 40
_TOGETHER = 0.2
"""CPU seconds of the gold on all inputs that are kept: candidates are run on them too."""
_LARGEST = 20_000
_LONG = 128
"""Bits beyond which no program starts from a number."""
_SENTINEL = 1e6
_BORDERS = {2**bits + off for bits in (31, 32, 63, 64) for off in (-1, 0)}
_NUDGE = 1e-9
_GRID = 64


@frozen
class Known:
    """An input and what the gold answers to it, decoded and as the bytes that carry it."""

    call: CallInput
    value: Any
    data: bytes
    grade: Literal["near", "far"] = "near"
    others: tuple[bytes, ...] = ()
    """What further golds answer, where it is something else."""


@frozen(kw_only=True)
class Answers:
    """The inputs that can be compared on, and how often the gold had no answer to one."""

    known: tuple[Known, ...] = ()
    asked: int = 0
    raised: int = 0
    late: int = 0
    doubtful: int = 0
    """Inputs left out: the gold's answer hangs on a slip that no seen input tells from what was meant."""
    orderless: bool = False
    """The order of its one list is nothing to the gold."""


async def known_answers(
    runner: Runner,
    source: str,
    entry_point: str,
    seen: Sequence[CallInput],
    made: Sequence[CallInput],
    match: Match,
    limits: Limits,
    *,
    ties: bool,
    readings: Sequence[str] = (),
) -> Answers:
    """Those inputs that the gold answers quickly, twice alike, and as it answers the seen ones, but for
    those that another of its `readings`, which answers the seen ones too, answers otherwise.

    In the second run numbers with a fraction are moved by a billionth: what then changes its answer hangs
    on rounding.
    """
    first = await _run(runner, probed(source, entry_point)[0], entry_point, [*seen, *made], limits)
    given, answers = first[: len(seen)], first[len(seen) :]
    values = [wire.decode(answer.data) for answer in given if answer.returned]
    kinds, ways = {_form(value) for value in values}, Ways(given)
    usable: list[tuple[CallInput, Any, bytes]] = []
    spent = 0.0
    for call, one in zip(made, answers, strict=False):
        spent += one.seconds if one.returned else 0.0
        if spent > _TOGETHER:
            break
        if one.returned and len(one.data) <= _LARGEST and ways.admit(set(one.ways)):
            value = wire.decode(one.data)
            if (not kinds or _form(value) in kinds) and not _sentinel(value):
                usable.append((call, value, one.data))
    steady = await _steady(runner, source, entry_point, usable, match, limits, any(map(_has_float, values)))
    orderless = False
    if ties and steady:
        turned = await order_decides(
            lambda calls: _run(runner, source, entry_point, calls, limits),
            [one.call for one in steady],
            [one.data for one in steady],
            match,
        )
        orderless = turned is not None
        steady = [one for i, one in enumerate(steady) if i not in (turned or ())]
    sure: Sequence[Known] = steady
    for reading in readings:
        sure = await _both(runner, reading, entry_point, seen, given, sure, match, limits)
    return Answers(
        orderless=orderless,
        known=tuple(sure),
        doubtful=len(steady) - len(sure),
        asked=len(answers),
        raised=sum(one.kind == 1 for one in answers),
        late=sum(one.kind == 2 for one in answers),
    )


async def _both(
    runner: Runner,
    reading: str,
    entry_point: str,
    seen: Sequence[CallInput],
    given: Sequence[Answer],
    known: Sequence[Known],
    match: Match,
    limits: Limits,
) -> Sequence[Known]:
    """Those inputs that the reading answers alike; all of them where it answers a seen one otherwise."""

    def other(answer: Answer, data: bytes) -> bool:
        return (
            answer.returned
            and answer.data != data
            and not match.loosely(wire.decode(data), wire.decode(answer.data))
        )

    answers = await _run(runner, reading, entry_point, [*seen, *(one.call for one in known)], limits)
    again, rest = answers[: len(seen)], answers[len(seen) :]
    if len(again) < len(seen) or any(
        one.returned and (not two.returned or other(two, one.data))
        for one, two in zip(given, again, strict=False)
    ):
        return known
    kept = [one for one, answer in zip(known, rest, strict=False) if not other(answer, one.data)]
    return [*kept, *known[len(rest) :]]


async def with_others(
    runner: Runner,
    programs: Sequence[tuple[str, str]],
    known: Sequence[Known],
    match: Match,
    limits: Limits,
) -> list[Known]:
    """The same, with what further golds (source and entry point) answer where they differ."""
    others: list[list[bytes]] = [[] for _ in known]
    for source, entry_point in programs:
        answers = await _run(runner, source, entry_point, [one.call for one in known], limits)
        for place, (one, answer) in enumerate(zip(known, answers, strict=False)):
            if answer.returned and not match.loosely(one.value, wire.decode(answer.data)):
                others[place].append(answer.data)
    return [evolve(one, others=tuple(more)) for one, more in zip(known, others, strict=True)]


async def _steady(
    runner: Runner,
    source: str,
    entry_point: str,
    usable: Sequence[tuple[CallInput, Any, bytes]],
    match: Match,
    limits: Limits,
    real: bool,
) -> list[Known]:
    """Those that the gold answers alike when it runs again, on numbers that are moved a little."""
    kept = list(usable)
    for side in (1, -1):
        calls = [_nudged(call, fractions=not real, side=side) for call, _, _ in kept]
        if side < 0 and all(call == other for call, (other, _, _) in zip(calls, kept, strict=True)):
            break
        again = await _run(runner, source, entry_point, calls, limits)
        kept = [
            one
            for one, two in zip(kept, again, strict=False)
            if two.returned and (two.data == one[2] or match.loosely(one[1], wire.decode(two.data)))
        ]
    return [Known(call, value, data) for call, value, data in kept]


async def _run(
    runner: Runner, source: str, entry_point: str, calls: Sequence[CallInput], limits: Limits
) -> list[Answer]:
    """Answers to a beginning of `calls`; where one ends the process, its neighbours run apart."""

    async def once(part: Sequence[CallInput]) -> list[Answer]:
        bounds = {"each": EACH, "whole": WHOLE}
        return await many(
            runner, source, entry_point, packed(part), limits, most=_LARGEST, apart=True, **bounds
        )

    found = await once(calls)
    if found or not calls:
        return found
    for start in range(0, len(calls), _CHUNK):
        part = calls[start : start + _CHUNK]
        answers = await once(part)
        found += answers or [Answer(2, b"")] * len(part)
    return found


def _has_float(value: object) -> bool:
    return type(value) is float or (isinstance(value, (list, tuple)) and any(_has_float(x) for x in value))


def _form(value: object) -> str:
    return "number" if type(value) in (int, float) else type(value).__name__


def _sentinel(value: object) -> bool:
    """Whether the number is one that programs start from ("smaller than all"): no answer."""
    if type(value) is float and math.isinf(value):
        return True
    if type(value) is not int or abs(value) < _SENTINEL or value.bit_length() > _LONG:
        return False
    return abs(value) in _BORDERS or not str(abs(value)).strip("9")


def _nudged(call: CallInput, *, fractions: bool, side: int) -> CallInput:
    """The call with its numbers moved, each to its own side; `fractions`: whole and half ones stay."""
    turn = itertools.count()

    def moved(value: Any) -> Any:
        if (
            type(value) is float
            and math.isfinite(value)
            and (not fractions or value * _GRID != int(value * _GRID))
        ):
            return value * (1 + side * _NUDGE * (next(turn) * 7 % 11 - 5.5))
        if type(value) in (list, tuple):
            return type(value)(moved(x) for x in value)
        if type(value) is dict:
            return {k: moved(v) for k, v in value.items()}
        return value

    return CallInput(
        args=tuple(moved(x) for x in call.args), kwargs={k: moved(v) for k, v in call.kwargs.items()}
    )
