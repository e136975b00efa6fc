"""One comparison from texts to a decision. `judge` is what a worker runs; nothing here waits or forks."""

import re
from collections.abc import Sequence
from typing import Any

from attrs import asdict, evolve, frozen

from fastdistill_math import choices as multiple
from fastdistill_math.clean import clean, squeeze, words
from fastdistill_math.compare import same
from fastdistill_math.golds import gold_text, readable
from fastdistill_math.key import class_key
from fastdistill_math.parse import glued_unit, readings
from fastdistill_math.policy import Policy
from fastdistill_math.quantity import real_value
from fastdistill_math.residue import Residues, Undefined
from fastdistill_math.tree import Node, NotMath, TooLarge


@frozen
class Decision:
    """`equal` is None where it could not be told; `reason` is a slug unless equal."""

    equal: bool | None
    by: str = ""
    reason: str = ""
    detail: str = ""


def judge(payload: dict[str, Any]) -> dict[str, Any]:
    """From `gold` (or None), `answer`, `reply`, `choices`, `policy` to a decision and a class key."""
    answer = payload["answer"]
    if not payload["golds"]:
        return _unlabelled(answer)
    policy = Policy(**payload["policy"])
    found = Decision(False, "value", "wrong-answer")
    for gold in payload["golds"]:
        each = decide(gold, answer, payload["reply"], payload["choices"], policy)
        if each.equal or found.equal is not None:
            found = each
        if found.equal:
            break
    if found.equal is None and not any(
        readable(g, choices=bool(payload["choices"])) for g in payload["golds"]
    ):
        found = evolve(found, reason="text-gold")
    return asdict(found) | {"key": None}


def warm() -> None:
    """Import what comparisons may need: called in each worker before any clock runs."""
    from fastdistill_math import conditions, numeric, regions, relations, symbolic, units  # noqa: F401

    units.measure("km")


def _unlabelled(answer: str) -> dict[str, Any]:
    try:
        key: str | None = class_key(answer, readings(answer)[0])
    except TooLarge as error:
        found = Decision(False, "limits", "too-expensive", str(error))
        return asdict(found) | {"key": None}
    return asdict(Decision(None, "", "unlabelled")) | {"key": key}


def decide(gold: str, answer: str, reply: str, choices: Sequence[str], policy: Policy) -> Decision:
    """Whether `answer`, read out of `reply`, is `gold`."""
    target = gold_text(gold)
    if policy.unit is None and _spelled_alike(gold, target, answer, reply):
        return Decision(True, "text")
    if choices:
        chosen = _chosen(target, answer, choices, policy)
        if chosen is not None:
            return chosen
    elif (by_letter := _by_letter(target, answer)) is not None:
        return by_letter
    rest = multiple.unlabelled(answer)
    return _by_value(target, answer if rest is None else rest, policy)


def _spelled_alike(gold: str, target: str, answer: str, reply: str) -> bool:
    ours = squeeze(target)
    if not ours:
        return False
    return ours == squeeze(answer) or (
        len(reply) <= _WRAPPED * len(gold) + _WRAPPING and squeeze(gold) == squeeze(reply)
    )


_WRAPPED, _WRAPPING = 4, 80
"""How much longer than the gold a reply may be that is nothing but the gold, spelled at length."""


def _chosen(gold: str, answer: str, choices: Sequence[str], policy: Policy) -> Decision | None:
    """Compare with a multiple choice: by the exact text first, then one letter, then the value.

    A letter that is also a choice's own text means what the row's answer is: a letter or a text.
    """
    right, texts = _right_choice(gold, choices, policy), [squeeze(choice) for choice in choices]
    if right is None:
        return None
    if multiple.several(answer, choices):
        return Decision(False, "choice", "wrong-answer", "the reply names several choices")
    given, own = squeeze(answer), multiple.index(gold, choices) is None
    if given in texts and (own or multiple.letter(answer) is None):
        return _told(given == texts[right], "choice")
    named = multiple.index(answer, choices)
    if named is None and multiple.letter(answer) and len(clean(answer).strip("() ")) == 1:
        at = multiple.LETTERS.index(multiple.letter(answer) or "A")
        named = at if at < len(choices) else None
    if named is None:
        found = _by_value(choices[right], answer, policy)
        if found.equal is not None or not re.search(r"[^\W\d_]{2,}", choices[right]):
            return found
        return found if found.equal else _told(words(answer) == words(choices[right]), "choice")
    said = multiple.unlabelled(answer)
    if said is not None and squeeze(said) in texts:
        return _told(named == right and squeeze(said) == texts[right], "choice")
    if said is not None and named == right and re.match(r"\\?[\d(\[{-]", said.strip()):
        found = _by_value(choices[right], said, policy)
        return found if found.equal is not None else _told(True, "choice")
    return _told(named == right, "choice")


