"""Lets an engine run to its end beside what keeps it company, and says how it ended."""

import anyio
from attrs import frozen

from fastdistill.errors import FastDistillError
from fastdistill.run.audit.self_audit import SelfCheck
from fastdistill.run.engine import Engine
from fastdistill.run.events import Herald
from fastdistill.run.ledger.ledger import Ledger
from fastdistill.run.limits import Watch
from fastdistill.run.signals import listen
from fastdistill.run.teachers.cache import CompletionCache
from fastdistill.run.teachers.pool import Staff

DONE = "done"


@frozen(kw_only=True)
class Flow:
    """All that is at work in one session."""

    engine: Engine
    watch: Watch
    check: SelfCheck
    ledger: Ledger
    cache: CompletionCache | None
    staff: Staff
    herald: Herald
    signals: bool
    """Whether Ctrl-C and SIGTERM are ours to answer."""

    async def run(self) -> tuple[str, str]:
        """How the run ended, and what to say of it. What stopped it for good is the engine's `fatal`."""
        engine, failure = self.engine, None
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(self.ledger.commit_forever)
                group.start_soon(self.herald.tick, engine.tally, self.watch, self.cache, self.staff)
                if self.signals:
                    group.start_soon(listen, engine, group.cancel_scope)
                await engine.run()
                if engine.stopping is None:
                    await self.check.calibration()
                await self.ledger.flush()
                group.cancel_scope.cancel()
        except* FastDistillError as caught:
            failure = _first(caught)
        self.ledger.write(self.ledger.pending())
        if failure is not None:
            engine.fatal = failure
            return "stopped", str(failure)
        if engine.stopping == "interrupted":
            return "interrupted", "stopped by hand; run the same command again to go on"
        if self.watch.why is not None:
            return self.watch.why.outcome, self.watch.why.message
        failed = engine.tally.progress().failed
        return ("faults", f"{failed} tasks failed by fault") if failed else (DONE, "")


def _first(group: BaseExceptionGroup[FastDistillError]) -> FastDistillError:
    for error in group.exceptions:
        return _first(error) if isinstance(error, BaseExceptionGroup) else error
    raise AssertionError("an exception group is never empty")
