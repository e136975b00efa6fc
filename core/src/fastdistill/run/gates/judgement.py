"""What became of one choice of an answer: its reading, and the verdicts on it."""

from attrs import frozen

from fastdistill.model.answer import Candidate, Reading
from fastdistill.model.verdict import Finding, Outcome, Verdict

TEXT_GOLD = "text-gold"
"""The reason of a gate that cannot read its task's gold."""


@frozen(kw_only=True)
class Judgement:
    """The verdicts up to the first that does not pass."""

    attempt: int
    choice: int
    reading: Reading
    candidate: Candidate | None
    """None where nothing was read."""
    verdicts: tuple[Verdict, ...]
    teacher: str = ""
    """Who answered."""

    @property
    def outcome(self) -> Outcome:
        """Pass if every gate passed."""
        return self.verdicts[-1].finding.outcome if self.verdicts else Outcome.PASS

    @property
    def last(self) -> Finding:
        """The finding that decided."""
        return self.verdicts[-1].finding

    @property
    def judged_instead(self) -> bool:
        """Whether a judge stood in for a gate that could not read the gold."""
        unread = any(v.finding.reason == TEXT_GOLD for v in self.verdicts[:-1])
        return unread and any(v.kind == "judge" for v in self.verdicts)

    @property
    def gold_match(self) -> bool:
        """Whether a gate confirmed the answer against gold; a judge that stands in for one never does."""
        if self.judged_instead:
            return False
        return any(v.finding.gold_match is True for v in self.verdicts)

    @property
    def class_key(self) -> str | None:
        """The class of answers that this one belongs to, if a gate named it."""
        keys = [v.finding.class_key for v in self.verdicts if v.finding.class_key]
        return keys[-1] if keys else None
