"""What is decided by convention, not by mathematics: percent signs, units, rounding."""

from attrs import field, frozen
from attrs.validators import ge, optional


@frozen(kw_only=True)
class Policy:
    """The conventions of one comparison; `docs/math.md` explains each."""

    digits: int | None = field(default=None, validator=optional(ge(0)))
    """Decimal places that the task asks for; an answer is rounded to them before it is compared."""
    unit: str | None = None
    """The unit that an answer must carry, or be convertible to."""
    percent: bool = False
    """Whether the problem asks in percent: `28%` then also answers a gold of 28."""
    float_digits: int = 10
    """Significant digits from which a decimal stands for an exact value that rounds to it."""
