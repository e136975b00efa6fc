"""One session of a run: opens the house, lets the engine work, writes the reports, locks up."""

import json
import tempfile
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import attrs
from attrs import define, field

from fastdistill.errors import FastDistillError
from fastdistill.model.report import Finished, Noticed, Settled, Started, Ticked
from fastdistill.model.sample import Sample
from fastdistill.protocols import Reporter
from fastdistill.run.admit import Admission
from fastdistill.run.audit import audit_gates
from fastdistill.run.cache import CompletionCache
from fastdistill.run.crew import Audience, gate_line, open_reporters
from fastdistill.run.engine import Engine
from fastdistill.run.folder import LEDGER, MANIFEST, locked, prepare
from fastdistill.run.ledger import Ledger
from fastdistill.run.plan import Plan
from fastdistill.run.records import dumps
from fastdistill.run.register import PUT, Claim, check, claim, finished, reach, source_digest_of
from fastdistill.run.reports import FILES, Facts, write_reports
from fastdistill.run.services import LentServices
from fastdistill.run.signals import listen
from fastdistill.run.source import JsonLines
from fastdistill.run.staff import Staff, hire, recall
from fastdistill.run.stops import Limits, Watch, thrifty, wanted
from fastdistill.run.store import default_folder
from fastdistill.run.tally import Tally
from fastdistill.run.workers import WorkerPool

TICK = 0.5
"""Seconds between two looks at the progress."""
DONE = "done"


