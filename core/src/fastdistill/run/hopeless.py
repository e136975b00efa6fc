"""When more attempts of a teacher do not help: it says the same wrong thing again."""

from collections import Counter
from collections.abc import Sequence

from fastdistill.model.verdict import Outcome
from fastdistill.run.gates.judgement import Judgement
from fastdistill.settings import GiveUp


def is_hopeless(judged: Sequence[Judgement], teacher: str, rule: GiveUp) -> bool:
    """Return whether `teacher` has given one wrong answer so often that it is asked no more.

    A function of the task's own answers alone, so that a replay stops where the run did.
    """
    if not rule.same_wrong:
        return False
    wrong = [one for one in judged if one.teacher == teacher and one.outcome is Outcome.REJECT]
    counts = Counter(map(_said, wrong))
    return bool(counts) and max(counts.values()) >= rule.same_wrong


def _said(one: Judgement) -> tuple[str, str]:
    """What makes two wrong answers the same: their class, their text, or why nothing could be read."""
    if one.class_key:
        return "class", one.class_key
    if one.reading.answer is not None:
        return "text", " ".join(one.reading.answer.split())
    return "unread", one.last.reason or ""
