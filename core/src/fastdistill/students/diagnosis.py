"""Whose fault a weak student is: the tasks, the training, the format, the coverage or the data.

Each rule compares 95 % intervals, never bare rates; where they overlap the answer is "cannot tell".
"""

from collections.abc import Mapping
from typing import Any, Literal

from attrs import frozen

from fastdistill.students.evidence import FEWEST, Evidence, apart, figures_of, paired
from fastdistill.students.rates import interval

Verdict = Literal[
    "none", "tasks-or-teacher", "training", "format", "coverage", "format-only", "data", "cannot-tell"
]
HALF = 0.5
"""A teacher below it solves fewer of the tasks than it fails: what it leaves is no course."""
LEARNT = 0.7
"""The share of its own training tasks that a student solves which has learnt them."""
MARGIN = 0.1
"""Differences below ten points are not worth a diagnosis."""
UNREAD = 0.5
"""The share of wrong answers that could not be read at which the form is the fault."""


@frozen(kw_only=True)
class Diagnosis:
    """What is to blame, and the figures that say so."""

    verdict: Verdict
    sentence: str
    figures: Mapping[str, Any]


def diagnose(found: Evidence) -> Diagnosis:
    """Return the first rule that its intervals bear out, in the order of what would explain the rest."""
    figures = figures_of(found)
    for rule in (_teacher, _healthy, _data, _format_only, _training, _coverage):
        told = rule(found, figures)
        if told is not None:
            return Diagnosis(verdict=told[0], sentence=told[1], figures=figures)
    return Diagnosis(
        verdict="cannot-tell",
        sentence="Cannot tell: the student is weaker than its teacher, and the arms' intervals overlap; "
        "more test tasks or more answers a task would part them.",
        figures=figures,
    )


Told = tuple[Verdict, str] | None


def percent(rate: Mapping[str, Any]) -> str:
    """Return a rate with its interval for a sentence."""
    if rate["rate"] is None:
        return "unknown"
    low, high = rate["interval"]
    return f"{rate['rate']:.0%} ({low:.0%} to {high:.0%}, {rate['of']} tasks)"


def _teacher(found: Evidence, figures: Mapping[str, Any]) -> Told:
    arms = figures["arms"]
    if any(arms[name]["of"] < FEWEST for name in ("A", "B", "C")):
        return "cannot-tell", (
            f"Cannot tell: an arm has fewer than {FEWEST} decided tasks (A {arms['A']['of']}, "
            f"B {arms['B']['of']}, C {arms['C']['of']})."
        )
    low, high = arms["A"]["interval"]
    if high < HALF:
        return "tasks-or-teacher", (
            f"The tasks or the teacher: it solves {percent(arms['A'])} of the test tasks itself, so its "
            "rows are the easier part of them."
        )
    if low < HALF:
        return (
            "cannot-tell",
            f"Cannot tell: whether the teacher solves half of the tasks is open: {percent(arms['A'])}.",
        )
    return None


def _healthy(found: Evidence, figures: Mapping[str, Any]) -> Told:
    behind = figures["below_teacher"]
    if behind is None:
        return (
            "cannot-tell",
            f"Cannot tell: teacher and student share fewer than {FEWEST} decided test tasks.",
        )
    arms = figures["arms"]
    if behind[1] < MARGIN:
        return "none", (
            f"Nothing is wrong: the student solves {percent(arms['C'])} of the test tasks, its teacher "
            f"{percent(arms['A'])}; it is at most {100 * max(behind[1], 0):.0f} points behind."
        )
    if behind[0] <= 0:
        return "cannot-tell", (
            f"Cannot tell: the student may be as good as its teacher, or {100 * behind[1]:.0f} points "
            "worse."
        )
    return None


def _data(found: Evidence, figures: Mapping[str, Any]) -> Told:
    leaky = figures["leaky"]
    worse = leaky["worse_inside"] if leaky else None
    if worse is None or worse[0] <= MARGIN or not _teacher_holds(found):
        return None
    return "data", (
        f"The data: where the audit says that the gate lets wrong answers through the student solves "
        f"{percent(leaky['inside'])}, elsewhere {percent(leaky['outside'])}, and the teacher does not part "
        "so."
    )


def _teacher_holds(found: Evidence) -> bool:
    """Whether those tasks are no harder: the teacher is not worse there by the margin."""
    sides: dict[bool, list[float]] = {True: [], False: []}
    for one in found.teacher.scores:
        if one.share is not None:
            sides[one.sample_id in found.leaky].append(one.share)
    gap = apart(sides[True], sides[False])
    return gap is not None and gap[0] <= MARGIN


def _format_only(found: Evidence, figures: Mapping[str, Any]) -> Told:
    base, shown, arms = figures["over_base"], figures["over_shown"], figures["arms"]
    if base is None or shown is None or arms["B"]["interval"][0] >= LEARNT:
        return None
    if base[0] > 0 and shown[0] > -MARGIN and shown[1] < MARGIN:
        return "format-only", (
            f"Only the form was learnt: the student solves {percent(arms['C'])}, and its base model with "
            f"accepted rows in the prompt {percent(arms['E'])}, without them {percent(arms['D'])}."
        )
    return None


def _training(found: Evidence, figures: Mapping[str, Any]) -> Told:
    arms, unread = figures["arms"], figures["unread_of_wrong"]
    if arms["B"]["interval"][1] >= LEARNT:
        return None
    share = interval(unread["rate"], unread["of"]) if unread["of"] else None
    read = f"{unread['count']} of {unread['of']} wrong answers could not be read"
    if share is not None and share[0] > UNREAD:
        return "format", (
            f"The form: of its own training tasks the student solves {percent(arms['B'])}, and {read}: "
            "look at the chat template, the stop token and the length."
        )
    if share is not None and share[1] > UNREAD:
        return None
    return "training", (
        f"The training: of its own training tasks the student solves only {percent(arms['B'])} ({read}): "
        "it has not learnt what it was shown."
    )


def _coverage(found: Evidence, figures: Mapping[str, Any]) -> Told:
    gap, arms = figures["test_below_train"], figures["arms"]
    if gap is None or arms["B"]["interval"][0] < LEARNT or gap[0] <= MARGIN:
        return None
    return "coverage", (
        f"The coverage: the student solves {percent(arms['B'])} of what it was trained on and "
        f"{percent(arms['C'])} of the test tasks. {_curve(found)}"
    )


def _curve(found: Evidence) -> str:
    """Return what the learning curve says of more data."""
    if len(found.curve) < 2:
        return "Students of 25 % and 50 % of the data (--curve) would show whether more of the same helps."
    before, last = (found.curve[part] for part in sorted(found.curve)[-2:])
    gain = paired(before, last)
    if gain is None:
        return "The learning curve has too few tasks."
    said = f"{100 * gain[0]:+.0f} to {100 * gain[1]:+.0f} points from the last step of the curve"
    if gain[0] > 0:
        return f"It still rises ({said}): more tasks of the same kind help."
    if gain[1] < MARGIN / 2:
        return f"The curve is flat ({said}): other tasks are needed, not more of the same."
    return f"Whether the curve still rises cannot be told ({said})."