@define(kw_only=True)
class Session:
    """What one call of `fd run` does."""

    plan: Plan
    folder: Path
    source: Path
    total: int | None = None
    fresh: bool = False
    reporters: list[tuple[str, Reporter]] = field(factory=list)
    """Reporters beside those of the run file, with who is to blame for them."""
    transport: Any = None
    signals: bool = True
    """Whether Ctrl-C and SIGTERM are ours to answer."""
    recorded: Mapping[str, str] | None = None
    """For a replay: each teacher's identity as recorded. Nobody is asked; the ledger answers."""
    _settled: list[Sample] = field(factory=list, init=False)
    _audience: Audience = field(factory=Audience, init=False)

    async def run(self) -> Finished:
        """The whole session. Raises `FastDistillError` when it could not do its work."""
        prepare(self.folder)
        with locked(self.folder):
            ledger = Ledger(self.folder / LEDGER)
            try:
                digest = source_digest_of(self.source)
                run_id = check(ledger, self.plan, digest, fresh=self.fresh)
                if run_id is not None and finished(ledger, self.plan) and self._complete():
                    return await self._nothing_to_do(ledger, run_id)
                return await self._open(ledger, claim(ledger, self.plan, digest, run_id))
            finally:
                ledger.close()

    def _complete(self) -> bool:
        return all((self.folder / name).is_file() for name in FILES)

    async def _nothing_to_do(self, ledger: Ledger, run_id: str) -> Finished:
        """A finished run, started again: say so and touch nothing."""
        self._audience.members[:0] = self.reporters
        ledger.fold()
        manifest = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
        tally = Tally.of(ledger)
        tally.total = self.total
        ended = self._ended(run_id, manifest, ("done", "was finished already"), tally)
        await self._tell(ended)
        return ended

    def _ended(
        self, run_id: str, manifest: Mapping[str, Any], ended: tuple[str, str], tally: Tally
    ) -> Finished:
        return Finished(
            run_id=run_id,
            folder=str(self.folder),
            outcome=ended[0],
            message=ended[1],
            progress=tally.progress(),
            files={name: str(self.folder / name) for name in FILES},
            digest=manifest["digest"],
        )

    async def _open(self, ledger: Ledger, taken: Claim) -> Finished:
        config, staff = self.plan.config, Staff()
        async with AsyncExitStack() as stack:
            tmp = stack.enter_context(tempfile.TemporaryDirectory(prefix="fastdistill-"))
            workers = await stack.enter_async_context(WorkerPool())
            services = LentServices(
                workers=workers,
                tmp=Path(tmp),
                seed=config.seed,
                transport=self.transport,
                teacher=staff.lend,
            )
            keep = config.cache and self.recorded is None
            cache = CompletionCache(default_folder().parent / "completions.sqlite") if keep else None
            if cache:
                stack.callback(cache.close)
            tally = Tally.of(ledger)
            tally.total = self.total
            self._audience = await open_reporters(stack, self.plan.reporters, services)
            self._audience.members[:0] = self.reporters
            if self.recorded is not None:
                recall(self.plan, ledger, self.recorded, tally, into=staff)
            else:
                await hire(
                    stack,
                    self.plan,
                    services,
                    ledger=ledger,
                    cache=cache,
                    resumed=taken.resumed,
                    tally=tally,
                    into=staff,
                )
            ledger.write([(PUT, ("identities", dumps(staff.identities)))])
            gates = await stack.enter_async_context(gate_line(self.plan, services))
            engine = Engine(
                config=config,
                ledger=ledger,
                admission=Admission(
                    scenario=gates.scenario,
                    owner=gates.owner,
                    source=JsonLines(path=self.source),
                    ledger=ledger,
                    limit=config.limit,
                    shard=config.shard,
                    sample=config.audit,
                ),
                teachers=staff.teachers,
                gates=gates,
                tally=tally,
                on_settled=self._settled.append if len(self._audience.members) else None,
                room=lambda: staff.room,
                thrifty=thrifty(config),
                halt=staff.halt,
            )
            watch = self._watching(engine, ledger)
            facts = Facts(
                run_id=taken.run_id,
                plan=self.plan,
                source=self.source,
                source_digest=taken.source_digest,
                gates=gates,
                identities=staff.identities,
            )
            await self._tell(
                Started(
                    run_id=taken.run_id,
                    scenario=config.scenario,
                    folder=str(self.folder),
                    resumed=taken.resumed,
                    progress=tally.progress(),
                )
            )
            outcome, message = await self._flow(engine, watch, ledger, cache, staff)
            facts = attrs.evolve(facts, quality=await self._audited(engine, outcome))
            timing = {"idle": engine.idle, "teachers": staff.report()}
            return await self._finish(ledger, taken, facts, engine, (outcome, message), timing)

    def _watching(self, engine: Engine, ledger: Ledger) -> Watch:
        config = self.plan.config
        limits = Limits.of(self.plan)
        watch = Watch(
            limits=limits, pilot=config.pilot, tally=engine.tally, ledger=ledger, halt=engine.stop
        )
        engine.tally.on_paid = limits.pay
        engine.on_change = watch.look
        if wanted(config.pilot) and (self.total is None or self.total > config.pilot.above):
            engine.pilot_tasks, engine.after_pilot = config.pilot.tasks, watch.after_pilot
        return watch

    async def _audited(self, engine: Engine, outcome: str) -> dict[str, Any]:
        """The gates' own error rates; nothing where a run did not come to its end."""
        tasks = [task for _, task in engine.admission.kept]
        if outcome not in (DONE, "faults", "target") or not tasks:
            return {}
        return {"gate_error": await audit_gates(engine.gates, tasks)}

    async def _flow(
        self, engine: Engine, watch: Watch, ledger: Ledger, cache: CompletionCache | None, staff: Staff
    ) -> tuple[str, str]:
        """Let the engine run to its end; how it ended, and what to say of it."""
        failure: FastDistillError | None = None
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(ledger.commit_forever)
                group.start_soon(self._tick, engine, watch, cache, staff)
                if self.signals:
                    group.start_soon(listen, engine, group.cancel_scope)
                await engine.run()
                await ledger.flush()
                group.cancel_scope.cancel()
        except* FastDistillError as caught:
            failure = _first(caught)
        if failure is not None:
            ledger.write(ledger.pending())
            engine.fatal = failure
            return "stopped", str(failure)
        ledger.write(ledger.pending())
        if engine.stopping == "interrupted":
            return "interrupted", "stopped by hand; run the same command again to go on"
        if watch.why is not None:
            return watch.why.outcome, watch.why.message
        failed = engine.tally.progress().failed
        return ("faults", f"{failed} tasks failed by fault") if failed else (DONE, "")

    async def _tick(
        self, engine: Engine, watch: Watch, cache: CompletionCache | None, staff: Staff
    ) -> None:
        while True:
            await anyio.sleep(TICK)
            watch.look()
            await self._report(engine.tally, staff)
            if cache:
                await anyio.to_thread.run_sync(cache.flush)

    async def _report(self, tally: Tally, staff: Staff) -> None:
        tally.in_flight = staff.in_flight
        tally.asked = staff.asked_before + sum(one.asked for one in staff.teachers)
        settled, self._settled[:] = list(self._settled), []
        for sample in settled:
            await self._tell(Settled(sample=sample))
        await self._tell(Ticked(progress=tally.progress()))

    async def _tell(self, event: Any) -> None:
        await self._audience.tell(event)
        while self._audience.dropped:
            await self._audience.tell(Noticed(message=self._audience.dropped.pop()))

    async def _finish(
        self,
        ledger: Ledger,
        taken: Claim,
        facts: Facts,
        engine: Engine,
        ended: tuple[str, str],
        timing: Mapping[str, Any],
    ) -> Finished:
        outcome = ended[0]
        ledger.write(
            [
                (
                    "UPDATE sessions SET ended = ?, outcome = ?, timing = ? WHERE id = ?",
                    (time.time(), outcome, dumps(timing), taken.session),
                ),
                (PUT, ("finished", reach(self.plan) if outcome == DONE else "no")),
            ]
        )
        ledger.fold()
        with anyio.CancelScope(shield=True):
            manifest = await anyio.to_thread.run_sync(write_reports, self.folder, facts, outcome)
        progress = engine.tally.progress()
        for sample in self._settled:
            await self._tell(Settled(sample=sample))
        await self._tell(Ticked(progress=progress))
        done = self._ended(taken.run_id, manifest, ended, engine.tally)
        await self._tell(done)
        if outcome == "stopped" and engine.fatal is not None:
            raise engine.fatal
        return done


def _first(group: BaseExceptionGroup[FastDistillError]) -> FastDistillError:
    for error in group.exceptions:
        return _first(error) if isinstance(error, BaseExceptionGroup) else error
    raise AssertionError("an exception group is never empty")
