"""Sets of numbers and conditions on letters, in whatever form; `equal` compares two values."""

from fastdistill_math import shapes
from fastdistill_math.collected import Same, same_kind
from fastdistill_math.equal import NO, Answer
from fastdistill_math.tree import Node


def same_regions(gold: Node, answer: Node, equal: Same) -> Answer:
    """Compare intervals, unions, complements and conditions as sets of numbers."""
    from fastdistill_math.regions import is_point, region, same_region

    left, right = region(gold), region(answer)
    if left is not None and right is not None and is_point(gold) != is_point(answer):
        return NO
    if left is not None and right is not None:
        return same_region(left, right, lambda a, b: equal(a, b).equal)
    if shapes.conditions(gold, answer):
        from fastdistill_math.conditions import same_condition

        found = same_condition(gold, answer, left, right)
        if found is not None:
            return found
    if gold.kind == answer.kind:
        return same_kind(gold, answer, equal)
    scalar = {"num", "dec", "neg", "div", "add", "mul", "pow", "root", "const", "sym", "call"}
    return (
        NO
        if {gold.kind, answer.kind} & scalar and not shapes.conditions(gold, answer)
        else Answer(None, "region")
    )


def same_relations(gold: Node, answer: Node, equal: Same) -> Answer:
    """Compare equations and inequalities: side by side, up to a factor, or as sets of numbers."""
    from fastdistill_math.relations import same_relation

    if gold.kind == "rel" and answer.kind == "rel":
        found = same_relation(gold, answer, lambda a, b: equal(a, b).equal)
        if found.equal or (set(gold.value) | set(answer.value)) <= {"eq"}:
            return found
        if not shapes.conditions(gold, answer):
            return found
        region = same_regions(gold, answer, equal)
        return region if region.equal is not None or found.equal is None else found
    if shapes.conditions(gold, answer):
        other = answer if gold.kind == "rel" else gold
        if other.kind not in shapes.SETS | shapes.LISTS | {"seq", "rel"} and not shapes.line(other):
            return NO
        return same_regions(gold, answer, equal)
    gold, answer = shapes.bare(gold), shapes.bare(answer)
    if gold.kind == "rel" or answer.kind == "rel":
        return NO
    return equal(gold, answer)
