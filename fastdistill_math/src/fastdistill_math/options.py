"""Options of the `sympy` gate."""

from typing import Literal

from attrs import field, frozen
from attrs.validators import gt


@frozen(kw_only=True)
class SympyOptions:
    """Options of `[exec_evals.sympy]`."""

    cpu: float = field(default=5.0, validator=gt(0))
    """Seconds of processor time for one answer; what takes longer is undecided."""
    deadline: float = field(default=40.0, validator=gt(0))
    """Seconds of wall clock, for a worker that does not get its processor; undecided as well."""
    on_undecided: Literal["error", "judge"] = "error"
    """What becomes of a task whose gold is no mathematics: an error, or the decision of the run's judge."""
    memory_mib: int = field(default=1024, validator=gt(0))
    """Address space of the worker."""
    float_digits: int = field(default=10, validator=gt(0))
    """Significant digits from which a decimal stands for the exact value that it rounds."""
