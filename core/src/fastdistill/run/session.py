"""One session of a run: open everything, supervise the engine, write the reports."""

import json
import threading
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
from attrs import define, field

from fastdistill.errors import FastDistillError
from fastdistill.model.report import Finished, Noticed, RunOutcome, Started
from fastdistill.protocols import Reporter
from fastdistill.run.admission import Admission
from fastdistill.run.audit.self_audit import SelfAudit
from fastdistill.run.backpressure import Backpressure
from fastdistill.run.coverage import look_over, see_coverage, tell_bad_rows, tell_survey
from fastdistill.run.decision import Rules
from fastdistill.run.engine import Engine
from fastdistill.run.events import EventBus
from fastdistill.run.folder import MANIFEST, locked, prepare
from fastdistill.run.ledger.connection import reading
from fastdistill.run.ledger.ownership import Ownership, begin_session, reach, see_owner, source_digest_of
from fastdistill.run.limits import Stop, defers_retries
from fastdistill.run.opening import Opened, open_session
from fastdistill.run.overlap.survey import Survey
from fastdistill.run.pilot import PilotCheck, has_floors
from fastdistill.run.plan import Plan
from fastdistill.run.progress import RunProgress
from fastdistill.run.purse import Purse
from fastdistill.run.report.write import FILES, ReportInputs, write_reports
from fastdistill.run.selection import Selection
from fastdistill.run.signals import INTERRUPTED, listen
from fastdistill.run.tasks import json_lines

TICK = 0.5
"""Seconds between two looks at progress and limits."""


