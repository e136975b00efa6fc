"""What was written as a StrEnum is read as one."""

import pytest

from fastdistill.model.report import Finished, Progress, RunOutcome
from fastdistill.serde import StructureError, structure, unstructure


def test_an_outcome_comes_back_as_an_outcome() -> None:
    ended = Finished(
        run_id="r",
        folder="f",
        outcome=RunOutcome.TARGET,
        message="",
        progress=Progress(total=None),
        files={},
    )
    assert structure(unstructure(ended), Finished).outcome is RunOutcome.TARGET
    with pytest.raises(StructureError, match="outcome"):
        structure({**unstructure(ended), "outcome": "nonsense"}, Finished)
