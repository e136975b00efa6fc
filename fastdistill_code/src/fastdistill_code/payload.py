"""What the code gate needs to know of a task, and teachers never see."""

from attrs import field, frozen

from fastdistill_code.kinds.suite import Suite
from fastdistill_code.rows import LimitsRow


@frozen(kw_only=True)
class CodePayload:
    """A problem's tests, its gold, and what a call may use."""

    entry_point: str | None
    """None for whole programs."""
    suite: Suite = field(repr=False)
    preamble: str = ""
    """Imports and helpers that the prompt gives before the entry point."""
    gold: str | None = None
    """A right solution as a whole module; None where there is none."""
    golds: tuple[str, ...] = ()
    """Further right solutions."""
    limits: LimitsRow = field(factory=LimitsRow)
    digest: str = ""
    """Of tests, gold and limits: what derived inputs are kept under."""
