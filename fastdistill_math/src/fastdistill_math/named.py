"""Answers with names in front of them: `x = 5`, chains, equations; `equal` compares two values."""

from collections.abc import Sequence

from fastdistill_math import naming, shapes
from fastdistill_math.collected import Same, any_equal
from fastdistill_math.equal import NO, Answer
from fastdistill_math.identity import free
from fastdistill_math.policy import Policy
from fastdistill_math.tree import Node


def by_name(gold: Node, answer: Node, policy: Policy, equal: Same) -> Answer | None:
    """Compare values whose names are told; None where no name decides."""
    gold_values, values = naming.value_of(gold, policy), naming.value_of(answer, policy)
    if gold_values is None and len(gold.args) > 2 and set(gold.value or ()) == {"eq"}:
        gold_values = [gold.args[-1]] if any(map(naming.is_name, gold.args)) else None
    if gold_values and values:
        if gold.args[0] == answer.args[0] or naming.alike(gold.args[0], answer.args[0]):
            return _any_of(_said(gold, gold_values), values, equal)
        if free(gold_values[0]) | free(values[0]):
            return None  # equations: y = 2x + 3 and x = (y - 3) / 2
        return NO
    if gold_values and answer.kind == "rel":
        known = naming.solved(answer)
        if known is not None:
            named = known[0] == naming.head(gold.args[0])
            return equal(gold_values[0], known[1]) if named else NO
        return None
    if gold_values:
        return _any_of(_said(gold, gold_values), [answer], equal)
    if values:
        if gold.kind != "rel":
            return _any_of([gold], values, equal)
        known = naming.solved(gold)
        named = known is not None and known[0] == naming.head(answer.args[0])
        return equal(known[1], values[0]) if known and named else None
    return _unnamed_equations(gold, answer, equal)


def _said(gold: Node, values: Sequence[Node]) -> Sequence[Node]:
    r"""The last member of a gold's chain; with an `\approx` in it all of them."""
    return values if "approx" in gold.value else values[:1]


def _unnamed_equations(gold: Node, answer: Node, equal: Same) -> Answer | None:
    """An equation that names nothing, beside a plain value: a chain of numbers, or a linear one,
    which is solved.
    """
    relation, other = (answer, gold) if gold.kind != "rel" else (gold, answer)
    if other.kind == "rel" or shapes.conditions(relation) or "in" in relation.value:
        return None
    if not set(relation.value) <= {"eq", "approx"}:
        return NO if other.kind not in shapes.SETS | shapes.LISTS | {"seq", "cong"} else None
    members = naming.constants(relation)
    if members is not None:
        return _any_of([other], members, equal) if relation is answer else _any_of(members, [other], equal)
    known = naming.solved(relation)
    if known is None:
        return NO
    return equal(other, known[1]) if relation is answer else equal(known[1], other)


def _any_of(golds: Sequence[Node], answers: Sequence[Node], equal: Same) -> Answer:
    r"""Compare with each member of a chain. The last is the answer; one before `\approx` counts, too."""
    return any_equal(equal(gold, answer) for gold in golds for answer in answers)
