"""Whether an answer is the gold: by kind, then by value. The conventions are in `docs/math.md`.

The order of the rules is the order of what an answer can be: words, declarations, names, quantities,
collections, regions, relations, and at last one value. What is compared in parts is in `collected`,
`placed`, `modular` and `named`.
"""

from functools import partial

from fastdistill_math import collected, families, modular, naming, placed, shapes
from fastdistill_math.built import built
from fastdistill_math.equal import Answer
from fastdistill_math.identity import free, identical
from fastdistill_math.named import by_name
from fastdistill_math.policy import Policy
from fastdistill_math.quantity import normal, rounded_equal, scaled
from fastdistill_math.saying import WORDY, same_words
from fastdistill_math.tree import Node

_QUANTITIES = ("unit", "percent", "compound")


def same(gold: Node, answer: Node, policy: Policy) -> Answer:
    """Compare two trees. Raises `NotMath` where one has no meaning, `TooLarge` over the limits."""
    if gold == answer:
        return Answer(True, "structure")
    if gold.kind in WORDY or answer.kind in WORDY:
        return same_words(gold, answer, lambda a, b: same(a, b, policy))
    gold, answer = built(naming.split(shapes.computed(gold))), built(naming.split(shapes.computed(answer)))
    ours, theirs = families.declared(gold), families.declared(answer)
    if ours.conditions or theirs.conditions or ours.value != gold or theirs.value != answer:
        return _declared(ours, theirs, policy)
    found = _stated(gold, answer, policy)
    if not found.equal and (renamed := _renamed(ours, theirs, policy)) is not None:
        return renamed
    return found


def _declared(ours: families.Family, theirs: families.Family, policy: Policy) -> Answer:
    found = same(ours.value, theirs.value, policy)
    if not found.equal:
        found = _renamed(ours, theirs, policy) or found
    if not found.equal and (ours.integers or theirs.integers):
        found = _progressions(ours, theirs, policy) or found
    return found


def _renamed(ours: families.Family, theirs: families.Family, policy: Policy) -> Answer | None:
    if {*WORDY} & {ours.value.kind, theirs.value.kind}:
        return None
    for other in families.renamings(ours, theirs):
        plain = families.Family(ours.value), families.Family(other)
        found = _stated(plain[0].value, plain[1].value, policy)
        if found.equal:
            return found
    return None


def _progressions(ours: families.Family, theirs: families.Family, policy: Policy) -> Answer | None:
    left, right = shapes.bare(ours.value), shapes.bare(theirs.value)
    letters = free(left)
    if (
        len(letters) != 1
        or len(free(right)) != 1
        or left.has("pm", "list", "rel")
        or right.has("pm", "list", "rel")
    ):
        return None
    letter = next(iter(letters))
    other = families.renamed(right, {next(iter(free(right))): letter})
    found = families.same_progression(left, other, letter)
    return None if found is None else Answer(found, "progression")


def _stated(gold: Node, answer: Node, policy: Policy) -> Answer:
    """Compare what is said, with or without a name in front of it."""
    if gold.kind == "rel" or answer.kind == "rel":
        found = by_name(gold, answer, policy, partial(same, policy=policy))
        if found is not None:
            return found
    return _unnamed(gold, answer, policy)


def _unnamed(gold: Node, answer: Node, policy: Policy) -> Answer:
    gold, answer = shapes.aligned(gold, answer)
    if gold == answer:
        return Answer(True, "structure")
    gold, answer = normal(gold), normal(answer)
    kinds, equal = {gold.kind, answer.kind}, partial(same, policy=policy)
    if kinds & {*_QUANTITIES} and not kinds & {*shapes.LISTS, "seq"}:
        return _quantities(gold, answer, policy)
    if "cong" in kinds:
        return modular.same_congruence(gold, answer)
    if kinds == {"cases"}:
        return collected.same_cases(gold, answer, equal)
    if kinds & shapes.LISTS:
        found = collected.same_collection(gold, answer, equal)
        return placed.same_regions(gold, answer, equal) if found is None else found
    if kinds == {"seq"}:
        return collected.same_sequence(gold, answer, equal)
    if kinds == {"matrix"}:
        return collected.same_matrix(gold, answer, equal)
    if kinds & shapes.SETS or shapes.line(gold) != shapes.line(answer):
        return placed.same_regions(gold, answer, equal)
    if "rel" in kinds:
        return placed.same_relations(gold, answer, equal)
    if "base" in kinds:
        return modular.same_based(gold, answer)
    if "ratio" in kinds:
        return modular.same_ratio(gold, answer, equal)
    if kinds & {"seq", "matrix", "cases", "row"}:
        return collected.same_kind(gold, answer, equal)
    return _values(gold, answer, policy)


def _values(gold: Node, answer: Node, policy: Policy) -> Answer:
    infinite = [shapes.infinity(node) for node in (gold, answer)]
    if any(infinite):
        return Answer(infinite[0] == infinite[1], "shape")
    found = identical(gold, answer)
    if found.equal is False and rounded_equal(gold, answer, policy):
        return Answer(True, "rounding")
    if not found.equal and families.may_be_one(gold, answer):
        from fastdistill_math.spans import same_family  # FLINT waits for the worker

        family = same_family(gold, answer, policy.letters)
        return found if family is None else Answer(family, "family")
    return found


def _quantities(gold: Node, answer: Node, policy: Policy) -> Answer:
    found = scaled(gold, answer, policy)
    if not found.pairs:
        return Answer(False if found.told else None, "unit")
    equal = collected.any_equal(same(left, right, policy) for left, right in found.pairs)
    return equal if found.told or equal.equal else Answer(None, "unit")
