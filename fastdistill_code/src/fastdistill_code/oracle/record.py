"""An oracle as a record: inputs, the gold's answers, how both are kept, and where a candidate differs."""

from collections.abc import Sequence

from attrs import field, frozen

from fastdistill_code import wire
from fastdistill_code.compare import Match
from fastdistill_code.jobs import CallInput
from fastdistill_code.oracle.batch import Answer
from fastdistill_code.oracle.gold import Answers, Known


@frozen(kw_only=True)
class Oracle:
    """Generated calls and what the gold returned; how many faults given and generated calls kill."""

    known: tuple[Known, ...] = ()
    calls: bytes = field(default=b"", repr=False)
    """The calls, packed for a run of many."""
    match: Match = field(factory=Match)
    killed: int = 0
    total: int = 0
    answers: Answers = field(factory=Answers)
    """How often the gold answered."""
    validator: str = field(default="", repr=False)
    """The teacher's program that says which inputs are meant, where one is used."""
    refused: int = 0
    """Inputs that it took away."""


def stored(oracle: Oracle) -> bytes:
    """The bytes that keep it."""
    values = [[one.grade, one.data, *one.others] for one in oracle.known]
    told = oracle.answers
    asked = [told.asked, told.raised, told.late, told.orderless, told.doubtful]
    contract = [oracle.validator, oracle.refused]
    return wire.encode([oracle.calls, values, oracle.killed, oracle.total, asked, contract])


def restored(data: bytes, match: Match) -> Oracle:
    """The oracle that `stored` kept."""
    calls, values, killed, total, (asked, raised, late, orderless, doubtful), contract = wire.decode(data)
    inputs = [CallInput(args=args, kwargs=kwargs) for args, kwargs in wire.decode(calls)]
    known = (
        Known(call, wire.decode(value), value, grade, tuple(others))
        for call, (grade, value, *others) in zip(inputs, values, strict=True)
    )
    return Oracle(
        known=tuple(known),
        calls=calls,
        match=match,
        killed=killed,
        total=total,
        validator=contract[0],
        refused=contract[1],
        answers=Answers(asked=asked, raised=raised, late=late, orderless=orderless, doubtful=doubtful),
    )


def differing(oracle: Oracle, answers: Sequence[Answer]) -> list[int]:
    """The places of the generated calls that were not answered as the gold does, or not at all."""
    return [
        i
        for i, one in enumerate(oracle.known)
        if i >= len(answers)
        or not (
            same(answers[i], one.value, one.data, oracle.match)
            or any(same(answers[i], wire.decode(other), other, oracle.match) for other in one.others)
        )
    ]


def same(answer: Answer, value: object, data: bytes, match: Match) -> bool:
    """Whether the answer is this value."""
    if not answer.returned:
        return False
    if answer.data == data:
        return True
    if len(answer.data) > 4 * len(data) + 10_000:
        return False
    try:
        return match.same(value, wire.decode(answer.data))
    except wire.BadBytes:
        return False
