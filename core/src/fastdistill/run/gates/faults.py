"""Tells a gate that fails on one odd answer from one that is broken."""

from collections.abc import Iterable

from attrs import define, field

from fastdistill.errors import BrokenPlugin
from fastdistill.model.verdict import Outcome, Verdict

HANDFUL = 10
"""Answers in a row on which a gate raises that show it to be broken; real gates fail on few, if any."""
PLUGIN_FAULT = "plugin-fault"


@define
class FaultStreaks:
    """For each gate, on how many answers in a row it raised."""

    _count: dict[str, int] = field(factory=dict, init=False)

    def see(self, verdicts: Iterable[Verdict]) -> None:
        """Take note of an answer's verdicts. Raises `BrokenPlugin` for a gate that raised too often."""
        for verdict in verdicts:
            finding = verdict.finding
            if finding.outcome is not Outcome.ERROR or finding.reason != PLUGIN_FAULT:
                self._count[verdict.gate] = 0
                continue
            count = self._count[verdict.gate] = self._count.get(verdict.gate, 0) + 1
            if count >= HANDFUL:
                raise BrokenPlugin(
                    f"the gate {verdict.gate!r} failed on {count} answers in a row: {finding.detail}. "
                    "Repair it and run the same command again: the answers are kept"
                )
