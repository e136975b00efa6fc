"""What a run finds out about its own gates: their errors on mutants, and its judges' on known answers."""

from typing import Any

from attrs import define, field

from fastdistill.errors import RunHalted
from fastdistill.model.report import RunOutcome
from fastdistill.model.task import Task
from fastdistill.run.admission import Admission
from fastdistill.run.audit.calibration import calibrate
from fastdistill.run.audit.cases import audit_gates
from fastdistill.run.gates.pipeline import GatePipeline
from fastdistill.settings import RunConfig

ENDED = (RunOutcome.DONE, RunOutcome.FAULTS, RunOutcome.TARGET)
"""Outcomes of runs that came to their end: the others are not held up by this."""


@define
class SelfAudit:
    """The checks of one session."""

    config: RunConfig
    admission: Admission
    gates: GatePipeline
    _calibration: dict[str, Any] | None = field(default=None, init=False)

    def _tasks(self, most: int) -> list[Task[Any]]:
        return [task for _, task in self.admission.kept[:most]]

    async def calibration(self) -> dict[str, Any] | None:
        """The judges against known answers, measured once a session.

        None where there is nothing to ask. It asks teachers: call it while the ledger commits.
        """
        if self._calibration is None and self.config.calibrate:
            try:
                self._calibration = await calibrate(self.gates, self._tasks(self.config.calibrate))
            except* RunHalted:
                pass
        return self._calibration

    async def findings(self, outcome: RunOutcome) -> dict[str, Any]:
        """For the quality report."""
        found: dict[str, Any] = {}
        if outcome in ENDED and self.config.audit and self._tasks(self.config.audit):
            found["gate_error"] = await audit_gates(self.gates, self._tasks(self.config.audit))
        if self._calibration:
            found["judge_calibration"] = self._calibration
        return found
