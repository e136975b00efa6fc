"""Collections: lists, sets, tuples, matrices and cases, item by item; `equal` compares two items."""

from collections.abc import Callable, Iterable, Sequence

from fastdistill_math import shapes
from fastdistill_math.equal import NO, YES, Answer
from fastdistill_math.tree import Node, NotMath

Same = Callable[[Node, Node], Answer]
MAX_ITEMS = 60


def same_collection(gold: Node, answer: Node, equal: Same) -> Answer | None:
    """Compare a list, set or alternatives with any other; None where both are regions of numbers."""
    kinds = {gold.kind, answer.kind}
    named = shapes.assignments(gold), shapes.assignments(answer)
    if named[0] and named[1]:
        if set(named[0]) != set(named[1]):
            return NO
        return all_equal(((named[0][name], named[1][name]) for name in named[0]), equal)
    if "seq" in kinds and (named[0] or named[1]):
        return _by_names(gold, answer, named[0] or named[1], equal)
    if kinds & {"union", "inter", "minus"} or (
        shapes.conditions(gold, answer) and kinds & {"list", "or", "set", "seq", "rel"}
    ):
        return None
    if "seq" in kinds and "list" in kinds and "set" not in kinds:
        left, right = shapes.values(gold), shapes.values(answer)
        if len(left) != len(right):
            return NO
        return all_equal(zip(left, right, strict=True), equal)
    if "matrix" in kinds:
        left, right = shapes.flat(gold), shapes.flat(answer)
        return NO if len(left) != len(right) else all_equal(zip(left, right, strict=True), equal)
    if "seq" in kinds:
        return None
    left, right = shapes.values(gold), shapes.values(answer)
    if "set" in kinds:
        return _unordered(_distinct(left, equal), _distinct(right, equal), equal)
    if len(left) == len(right) and named[0] and not named[1]:
        return all_equal(zip(left, right, strict=True), equal)
    return _unordered(left, right, equal)


def _by_names(gold: Node, answer: Node, named: dict[str, Node], equal: Same) -> Answer:
    """A tuple beside named values: these are in the order of their names, or a gold's as it writes them."""
    plain, listed = (gold, answer) if gold.kind == "seq" else (answer, gold)
    if len(plain.args) != len(named):
        return NO
    orders = [sorted(named, key=lambda name: (name.lower(), name))]
    if listed is gold:
        orders.append(list(named))
    found = []
    for order in orders:
        pairs = [(named[name], value) for name, value in zip(order, plain.args, strict=True)]
        found.append(all_equal(pairs if listed is gold else [(b, a) for a, b in pairs], equal))
    return any_equal(found)


def same_sequence(gold: Node, answer: Node, equal: Same) -> Answer:
    """Compare tuples item by item, pairs with their brackets."""
    if len(gold.args) != len(answer.args):
        return NO
    if gold.value != answer.value and len(gold.args) == 2:
        return NO
    return all_equal(zip(gold.args, answer.args, strict=True), equal)


def same_matrix(gold: Node, answer: Node, equal: Same) -> Answer:
    """Compare matrices of one shape entry by entry."""
    if [len(row.args) for row in gold.args] != [len(row.args) for row in answer.args]:
        return NO
    return all_equal(zip(shapes.flat(gold), shapes.flat(answer), strict=True), equal)


def same_cases(gold: Node, answer: Node, equal: Same) -> Answer:
    """Compare values with their conditions, in any order."""
    if len(gold.args) != len(answer.args):
        return NO
    ours = [Node("seq", row.args, "cases") for row in gold.args]
    theirs = [Node("seq", row.args, "cases") for row in answer.args]
    return _unordered(ours, theirs, equal)


def same_kind(gold: Node, answer: Node, equal: Same) -> Answer:
    """Compare nodes of one kind part by part. Raises `NotMath` where there are no parts."""
    if gold.kind != answer.kind or gold.value != answer.value or len(gold.args) != len(answer.args):
        return NO
    if not gold.args:
        raise NotMath(f"nothing to compare in {gold.kind}")
    return all_equal(zip(gold.args, answer.args, strict=True), equal)


def _unordered(gold: Sequence[Node], answer: Sequence[Node], equal: Same) -> Answer:
    if len(gold) != len(answer) or len(gold) > MAX_ITEMS:
        return NO
    left = list(answer)
    for item in gold:
        unknown: Answer | None = None
        for index, other in enumerate(left):
            found = equal(item, other)
            if found.equal:
                del left[index]
                break
            if found.equal is None:
                unknown = found
        else:
            return unknown or NO
    return YES


def _distinct(items: Sequence[Node], equal: Same) -> list[Node]:
    kept: list[Node] = []
    for item in items[:MAX_ITEMS]:
        if not any(equal(item, other).equal for other in kept):
            kept.append(item)
    return kept


def all_equal(pairs: Iterable[tuple[Node, Node]], equal: Same) -> Answer:
    """Whether all pairs are equal: the first difference decides, then what could not be told."""
    unknown = YES
    for left, right in pairs:
        found = equal(left, right)
        if found.equal is False:
            return found
        if found.equal is None:
            unknown = found
    return unknown


def any_equal(answers: Iterable[Answer]) -> Answer:
    """Whether one of them is equal."""
    unknown = NO
    for found in answers:
        if found.equal:
            return found
        if found.equal is None:
            unknown = found
    return unknown
