"""The pilot: the first tasks run alone, and figures below a floor stop the run before it costs more."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from attrs import frozen

from fastdistill.model.report import RunOutcome
from fastdistill.run.ledger import metrics
from fastdistill.run.ledger.ledger import Ledger
from fastdistill.run.limits import Stop
from fastdistill.settings import Pilot

FLOORS = ("exec_pass", "gold_match", "judge_score", "judge_kappa")


@frozen(kw_only=True)
class PilotCheck:
    """Holds what the first `tasks` tasks gave against the floors."""

    settings: Pilot
    ledger: Ledger
    calibration: Callable[[], Awaitable[Mapping[str, Any] | None]]
    """Returns the judges' agreement with known answers."""

    @property
    def tasks(self) -> int:
        """How many tasks run alone."""
        return self.settings.tasks

    async def missed(self) -> Stop | None:
        """Return what is below its floor, with three examples; None when all hold.

        A figure over nothing misses no floor: there was nothing to measure.
        """
        await self.ledger.flush()
        figures = self.ledger.measure(metrics.rates)
        score = self.ledger.measure(metrics.judge_score)
        found: dict[str, tuple[float | None, int]] = {
            name: (figures[name]["rate"], figures[name]["of"]) for name in ("exec_pass", "gold_match")
        }
        found["judge_score"] = (score["mean"], score["count"])
        if self.settings.min_judge_kappa is not None:
            judge = await self.calibration()
            found["judge_kappa"] = (judge["kappa"], judge["total"]) if judge else (None, 0)
        lines = [
            f"{name} is {value:.3f} over {count}, the floor is {floor:.3f}"
            for name, (value, count) in found.items()
            if (floor := self._floor(name)) is not None and value is not None and value < floor
        ]
        return Stop(outcome=RunOutcome.FLOOR, message=self._message(lines)) if lines else None

    def _floor(self, name: str) -> float | None:
        floor: float | None = getattr(self.settings, f"min_{name}")
        return floor

    def _message(self, lines: list[str]) -> str:
        examples = [
            f"  {one['task_id']}: {one['gate']}: {one['reason']}: {(one['detail'] or one['answer'])[:200]}"
            for one in self.ledger.measure(metrics.first_rejections)
        ]
        return "\n".join(
            [f"the pilot stopped the run: {'; '.join(lines)}", *examples, "--no-pilot goes on regardless"]
        )


def has_floors(pilot: Pilot) -> bool:
    """Return whether a pilot has anything to decide."""
    return pilot.enabled and any(getattr(pilot, f"min_{name}") is not None for name in FLOORS)
