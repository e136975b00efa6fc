"""What became of one choice of an answer: its reading, and the verdicts on it."""

from attrs import frozen

from fastdistill.model.answer import Candidate, Reading
from fastdistill.model.verdict import Finding, Outcome, Verdict


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
    def gold_match(self) -> bool:
        """Whether a gate confirmed the answer against gold."""
        return any(v.finding.gold_match is True for v in self.verdicts)

    @property
    def class_key(self) -> str | None:
        """The class of answers that this one belongs to, if a gate named it."""
        keys = [v.finding.class_key for v in self.verdicts if v.finding.class_key]
        return keys[-1] if keys else None
