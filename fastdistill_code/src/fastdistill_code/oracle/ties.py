"""Ties: inputs where only the order of a list decides, of a program that elsewhere goes without it.

"The longest word" has several right answers where two are equally long. A program breaks such ties by the
order of its list, and betrays it: with the list in another order it answers otherwise, which it does for no
input without a tie. A program that asks for the order everywhere ("the second item") is none of these.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from fastdistill_code import wire
from fastdistill_code.compare import Match
from fastdistill_code.jobs import CallInput
from fastdistill_code.oracle.batch import Answer

Run = Callable[[Sequence[CallInput]], Awaitable[list[Answer]]]
_SHARE = 0.25
"""Of inputs at most, where the order decides; beyond it the order is part of the question."""
_OFTEN = 0.5
"""The same of a candidate where it agrees with the gold, ties that fell the same way among them."""
_FEW = 8


def backwards(items: Sequence[Any]) -> list[Any]:
    """The items from back to front."""
    return list(items)[::-1]


def upwards(items: Sequence[Any]) -> list[Any]:
    """The items in an order of their own: numbers by size, others by how they are written."""
    return sorted(items, key=lambda x: (x, "") if type(x) in (int, float) else (0, repr(x)))


def downwards(items: Sequence[Any]) -> list[Any]:
    """The opposite of `upwards`."""
    return upwards(items)[::-1]


def reordered(call: CallInput, order: Callable[[Sequence[Any]], list[Any]]) -> CallInput | None:
    """The call with its one list in another order; None where there is none, or another list beside it."""
    lists = [i for i, x in enumerate(call.args) if isinstance(x, (list, tuple))]
    if len(lists) != 1 or call.kwargs or len(set(map(repr, call.args[lists[0]]))) < 2:
        return None
    args = list(call.args)
    args[lists[0]] = type(args[lists[0]])(order(args[lists[0]]))
    return CallInput(args=tuple(args))


async def order_decides(
    run: Run, calls: Sequence[CallInput], answers: Sequence[bytes], match: Match, share: float = _SHARE
) -> set[int] | None:
    """The places where a program answers otherwise when the list is reordered; None when that is usual."""
    other, asked = set[int](), set[int]()
    for order in (backwards, upwards):
        moved = [(i, to) for i, call in enumerate(calls) if (to := reordered(call, order)) is not None]
        asked |= {i for i, _ in moved}
        again = await run([call for _, call in moved]) if moved else []
        other |= {
            i for (i, _), answer in zip(moved, again, strict=False) if not _alike(answer, answers[i], match)
        }
        if len(other) > share * len(asked):
            return None
    return other if len(asked) >= _FEW else None


async def only_ties(
    run: Run,
    calls: Sequence[CallInput],
    right: Sequence[bytes],
    wrong: Sequence[int],
    match: Match,
) -> bool:
    """Whether a program that differs from the gold in these places only breaks ties there.

    Then it agrees with the gold in another order of each list, and elsewhere does mostly without an order.
    """
    if not all(_selects(wire.decode(right[i]), calls[i]) for i in wrong):
        return False
    agreed = set[int]()
    for order in (backwards, upwards, downwards):
        moved = [(i, to) for i in wrong if (to := reordered(calls[i], order)) is not None]
        again = await run([call for _, call in moved]) if moved else []
        agreed |= {
            i for (i, _), answer in zip(moved, again, strict=False) if _alike(answer, right[i], match)
        }
    if agreed < set(wrong):
        return False
    rest = [i for i in range(len(calls)) if i not in agreed]
    kept = await order_decides(run, [calls[i] for i in rest], [right[i] for i in rest], match, _OFTEN)
    return kept is not None


def _selects(answer: Any, call: CallInput) -> bool:
    """Whether the answer is an item of the call's list, or made of its items: one of several to choose."""
    items = next((x for x in call.args if isinstance(x, (list, tuple))), ())
    known = {repr(item) for item in items}
    if repr(answer) in known:
        return True
    return isinstance(answer, (list, tuple)) and bool(answer) and all(repr(x) in known for x in answer)


def _alike(answer: Answer, data: bytes, match: Match) -> bool:
    if not answer.returned or not data:
        return False
    if answer.data == data:
        return True
    if len(answer.data) > 4 * len(data) + 10_000:
        return False
    try:
        return match.loosely(wire.decode(data), wire.decode(answer.data))
    except wire.BadBytes:
        return False
