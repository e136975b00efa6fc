"""Which golds a candidate goes on agreeing with, from one database to the next."""

from collections.abc import Sequence
from typing import Any

from attrs import evolve, frozen

from fastdistill_sql.compare import Comparison, Expected, Permutation, Trial, agrees, order_of
from fastdistill_sql.execute import Table


@frozen
class Runner:
    """A gold that the candidate has agreed with so far: where, and under which order of columns."""

    trials: tuple[Trial, ...] = ()
    order: Permutation | None = None
    running: bool = True


class Race:
    """Which golds the candidate goes on agreeing with."""

    def __init__(self, comparison: Comparison, runners: list[Runner]) -> None:
        self.comparison = comparison
        self.runners = runners

    @property
    def winner(self) -> int:
        """The first gold that still runs."""
        return next((n for n, r in enumerate(self.runners) if r.running), 0)

    def awaited(self, wanted: Sequence[Expected | None]) -> bool:
        """Whether any gold that still runs has a result."""
        return any(w is not None and r.running for w, r in zip(wanted, self.runners, strict=True))

    def meet(
        self,
        results: Sequence[Expected | None],
        found: Table,
        turned: Sequence[Table | None] = (),
        *,
        invented: bool = True,
    ) -> bool:
        """Whether any gold goes on agreeing; `results` are the golds' own on this database."""
        for number, wanted in enumerate(results):
            runner = self.runners[number]
            if not runner.running:
                continue
            if wanted is None:
                if not invented:
                    self.runners[number] = evolve(runner, running=False)
                continue
            other = turned[number] if turned else None
            self.runners[number] = self._met(runner, wanted, other, found, invented)
        return any(r.running for r in self.runners)

    def _met(
        self, runner: Runner, wanted: Expected, other: Table | None, found: Table, invented: bool
    ) -> Runner:
        if (
            invented
            and _nothing(wanted.window(wanted.rows))
            and _nothing(found.rows)
            and wanted.width == found.width
        ):
            return runner
        if runner.order is not None and agrees(wanted, found, self.comparison, runner.order):
            return evolve(runner, trials=(*runner.trials, (wanted, found)))
        for meant in (wanted, Expected(width=other.width, rows=other.rows) if other else None):
            if meant is not None:
                trials = (*runner.trials, (meant, found))
                order = order_of(trials, self.comparison)
                if order is not None:
                    return Runner(trials=trials, order=order)
        return evolve(runner, running=False)


def _nothing(rows: list[Any]) -> bool:
    """No rows, or one of NULLs alone: what an aggregate and a LIMIT say of nothing."""
    return not rows or (len(rows) == 1 and all(v is None for v in rows[0]))
