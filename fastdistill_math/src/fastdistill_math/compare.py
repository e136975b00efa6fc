"""Whether an answer is the gold: by kind, then by value. The conventions are in `docs/math.md`.

The order of the rules is the order of what an answer can be: words, declarations, names, quantities,
collections, regions,
relations, and at last one value.
"""

from collections.abc import Iterable, Sequence

from fastdistill_math import families, naming, shapes
from fastdistill_math.equal import Answer
from fastdistill_math.identity import free, identical
from fastdistill_math.policy import Policy
from fastdistill_math.quantity import normal, rounded_equal, scaled
from fastdistill_math.saying import WORDY, same_words
from fastdistill_math.tree import Node, NotMath

YES, NO, UNTOLD = Answer(True, "shape"), Answer(False, "shape"), Answer(None, "shape")
MAX_ITEMS = 60
_QUANTITIES = ("unit", "percent", "compound")


def same(gold: Node, answer: Node, policy: Policy) -> Answer:
    """Compare two trees. Raises `NotMath` where one has no meaning, `TooLarge` over the limits."""
    if gold == answer:
        return Answer(True, "structure")
    if gold.kind in WORDY or answer.kind in WORDY:
        return same_words(gold, answer, lambda a, b: same(a, b, policy))
    gold, answer = naming.split(shapes.computed(gold)), naming.split(shapes.computed(answer))
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
        found = _named(gold, answer, policy)
        if found is not None:
            return found
    return _unnamed(gold, answer, policy)


def _named(gold: Node, answer: Node, policy: Policy) -> Answer | None:
    """Compare values whose names are told; None where no name decides."""
    gold_values, values = naming.value_of(gold, policy), naming.value_of(answer, policy)
    if gold_values is None and len(gold.args) > 2 and set(gold.value or ()) == {"eq"}:
        gold_values = [gold.args[-1]] if any(map(naming.is_name, gold.args)) else None
    if gold_values and values:
        if gold.args[0] == answer.args[0] or naming.alike(gold.args[0], answer.args[0]):
            return _any_of(_said(gold, gold_values), values, policy)
        if free(gold_values[0]) | free(values[0]):
            return None  # equations: y = 2x + 3 and x = (y - 3) / 2
        return NO
    if gold_values and answer.kind == "rel":
        known = naming.solved(answer)
        if known is not None:
            named = known[0] == naming.head(gold.args[0])
            return same(gold_values[0], known[1], policy) if named else NO
        return None
    if gold_values:
        return _any_of(_said(gold, gold_values), [answer], policy)
    if values:
        if gold.kind != "rel":
            return _any_of([gold], values, policy)
        known = naming.solved(gold)
        named = known is not None and known[0] == naming.head(answer.args[0])
        return same(known[1], values[0], policy) if known and named else None
    return _unnamed_equations(gold, answer, policy)


def _said(gold: Node, values: Sequence[Node]) -> Sequence[Node]:
    r"""The last member of a gold's chain; with an `\approx` in it all of them."""
    return values if "approx" in gold.value else values[:1]


def _unnamed_equations(gold: Node, answer: Node, policy: Policy) -> Answer | None:
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
        return (
            _any_of([other], members, policy) if relation is answer else _any_of(members, [other], policy)
        )
    known = naming.solved(relation)
    if known is None:
        return NO
    return same(other, known[1], policy) if relation is answer else same(known[1], other, policy)


def _any_of(golds: Sequence[Node], answers: Sequence[Node], policy: Policy) -> Answer:
    r"""Compare with each member of a chain. The last is the answer; one before `\approx` counts, too."""
    return _any(same(gold, answer, policy) for gold in golds for answer in answers)


def _unnamed(gold: Node, answer: Node, policy: Policy) -> Answer:
    gold, answer = shapes.aligned(gold, answer)
    if gold == answer:
        return Answer(True, "structure")
    gold, answer = normal(gold), normal(answer)
    kinds = {gold.kind, answer.kind}
    if kinds & {*_QUANTITIES} and not kinds & {*shapes.LISTS, "seq"}:
        return _quantities(gold, answer, policy)
    if "cong" in kinds:
        return _congruences(gold, answer)
    if kinds == {"cases"}:
        return _cases(gold, answer, policy)
    if kinds & shapes.LISTS:
        return _collections(gold, answer, policy)
    if kinds == {"seq"}:
        return _sequences(gold, answer, policy)
    if kinds == {"matrix"}:
        return _matrices(gold, answer, policy)
    if kinds & shapes.SETS or shapes.line(gold) != shapes.line(answer):
        return _regions(gold, answer, policy)
    if "rel" in kinds:
        return _relations(gold, answer, policy)
    if "base" in kinds:
        return _based(gold, answer)
    if "ratio" in kinds:
        return _ratios(gold, answer, policy)
    if kinds & {"seq", "matrix", "cases", "row"}:
        return _same_kind(gold, answer, policy)
    return _values(gold, answer, policy)


def _values(gold: Node, answer: Node, policy: Policy) -> Answer:
    infinite = [shapes.infinity(node) for node in (gold, answer)]
    if any(infinite):
        return Answer(infinite[0] == infinite[1], "shape")
    found = identical(gold, answer)
    if found.equal is False and rounded_equal(gold, answer, policy):
        return Answer(True, "rounding")
    return found


def _quantities(gold: Node, answer: Node, policy: Policy) -> Answer:
    found = scaled(gold, answer, policy)
    if not found.pairs:
        return Answer(False if found.told else None, "unit")
    equal = _any(same(left, right, policy) for left, right in found.pairs)
    return equal if found.told or equal.equal else Answer(None, "unit")


