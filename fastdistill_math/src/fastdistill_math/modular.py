"""Residue classes, numbers in bases, and ratios; `equal` compares two values."""

from fastdistill_math.collected import Same, all_equal
from fastdistill_math.equal import NO, UNTOLD, YES, Answer
from fastdistill_math.exact import exact
from fastdistill_math.identity import identical
from fastdistill_math.tree import Node


def same_congruence(gold: Node, answer: Node) -> Answer:
    """Compare residue classes, or one with a residue."""
    parts = [[exact(arg) for arg in node.args] if node.kind == "cong" else None for node in (gold, answer)]
    ours, theirs = parts
    if ours and theirs:
        if None in ours or None in theirs:
            return _all_identical(gold, answer)
        if ours[1] != theirs[1] or not ours[1]:
            return NO
        named = gold.value is None or answer.value is None or gold.value == answer.value
        return Answer(named and (ours[0] - theirs[0]) % ours[1] == 0, "congruence")  # type: ignore[operator]
    residue, other = (gold.args[0], answer) if ours else (answer.args[0], gold)
    if other.kind in ("set", "list", "seq", "rel"):
        return UNTOLD
    return identical(residue, other)


def _all_identical(gold: Node, answer: Node) -> Answer:
    found = [identical(a, b).equal for a, b in zip(gold.args, answer.args, strict=True)]
    return YES if all(found) else UNTOLD


def same_based(gold: Node, answer: Node) -> Answer:
    """Compare numbers written in a base, digits and base."""
    if gold.kind == "base" and answer.kind == "base":
        digits = gold.value[0].lstrip("0") == answer.value[0].lstrip("0")
        return Answer(digits and gold.value[1] == answer.value[1], "base")
    if gold.kind == "base":
        return Answer(answer.kind == "num" and str(answer.value) == gold.value[0].lstrip("0"), "base")
    return identical(gold, answer)


def same_ratio(gold: Node, answer: Node, equal: Same) -> Answer:
    """Compare ratios by cross products, or one of two with its fraction."""
    if gold.kind != answer.kind:
        ratio, other = (gold, answer) if gold.kind == "ratio" else (answer, gold)
        if len(ratio.args) != 2 or other.kind in ("seq", "list", "set", "rel", "matrix"):
            return NO
        return identical(Node("div", ratio.args), other)
    if len(gold.args) != len(answer.args):
        return NO
    first, other = gold.args[0], answer.args[0]
    pairs = [
        (Node("mul", (a, other)), Node("mul", (b, first)))
        for a, b in zip(gold.args, answer.args, strict=True)
    ]
    return all_equal(pairs[1:], equal)
