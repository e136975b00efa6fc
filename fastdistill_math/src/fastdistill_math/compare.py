"""Whether an answer is the gold: by shape, then by value. The conventions are in `docs/math.md`."""

from collections.abc import Iterable, Sequence

from fastdistill_math import shapes
from fastdistill_math.identity import Answer, identical
from fastdistill_math.policy import Policy
from fastdistill_math.quantity import normal, rounded_equal, scaled
from fastdistill_math.tree import Node, NotMath

YES, NO = Answer(True, "shape"), Answer(False, "shape")
MAX_ITEMS = 60


def same(gold: Node, answer: Node, policy: Policy) -> Answer:
    """Compare two trees. Raises `NotMath` where one has no meaning, `TooLarge` over the limits."""
    if gold == answer:
        return Answer(True, "structure")
    if gold.kind == "text" or answer.kind == "text":
        return _texts(gold, answer)
    gold, answer = shapes.stated(gold, answer)
    gold, answer = shapes.aligned(gold, answer)
    if gold == answer:
        return Answer(True, "structure")
    gold, answer = normal(gold), normal(answer)
    if gold.kind in ("unit", "percent") or answer.kind in ("unit", "percent"):
        return _quantities(gold, answer, policy)
    if gold.kind in shapes.LISTS or answer.kind in shapes.LISTS:
        return _collections(gold, answer, policy)
    if gold.kind == answer.kind == "seq":
        return _sequences(gold, answer, policy)
    if gold.kind == answer.kind == "matrix":
        return _matrices(gold, answer, policy)
    if gold.kind in shapes.SETS or answer.kind in shapes.SETS or shapes.line(gold) != shapes.line(answer):
        return _regions(gold, answer, policy)
    if gold.kind == "rel" or answer.kind == "rel":
        return _relations(gold, answer, policy)
    if gold.kind == "base" or answer.kind == "base":
        return _based(gold, answer)
    if gold.value == answer.value == "ratio":
        return _ratios(gold, answer, policy)
    if {gold.kind, answer.kind} & {"seq", "matrix", "cases", "row"}:
        return _same_kind(gold, answer, policy)
    return _values(gold, answer, policy)


def _texts(gold: Node, answer: Node) -> Answer:
    from fastdistill_math.clean import words

    if gold.kind != "text" or answer.kind != "text":
        return NO
    left, right = words(gold.value), words(answer.value)
    return Answer(bool(left) and left == right, "words")


def _values(gold: Node, answer: Node, policy: Policy) -> Answer:
    infinite = [shapes.infinity(node) for node in (gold, answer)]
    if any(infinite):
        return Answer(infinite[0] == infinite[1], "shape")
    found = identical(gold, answer)
    if found.equal is False and rounded_equal(gold, answer, policy):
        return Answer(True, "rounding")
    return found


def _quantities(gold: Node, answer: Node, policy: Policy) -> Answer:
    pairs = scaled(gold, answer, policy)
    if not pairs:
        return Answer(False, "unit")
    return _any(same(left, right, policy) for left, right in pairs)


def _any(answers: Iterable[Answer]) -> Answer:
    unknown = NO
    for found in answers:
        if found.equal:
            return found
        if found.equal is None:
            unknown = found
    return unknown


def _all(pairs: Sequence[tuple[Node, Node]], policy: Policy) -> Answer:
    unknown = YES
    for left, right in pairs:
        found = same(left, right, policy)
        if found.equal is False:
            return found
        if found.equal is None:
            unknown = found
    return unknown


def _unordered(gold: Sequence[Node], answer: Sequence[Node], policy: Policy) -> Answer:
    if len(gold) != len(answer) or len(gold) > MAX_ITEMS:
        return NO
    left = list(answer)
    for item in gold:
        unknown: Answer | None = None
        for index, other in enumerate(left):
            found = same(item, other, policy)
            if found.equal:
                del left[index]
                break
            if found.equal is None:
                unknown = found
        else:
            return unknown or NO
    return YES


