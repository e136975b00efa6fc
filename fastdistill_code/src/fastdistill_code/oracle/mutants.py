"""Replies whose verdict is known, made from a task's gold: the material of `fd audit`."""

from collections.abc import Iterator
from hashlib import sha256

from fastdistill import Mutant
from fastdistill_code.oracle.choose import spread
from fastdistill_code.oracle.operators import faults
from fastdistill_code.oracle.refactors import rewritings
from fastdistill_code.payload import CodePayload

_MOST = 30


def labelled(payload: CodePayload) -> Iterator[Mutant]:
    """At most 30 broken variants of the gold (reject), and its rewritings (accept); none without gold.

    A fault may leave the meaning as it was: nothing runs here, so such a one is labelled wrong. It shows
    as a survivor, for a person to judge.
    """
    if payload.gold is None:
        return
    seed = sha256(payload.gold.encode()).hexdigest()
    for one in spread(faults(payload.gold, payload.entry_point), _MOST, seed):
        yield Mutant(text=_reply(one.source), expect="reject", kind=one.kind)
    yield Mutant(text=_reply(payload.gold), expect="accept", kind="gold")
    for same in rewritings(payload.gold, payload.entry_point):
        if _reply(same.source) == _reply(payload.gold):
            continue
        yield Mutant(text=_reply(same.source), expect="accept", kind=same.kind)


def _reply(source: str) -> str:
    return f"```python\n{source.strip()}\n```"
