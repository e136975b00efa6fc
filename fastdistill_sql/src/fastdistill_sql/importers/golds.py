"""Whether a gold can judge anybody: it is run by the gate's own reader, under the gate's own guard."""

from pathlib import Path
from typing import Literal

from attrs import frozen

from fastdistill import TaskError
from fastdistill_sql.execute import Budget, Failure, run
from fastdistill_sql.guard import reader

_BUDGET = Budget(steps=1_000_000_000)
"""For one gold, once; about ten seconds."""


@frozen
class Checked:
    """What became of a gold."""

    state: Literal["usable", "degenerate", "gold-fails", "missing-database", "broken-database"]
    """`degenerate`: no row, or nothing but NULL."""
    cause: str = ""
    """The gate's own reason."""
    detail: str = ""


def check(database: Path, gold: str) -> Checked:
    """Run `gold` over `database`; never raises for what they can be."""
    if not gold:
        return Checked("gold-fails", "no-statement", "there is no gold")
    try:
        found = run(reader(database), gold, _BUDGET)
    except TaskError as error:
        broken = error.reason == "broken-database"
        return Checked("broken-database" if broken else "missing-database", error.reason, error.detail)
    if isinstance(found, Failure):
        state: Literal["broken-database", "gold-fails"] = (
            "broken-database" if found.reason == "broken-database" else "gold-fails"
        )
        return Checked(state, found.reason, found.detail)
    empty = all(value is None for row in found.rows for value in row)
    return Checked("degenerate" if empty else "usable")