@define(kw_only=True)
class Session:
    """What one call of `fd run` does."""

    plan: Plan
    folder: Path
    source: Path
    total: int | None = None
    """Tasks in the source, when known."""
    fresh: bool = False
    """Whether a folder that holds a run is refused."""
    reporters: list[tuple[str, Reporter]] = field(factory=list)
    """Reporters beside those of the run file, with who is to blame for them."""
    transport: Any = None
    signals: bool = True
    """Whether Ctrl-C and SIGTERM are ours to answer."""
    interrupt: threading.Event | None = None
    """Stops the run as a first Ctrl-C does, when it is set: for a session in a thread."""
    shards: Mapping[str, str] = field(factory=dict)
    """The manifests of the shards that this run is the union of, by folder."""
    purse: Purse | None = None
    """Whom the budget is leased from, where this run is a part of a larger one; else it is all its own."""
    recorded: Mapping[str, str] | None = None
    """For a replay: each teacher's identity as recorded. Nobody is asked; the ledger answers."""

    async def run(self) -> Finished:
        """Run the session. Raises `FastDistillError` when it could not do its work."""
        prepare(self.folder)
        with locked(self.folder):
            digest = source_digest_of(self.source)
            owner = see_owner(self.folder, self.plan, digest, fresh=self.fresh)
            if owner.finished and all((self.folder / name).is_file() for name in FILES):
                return await self._say_finished(owner)
            async with AsyncExitStack() as stack:
                opened = await open_session(
                    stack,
                    self.plan,
                    self.folder,
                    total=self.total,
                    resumed=owner.resumed,
                    recorded=self.recorded,
                    transport=self.transport,
                    reporters=self.reporters,
                    purse=self.purse,
                )
                return await self._work(opened, owner)

    async def _say_finished(self, owner: Ownership) -> Finished:
        """Tell that there is nothing to do, from what the folder says; nothing in it changes."""
        manifest = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
        progress = RunProgress(total=self.total)
        with reading(self.folder) as ledger:
            progress.resume_from(ledger)
        ended = self._finished(
            owner, Stop(outcome=RunOutcome.DONE, message="was finished already"), manifest, progress
        )
        await EventBus(reporters=list(self.reporters)).emit(ended)
        return ended

    async def _work(self, opened: Opened, owner: Ownership) -> Finished:
        ledger, progress = opened.ledger, opened.progress
        found, marked = await anyio.to_thread.run_sync(
            look_over, self.plan, self.source, opened.gates, not owner.resumed and self.recorded is None
        )
        session = begin_session(
            ledger, self.plan, owner, opened.teachers.identities, replay=self.recorded is not None
        )
        progress.resume(ledger)
        opened.limits.look()
        admission = self._admission(opened, found)
        audit = SelfAudit(self.plan.config, admission, opened.gates)
        engine = self._engine(opened, admission, audit)
        started = Started(
            run_id=owner.run_id,
            scenario=self.plan.config.scenario,
            folder=str(self.folder),
            resumed=owner.resumed,
            progress=progress.snapshot(),
            teachers={
                one.config.title: f"{one.config.provider}:{one.config.model}" for one in self.plan.teachers
            },
        )
        await opened.events.emit(started)
        await tell_survey(found, marked, opened.events)
        stop = await self._supervise(engine, opened, audit)
        await tell_bad_rows(ledger, opened.events)
        covered = await see_coverage(opened.teachers, ledger, opened.events)
        opened.limits.settle()
        async with ledger.committing():  # a gate may ask somebody even now
            audited = await audit.findings(stop.outcome)
        findings = audited | covered | (found.report() if found else {})
        timing = {"idle": engine.backpressure.idle, "teachers": opened.teachers.report()}
        finished = reach(self.plan) if stop.outcome is RunOutcome.DONE else "no"
        ledger.end_session(session, stop.outcome, timing, finished=finished)
        ledger.checkpoint()
        manifest = await self._write(opened, owner, stop, findings)
        await opened.events.emit_progress(progress.snapshot())
        ended = self._finished(owner, stop, manifest, progress)
        await opened.events.emit(ended)
        if engine.error is not None:
            raise engine.error
        return ended

    def _admission(self, opened: Opened, found: Survey | None) -> Admission:
        config = self.plan.config
        return Admission(
            scenario=opened.gates.scenario,
            owner=opened.gates.owner,
            source=json_lines(self.source, config.base),
            ledger=opened.ledger,
            limit=config.limit,
            shard=config.shard,
            shares=config.split,
            survey=found,
            sample=max(config.audit, config.calibrate),
        )

    def _engine(self, opened: Opened, admission: Admission, audit: SelfAudit) -> Engine:
        config, pilot = self.plan.config, None
        if has_floors(config.pilot) and (self.total is None or self.total > config.pilot.above):
            pilot = PilotCheck(settings=config.pilot, ledger=opened.ledger, calibration=audit.calibration)
        return Engine(
            admission=admission,
            teachers=opened.teachers,
            gates=opened.gates,
            rules=Rules.of(config),
            ledger=opened.ledger,
            limits=opened.limits,
            signal=opened.signal,
            backpressure=Backpressure(
                capacity=lambda: opened.teachers.capacity,
                backlog=config.backlog,
                defer_retries=defers_retries(config),
                progress=opened.progress,
                signal=opened.signal,
            ),
            progress=opened.progress,
            pilot=pilot,
            selection=Selection.of(config, opened.teachers, opened.gates),
            repair=config.repair,
            give_up=config.give_up,
            on_decided=opened.events.on_decided,
        )

    async def _supervise(self, engine: Engine, opened: Opened, audit: SelfAudit) -> Stop:
        """Let the engine run to its end beside the ledger's commits, the ticks and the signals."""
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(opened.ledger.commit_forever)
                group.start_soon(_tick, opened, self.interrupt)
                if self.signals:
                    group.start_soon(listen, opened.signal, group.cancel_scope)
                await engine.run()
                if opened.signal.reason is None:
                    await audit.calibration()
                await opened.ledger.flush()
                group.cancel_scope.cancel()
        except* FastDistillError as caught:
            engine.fail(_first(caught))
        opened.ledger.flush_now()
        if opened.signal.reason is not None:
            return opened.signal.reason
        failed = opened.progress.failed
        return Stop(
            outcome=RunOutcome.FAULTS if failed else RunOutcome.DONE,
            message=f"{failed} tasks failed" if failed else "",
        )

    async def _write(
        self, opened: Opened, owner: Ownership, stop: Stop, findings: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        inputs = ReportInputs(
            run_id=owner.run_id,
            plan=self.plan,
            source=self.source,
            source_digest=owner.source_digest,
            gates=opened.gates.describe(),
            reader=opened.gates.fingerprint,
            identities=opened.teachers.identities,
            shards=self.shards,
            findings=findings,
        )
        with anyio.CancelScope(shield=True):
            return await anyio.to_thread.run_sync(write_reports, self.folder, inputs, stop.outcome)
        raise AssertionError("a shielded scope is not left before its end")

    def _finished(
        self, owner: Ownership, stop: Stop, manifest: Mapping[str, Any], progress: RunProgress
    ) -> Finished:
        return Finished(
            run_id=owner.run_id,
            folder=str(self.folder),
            outcome=stop.outcome,
            message=stop.message,
            progress=progress.snapshot(),
            files={name: str(self.folder / name) for name in FILES},
            digest=manifest["digest"],
        )


async def _tick(opened: Opened, interrupt: threading.Event | None) -> None:
    """Look at limits and tell reporters of the progress, again and again, until cancelled."""
    told, teachers = False, opened.teachers
    while True:
        await anyio.sleep(TICK)
        if interrupt is not None and interrupt.is_set():
            opened.signal.stop(INTERRUPTED)
        opened.limits.look()
        if opened.signal.reason is INTERRUPTED and not told:
            told = True
            said = f"stopping: {teachers.in_flight} in flight, Ctrl-C again to stop now"
            await opened.events.emit(Noticed(message=said))
        now = opened.progress.snapshot(in_flight=teachers.in_flight, limit=teachers.limit)
        await opened.events.emit_progress(now)
        if opened.cache is not None:
            await anyio.to_thread.run_sync(opened.cache.flush)


def _first(group: BaseExceptionGroup[FastDistillError]) -> FastDistillError:
    for error in group.exceptions:
        return _first(error) if isinstance(error, BaseExceptionGroup) else error
    raise AssertionError("an exception group is never empty")
