"""A candidate against the gold on generated inputs: where they differ, and what that is worth."""

from collections.abc import Sequence
from hashlib import sha256

import anyio.to_thread
from attrs import evolve, field, frozen

from fastdistill import Difference
from fastdistill_code import wire
from fastdistill_code.compare import key_of
from fastdistill_code.jobs import (
    CallInput,
    CallResult,
    Job,
    Limits,
    Printed,
    Raised,
    Skipped,
    TimedOut,
    Value,
)
from fastdistill_code.kinds.suite import Failure, Returns, failure, said
from fastdistill_code.oracle.batch import Answer, many, packed
from fastdistill_code.oracle.build import program
from fastdistill_code.oracle.gold import Known
from fastdistill_code.oracle.probes import probed
from fastdistill_code.oracle.record import Oracle, differing
from fastdistill_code.oracle.ties import only_ties
from fastdistill_code.payload import CodePayload
from fastdistill_code.runner import Runner

_CONFIRMED = 12
"""Differences that are run once more, each by a call of its own."""
_CHUNK = 32
_DECLINED = 0.4
"""Share of inputs that a program may refuse by an `assert` of its own: it checks its contract."""
_EACH = 1.0


@frozen(kw_only=True)
class Outcome:
    """What the generated inputs say of a candidate."""

    inputs: int = 0
    first: Failure | None = None
    differences: tuple[Difference, ...] = field(default=(), repr=False)
    declined: int = 0
    """Inputs that the candidate refused by an assert of its own."""
    ties: int = 0
    """Inputs on which it differs from the gold in the order of a list alone."""
    undecided: bool = False
    """Our clock ran out before any difference was found."""
    ways_left: bool = False
    """Some branch of the candidate was never taken."""


async def against(
    runner: Runner,
    source: str,
    payload: CodePayload,
    oracle: Oracle,
    limits: Limits,
    given: int,
    *,
    may_decline: float = _DECLINED,
) -> Outcome:
    """Run the candidate on the oracle's inputs; a difference counts when a call of its own shows it too."""
    text, entry_point = program(payload, source)
    text, ways = (
        _with_probes(text, payload.entry_point) if payload.entry_point else (text, frozenset[int]())
    )
    whole = limits.cpu_seconds + _EACH
    answers = await many(runner, text, entry_point, oracle.calls, limits, each=_EACH, whole=whole)
    # Values are compared in a thread: what a candidate made may take long.
    wrong = await anyio.to_thread.run_sync(differing, oracle, answers, abandon_on_cancel=True)
    left = bool(ways.difference(*(answer.ways for answer in answers)))
    if not wrong:
        return Outcome(inputs=len(oracle.known), ways_left=left)
    declined = [i for i in wrong if i < len(answers) and _refused(answers[i])]
    if len(declined) <= may_decline * len(oracle.known):
        wrong = [i for i in wrong if i not in set(declined)]
    else:
        declined = []
    if wrong and oracle.answers.orderless:

        async def run(calls: Sequence[CallInput]) -> list[Answer]:
            return await many(runner, text, entry_point, packed(calls), limits, each=_EACH, whole=whole)

        calls, right = [one.call for one in oracle.known], [one.data for one in oracle.known]
        if await only_ties(run, calls, right, wrong, oracle.match):
            return Outcome(inputs=len(oracle.known), ties=len(wrong), ways_left=left)
    found = await _confirmed(runner, source, payload, oracle, limits, wrong, alone=True)
    if found is not None and not found and wrong:
        every = list(range(len(oracle.known)))
        found = await _confirmed(runner, source, payload, oracle, limits, every, alone=False)
    if not found:
        return Outcome(
            inputs=len(oracle.known), declined=len(declined), undecided=found is None, ways_left=left
        )
    seen = dict(found)
    first = next(iter(seen))
    shown = failure(Returns(index=0, value=oracle.known[first].value, match=oracle.match), [seen[first]])
    rest = [i for i in wrong if i not in seen and i < len(answers)] if len(wrong) > _CONFIRMED else []
    differences = [*(_told(oracle.known[i], result) for i, result in found)]
    differences += [_answered(oracle.known[i], answers[i]) for i in rest]
    return Outcome(
        inputs=len(oracle.known),
        first=Failure(
            reason=shown.reason if shown else "wrong-value",
            index=given + first,
            detail=shown.detail if shown else "",
            expected=shown.expected if shown else "",
            got=shown.got if shown else "",
        ),
        differences=tuple(differences),
        declined=len(declined),
    )


def _with_probes(source: str, entry_point: str | None) -> tuple[str, frozenset[int]]:
    try:
        return probed(source, entry_point)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source, frozenset()


async def _confirmed(
    runner: Runner,
    source: str,
    payload: CodePayload,
    oracle: Oracle,
    limits: Limits,
    places: Sequence[int],
    *,
    alone: bool,
) -> list[tuple[int, CallResult]] | None:
    """Those places where a call of its own differs too, with its result; None when only our clock ran out.

    `alone`: a dozen of them, whatever ends the process; else all in one process, up to its end.
    """
    found: list[tuple[int, CallResult]] = []
    late = False
    for start in range(0, min(len(places), _CONFIRMED) if alone else len(places), _CHUNK):
        part = places[start : start + (_CONFIRMED if alone else _CHUNK)]
        calls = tuple(oracle.known[i].call for i in part)
        job = Job(source=source, entry_point=payload.entry_point, limits=limits, keep_going=alone)
        if payload.entry_point is None:
            job = evolve(job, stdin=tuple(call.args[0] for call in calls))
        else:
            job = evolve(job, calls=calls)
        report = await runner.run(job)
        for i, result in zip(part, report.results, strict=False):
            if isinstance(result, (TimedOut, Skipped)):
                late = late or isinstance(result, TimedOut)
            elif not _agrees(oracle, i, result) and not (
                isinstance(result, Raised) and result.type_name == "AssertionError" and not alone
            ):
                found.append((i, result))
        if found:
            break
    return None if late and not found else found


def _agrees(oracle: Oracle, place: int, result: CallResult) -> bool:
    got = (
        result.value if isinstance(result, Value) else result.text if isinstance(result, Printed) else None
    )
    known = oracle.known[place]
    right = [known.value, *map(wire.decode, known.others)]
    return isinstance(result, (Value, Printed)) and any(oracle.match.same(value, got) for value in right)


def _refused(answer: Answer) -> bool:
    return answer.kind == 1 and answer.data == b"AssertionError"


def _digest(*parts: object) -> str:
    text = "\n".join(map(repr, parts))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def input_digest(call: CallInput) -> str:
    """A digest of a call's arguments."""
    return _digest(key_of(list(call.args)), key_of(call.kwargs))


def _told(known: Known, result: CallResult) -> Difference:
    match result:
        case Value(value=value) | Printed(text=value):
            output = _digest("value", key_of(value))
        case Raised(type_name=name):
            output = _digest("end", name)
        case _:
            output = _digest("end", said(result))
    return Difference(input=input_digest(known.call), output=output, grade=known.grade)


def _answered(known: Known, answer: Answer) -> Difference:
    try:
        output = (
            _digest("value", key_of(wire.decode(answer.data)))
            if answer.returned
            else _digest("end", answer.data.decode(errors="replace"))
        )
    except wire.BadBytes:
        output = _digest("end", "bad bytes")
    return Difference(input=input_digest(known.call), output=output, grade=known.grade)
