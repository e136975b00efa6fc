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

from fastdistill.model.report import Finished, Settled, Started, Ticked
from fastdistill.protocols import Reporter
from fastdistill.run.admission import Admission
from fastdistill.run.audit.self_audit import SelfCheck
from fastdistill.run.engine import Engine
from fastdistill.run.events import Herald
from fastdistill.run.flow import DONE, Flow
from fastdistill.run.folder import LEDGER, MANIFEST, locked, prepare
from fastdistill.run.gates.opening import Audience, gate_line, open_reporters
from fastdistill.run.ledger.ledger import Ledger
from fastdistill.run.ledger.ownership import PUT, Claim, check, claim, finished, reach, source_digest_of
from fastdistill.run.ledger.rows import dumps
from fastdistill.run.limits import Limits, Watch, thrifty, wanted
from fastdistill.run.plan import Plan
from fastdistill.run.progress import Tally
from fastdistill.run.report.write import FILES, Facts, write_reports
from fastdistill.run.services.artifacts import default_folder
from fastdistill.run.services.services import LentServices
from fastdistill.run.services.worker_pool import WorkerPool
from fastdistill.run.tasks import JsonLines
from fastdistill.run.teachers.cache import CompletionCache
from fastdistill.run.teachers.pool import Staff, hire, recall

TICK = 0.5
"""Seconds between two looks at the progress."""


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
    _herald: Herald = field(factory=lambda: Herald(Audience()), init=False)

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
                retry = self.recorded is None
                taken = claim(ledger, self.plan, digest, run_id, retry=retry)
                return await self._open(ledger, taken)
            finally:
                ledger.close()

    def _complete(self) -> bool:
        return all((self.folder / name).is_file() for name in FILES)

    async def _nothing_to_do(self, ledger: Ledger, run_id: str) -> Finished:
        """A finished run, started again: say so and touch nothing."""
        self._herald.audience.members[:0] = self.reporters
        ledger.fold()
        manifest = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
        tally = Tally.of(ledger)
        tally.total = self.total
        ended = self._ended(run_id, manifest, ("done", "was finished already"), tally)
        await self._herald.tell(ended)
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
            self._herald.audience = await open_reporters(stack, self.plan.reporters, services)
            self._herald.audience.members[:0] = self.reporters
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
                    sample=max(config.audit, config.calibrate),
                ),
                teachers=staff.teachers,
                gates=gates,
                tally=tally,
                on_settled=self._herald.settled.append if len(self._herald.audience.members) else None,
                room=lambda: staff.room,
                thrifty=thrifty(config),
                halt=staff.halt,
            )
            check = SelfCheck(config, engine.admission, gates)
            watch = self._watching(engine, ledger, check)
            facts = Facts(
                run_id=taken.run_id,
                plan=self.plan,
                source=self.source,
                source_digest=taken.source_digest,
                gates=gates,
                identities=staff.identities,
            )
            await self._herald.tell(
                Started(
                    run_id=taken.run_id,
                    scenario=config.scenario,
                    folder=str(self.folder),
                    resumed=taken.resumed,
                    progress=tally.progress(),
                )
            )
            outcome, message = await Flow(
                engine=engine,
                watch=watch,
                check=check,
                ledger=ledger,
                cache=cache,
                staff=staff,
                herald=self._herald,
                signals=self.signals,
            ).run()
            facts = attrs.evolve(facts, quality=await check.findings(outcome))
            timing = {"idle": engine.idle, "teachers": staff.report()}
            return await self._finish(ledger, taken, facts, engine, (outcome, message), timing)

    def _watching(self, engine: Engine, ledger: Ledger, check: SelfCheck) -> Watch:
        config = self.plan.config
        limits = Limits.of(self.plan, ledger)
        watch = Watch(
            limits=limits,
            pilot=config.pilot,
            tally=engine.tally,
            ledger=ledger,
            halt=engine.stop,
            calibration=check.calibration,
        )
        engine.tally.on_paid = watch.paid
        engine.on_change = watch.look
        if wanted(config.pilot) and (self.total is None or self.total > config.pilot.above):
            engine.pilot_tasks, engine.after_pilot = config.pilot.tasks, watch.after_pilot
        return watch

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
        for sample in self._herald.settled:
            await self._herald.tell(Settled(sample=sample))
        await self._herald.tell(Ticked(progress=progress))
        done = self._ended(taken.run_id, manifest, ended, engine.tally)
        await self._herald.tell(done)
        if outcome == "stopped" and engine.fatal is not None:
            raise engine.fatal
        return done