def _distinct(items: Sequence[Node], policy: Policy) -> list[Node]:
    kept: list[Node] = []
    for item in items[:MAX_ITEMS]:
        if not any(same(item, other, policy).equal for other in kept):
            kept.append(item)
    return kept


def _collections(gold: Node, answer: Node, policy: Policy) -> Answer:
    kinds = {gold.kind, answer.kind}
    named = shapes.assignments(gold), shapes.assignments(answer)
    if named[0] and named[1]:
        if set(named[0]) != set(named[1]):
            return NO
        return _all([(named[0][name], named[1][name]) for name in named[0]], policy)
    if "seq" in kinds and "set" not in kinds and kinds & {"list"}:
        left, right = shapes.values(gold), shapes.values(answer)
        if len(left) != len(right):
            return NO
        return _all(list(zip(left, right, strict=True)), policy)
    if "matrix" in kinds:
        left, right = shapes.flat(gold), shapes.flat(answer)
        return NO if len(left) != len(right) else _all(list(zip(left, right, strict=True)), policy)
    if "seq" in kinds or kinds & {"union", "inter", "minus"} or shapes.conditions(gold, answer):
        return _regions(gold, answer, policy)
    if "set" in kinds:
        left, right = _distinct(shapes.values(gold), policy), _distinct(shapes.values(answer), policy)
        return _unordered(left, right, policy)
    return _unordered(shapes.values(gold), shapes.values(answer), policy)


def _sequences(gold: Node, answer: Node, policy: Policy) -> Answer:
    if len(gold.args) != len(answer.args):
        return NO
    brackets = {gold.value, answer.value}
    if len(brackets) == 2 and (shapes.interval_like(gold) or shapes.interval_like(answer)):
        return NO
    return _all(list(zip(gold.args, answer.args, strict=True)), policy)


def _matrices(gold: Node, answer: Node, policy: Policy) -> Answer:
    if [len(row.args) for row in gold.args] != [len(row.args) for row in answer.args]:
        return NO
    return _all(list(zip(shapes.flat(gold), shapes.flat(answer), strict=True)), policy)


def _regions(gold: Node, answer: Node, policy: Policy) -> Answer:
    from fastdistill_math.regions import region, same_region

    left, right = region(gold), region(answer)
    if left is None or right is None:
        return _same_kind(gold, answer, policy)
    return same_region(left, right, lambda a, b: same(a, b, policy).equal)


def _relations(gold: Node, answer: Node, policy: Policy) -> Answer:
    from fastdistill_math.relations import same_relation

    if gold.kind != "rel" or answer.kind != "rel" or not {"eq"} >= set(gold.value + answer.value):
        found = _regions(gold, answer, policy) if shapes.conditions(gold, answer) else NO
        if found.equal or gold.kind != "rel" or answer.kind != "rel":
            return found
    return same_relation(gold, answer, lambda a, b: same(a, b, policy).equal)


def _based(gold: Node, answer: Node) -> Answer:
    if gold.kind == "base" and answer.kind == "base":
        digits = gold.value[0].lstrip("0") == answer.value[0].lstrip("0")
        return Answer(digits and gold.value[1] == answer.value[1], "base")
    if gold.kind == "base":
        return Answer(answer.kind == "num" and str(answer.value) == gold.value[0].lstrip("0"), "base")
    return identical(gold, answer)


def _ratios(gold: Node, answer: Node, policy: Policy) -> Answer:
    if len(gold.args) != len(answer.args):
        return NO
    first, other = gold.args[0], answer.args[0]
    pairs = [
        (Node("mul", (a, other)), Node("mul", (b, first)))
        for a, b in zip(gold.args, answer.args, strict=True)
    ]
    return _all(pairs[1:], policy)


def _same_kind(gold: Node, answer: Node, policy: Policy) -> Answer:
    if gold.kind != answer.kind or gold.value != answer.value or len(gold.args) != len(answer.args):
        return NO
    if not gold.args:
        raise NotMath(f"nothing to compare in {gold.kind}")
    return _all(list(zip(gold.args, answer.args, strict=True)), policy)
