"""The options of `[judges.judge]`."""

from typing import Literal

from attrs import field, frozen
from attrs.validators import ge, gt, le


@frozen(kw_only=True)
class JudgeOptions:
    """How answers are judged."""

    teacher: str = "judge"
    """The `[[helper]]` (or `[[teacher]]`) that is asked, by its name."""
    second: str | None = None
    """Another one, whose opinion counts as much."""
    tie: Literal["undecided", "reject", "mean"] = "undecided"
    """When the two disagree: leave the answer out as an error, reject it, or go by the mean of both."""
    rubric: str = "correctness"
    """A rubric that ships here, or the path of a .toml file."""
    threshold: float = field(default=0.75, validator=[gt(0), le(1)])
    """The least score that passes."""
    votes: int = field(default=1, validator=ge(1))
    """How often each is asked; the score is the mean."""
    temperature: float | None = None
    """0 for one vote and 0.7 for several, unless given."""
    max_tokens: int = field(default=400, validator=ge(16))
    structured: bool = True
    """Have the server enforce the form of the reply; turn it off for one that refuses that."""
    reference: str = "reference"
    """For a pairwise rubric: the key of the task's meta that holds the answer to compare with."""

    @property
    def heat(self) -> float:
        """The temperature that is asked for."""
        if self.temperature is not None:
            return self.temperature
        return 0.0 if self.votes == 1 else 0.7
