"""What is decided by convention, not by mathematics: percent signs, units, rounding."""

from attrs import field, frozen
from attrs.validators import ge, gt, optional


@frozen(kw_only=True)
class Policy:
    """The conventions of one comparison; `docs/math.md` explains each."""

    digits: int | None = field(default=None, validator=optional(ge(0)))
    """Decimal places that the task asks for; an answer is rounded to them before it is compared."""
    significant: int | None = field(default=None, validator=optional(gt(0)))
    """Significant digits that the task asks for, likewise."""
    tolerance: float | None = field(default=None, validator=optional(ge(0)))
    """How far an answer may be off, as a part of the gold."""
    unit: str | None = None
    """The unit that an answer must carry, or be convertible to."""
    percent: bool = False
    """Whether the problem asks in percent: `28%` then also answers a gold of 28, and 28 one of `28%`."""
    degrees: bool = False
    """Whether the problem speaks of degrees: `5^\\circ` then answers a gold of 5."""
    nouns: frozenset[str] = field(default=frozenset(), converter=frozenset)
    """Stems of the problem's words, which an answer may count; empty where there is no problem."""
    letters: str = ""
    """The problem, squeezed: an answer may name an expression that stands in it."""
    float_digits: int = 10
    """Significant digits from which a decimal stands for an exact value that rounds to it."""