def _any(answers: Iterable[Answer]) -> Answer:
    unknown = NO
    for found in answers:
        if found.equal:
            return found
        if found.equal is None:
            unknown = found
    return unknown


def _all(pairs: Iterable[tuple[Node, Node]], policy: Policy) -> Answer:
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
        return _all(((named[0][name], named[1][name]) for name in named[0]), policy)
    if "seq" in kinds and (named[0] or named[1]):
        return _by_names(gold, answer, named[0] or named[1], policy)
    if kinds & {"union", "inter", "minus"} or (
        shapes.conditions(gold, answer) and kinds & {"list", "or", "set", "seq", "rel"}
    ):
        return _regions(gold, answer, policy)
    if "seq" in kinds and "list" in kinds and "set" not in kinds:
        left, right = shapes.values(gold), shapes.values(answer)
        if len(left) != len(right):
            return NO
        return _all(zip(left, right, strict=True), policy)
    if "matrix" in kinds:
        left, right = shapes.flat(gold), shapes.flat(answer)
        return NO if len(left) != len(right) else _all(zip(left, right, strict=True), policy)
    if "seq" in kinds:
        return _regions(gold, answer, policy)
    left, right = shapes.values(gold), shapes.values(answer)
    if "set" in kinds:
        return _unordered(_distinct(left, policy), _distinct(right, policy), policy)
    if len(left) == len(right) and named[0] and not named[1]:
        return _all(zip(left, right, strict=True), policy)
    return _unordered(left, right, policy)


def _by_names(gold: Node, answer: Node, named: dict[str, Node], policy: Policy) -> Answer:
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
        found.append(_all(pairs if listed is gold else [(b, a) for a, b in pairs], policy))
    return _any(found)


def _sequences(gold: Node, answer: Node, policy: Policy) -> Answer:
    if len(gold.args) != len(answer.args):
        return NO
    if gold.value != answer.value and len(gold.args) == 2:
        return NO
    return _all(zip(gold.args, answer.args, strict=True), policy)


def _matrices(gold: Node, answer: Node, policy: Policy) -> Answer:
    if [len(row.args) for row in gold.args] != [len(row.args) for row in answer.args]:
        return NO
    return _all(zip(shapes.flat(gold), shapes.flat(answer), strict=True), policy)


def _cases(gold: Node, answer: Node, policy: Policy) -> Answer:
    if len(gold.args) != len(answer.args):
        return NO
    ours = [Node("seq", row.args, "cases") for row in gold.args]
    theirs = [Node("seq", row.args, "cases") for row in answer.args]
    return _unordered(ours, theirs, policy)


def _congruences(gold: Node, answer: Node) -> Answer:
    from fastdistill_math.exact import exact

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


def _regions(gold: Node, answer: Node, policy: Policy) -> Answer:
    from fastdistill_math.regions import region, same_region

    left, right = region(gold), region(answer)
    if left is not None and right is not None:
        return same_region(left, right, lambda a, b: same(a, b, policy).equal)
    if shapes.conditions(gold, answer):
        from fastdistill_math.conditions import same_condition

        found = same_condition(gold, answer, left, right)
        if found is not None:
            return found
    if gold.kind == answer.kind:
        return _same_kind(gold, answer, policy)
    scalar = {"num", "dec", "neg", "div", "add", "mul", "pow", "root", "const", "sym", "call"}
    return (
        NO
        if {gold.kind, answer.kind} & scalar and not shapes.conditions(gold, answer)
        else Answer(None, "region")
    )


def _relations(gold: Node, answer: Node, policy: Policy) -> Answer:
    from fastdistill_math.relations import same_relation

    if gold.kind == "rel" and answer.kind == "rel":
        found = same_relation(gold, answer, lambda a, b: same(a, b, policy).equal)
        if found.equal or (set(gold.value) | set(answer.value)) <= {"eq"}:
            return found
        if not shapes.conditions(gold, answer):
            return found
        region = _regions(gold, answer, policy)
        return region if region.equal is not None or found.equal is None else found
    if shapes.conditions(gold, answer):
        other = answer if gold.kind == "rel" else gold
        if other.kind not in shapes.SETS | shapes.LISTS | {"seq", "rel"} and not shapes.line(other):
            return NO
        return _regions(gold, answer, policy)
    gold, answer = shapes.bare(gold), shapes.bare(answer)
    if gold.kind == "rel" or answer.kind == "rel":
        return NO
    return same(gold, answer, policy)


def _based(gold: Node, answer: Node) -> Answer:
    if gold.kind == "base" and answer.kind == "base":
        digits = gold.value[0].lstrip("0") == answer.value[0].lstrip("0")
        return Answer(digits and gold.value[1] == answer.value[1], "base")
    if gold.kind == "base":
        return Answer(answer.kind == "num" and str(answer.value) == gold.value[0].lstrip("0"), "base")
    return identical(gold, answer)


def _ratios(gold: Node, answer: Node, policy: Policy) -> Answer:
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
    return _all(pairs[1:], policy)


def _same_kind(gold: Node, answer: Node, policy: Policy) -> Answer:
    if gold.kind != answer.kind or gold.value != answer.value or len(gold.args) != len(answer.args):
        return NO
    if not gold.args:
        raise NotMath(f"nothing to compare in {gold.kind}")
    return _all(zip(gold.args, answer.args, strict=True), policy)