def _right_choice(gold: str, choices: Sequence[str], policy: Policy) -> int | None:
    by_letter = multiple.index(gold, choices)
    if by_letter is not None:
        return by_letter
    exact = next((i for i, choice in enumerate(choices) if squeeze(choice) == squeeze(gold)), None)
    if exact is not None:
        return exact
    return next((i for i, choice in enumerate(choices) if _by_value(gold, choice, policy).equal), None)


def _told(equal: bool, by: str) -> Decision:
    return Decision(equal, by) if equal else Decision(False, by, "wrong-answer")


def _by_letter(gold: str, answer: str) -> Decision | None:
    given = multiple.letter(answer)
    label = multiple.labelled(gold)
    if label is not None:
        if given is not None:
            return _told(given == label[0], "letter")
        return _told(words(answer) in (words(label[1]), words(gold)), "words")
    right = multiple.letter(gold)
    if right is not None and given is not None and len(clean(gold).strip("(){} \ue000\ue001")) == 1:
        return _told(given == right, "letter")
    return None


def _by_value(gold: str, answer: str, policy: Policy) -> Decision:
    try:
        golds = _own(readings(gold))
    except TooLarge as error:
        return Decision(None, "limits", "undecided", f"the gold is too large: {error}")
    try:
        answers = readings(answer)
    except TooLarge as error:
        return Decision(False, "limits", "too-expensive", str(error))
    glued = glued_unit(answer)
    if glued is not None and not golds[0].has("sym", "sub"):
        answers = (*answers, glued)
    unknown: Decision | None = None
    for ours in golds:
        for theirs in answers:
            found = _pair(ours, theirs, policy)
            if found.equal:
                return found
            if found.equal is None or found.reason == "too-expensive":
                unknown = unknown or found
    return unknown or Decision(False, "value", "wrong-answer", f"{answer[:200]!r} is not {gold[:200]!r}")


def _own(golds: tuple[Node, ...]) -> tuple[Node, ...]:
    """The readings that a gold may have: `3,5` is a list, `1,22` may be a decimal."""
    if golds[0].kind == "list" and len(golds) > 1 and _places(golds[1]) == 1:
        return golds[:1]
    return golds


def _places(node: Node) -> int:
    node = node.args[0] if node.kind == "neg" else node
    return int(node.value[2]) if node.kind == "dec" else 0


def _pair(gold: Node, answer: Node, policy: Policy) -> Decision:
    if policy.unit is not None and gold.kind not in ("unit", "percent"):
        if answer.kind != "unit":
            return Decision(False, "unit", "no-unit", f"the answer must be in {policy.unit}")
        gold = Node("unit", (gold,), policy.unit)
    try:
        found = same(gold, answer, policy)
    except TooLarge as error:
        return _too_large(gold, answer, error)
    except NotMath as error:
        if _undefined(answer) and not _undefined(gold):
            return Decision(False, "undefined", "undefined", str(error))
        return Decision(None, "undecided", "undecided", str(error))
    if found.equal is None:
        return Decision(None, found.by, "undecided", "neither equality nor difference could be proved")
    return Decision(True, found.by) if found.equal else Decision(False, found.by, "wrong-answer")


def _too_large(gold: Node, answer: Node, error: TooLarge) -> Decision:
    """Whose size it is: the candidate's is its fault, the gold's is nobody's."""
    try:
        Residues().of(gold)
        real_value(gold)
    except TooLarge:
        return Decision(None, "limits", "undecided", f"the gold is too large: {error}")
    except NotMath:
        pass
    return Decision(False, "limits", "too-expensive", str(error))


def _undefined(node: Node) -> bool:
    try:
        Residues().of(node)
    except Undefined:
        return True
    except (NotMath, TooLarge):
        return False
    return False
