"""Inputs on which different teachers agree with each other against the gold: there nobody is refused.

A gate that makes inputs of its own can only ask the gold what is right on them, and golds have faults. It
judges each candidate alone and names the inputs that parted it from the gold; what several candidates say
about one input is weighed here. Two answers of one teacher may share one mistake, so they count once.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import attrs

from fastdistill.model.verdict import Outcome, Verdict, passed
from fastdistill.run.gates.judgement import Judgement

GATE = "contested-inputs"
_TEACHERS = 2


def contested(judged: Iterable[Judgement]) -> frozenset[str]:
    """Return the digests of those inputs that two teachers answer alike and unlike the gold."""
    sides: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in judged:
        for difference in one.last.differences if one.outcome is Outcome.REJECT else ():
            if difference.grade != "seen":
                sides[difference.input, difference.output].add(one.teacher)
    return frozenset(place for (place, _), teachers in sides.items() if len(teachers) >= _TEACHERS)


def acquitted(judged: Sequence[Judgement], *, gates: int) -> dict[int, Judgement]:
    """Return the candidates that were refused for contested inputs alone, each with a verdict that says so.

    The keys are places in `judged`. Only where the gate that refused was the last of `gates`: the others
    have not seen the candidate.
    """
    inputs = contested(judged)
    found = {}
    for i, one in enumerate(judged):
        if one.outcome is not Outcome.REJECT or len(one.verdicts) != gates:
            continue
        places = {difference.input for difference in one.last.differences}
        if places and places <= inputs:
            found[i] = attrs.evolve(one, verdicts=(*one.verdicts, _verdict(one.verdicts[-1], places)))
    return found


def _verdict(refused: Verdict, places: set[str]) -> Verdict:
    return Verdict(
        gate=GATE,
        kind="exec",
        fingerprint=refused.fingerprint,
        elapsed=0.0,
        finding=passed(
            evidence={"overrules": refused.gate, "inputs": len(places), "digests": sorted(places)[:20]},
            gold_match=True,
            class_key=refused.finding.class_key,
        ),
    )
