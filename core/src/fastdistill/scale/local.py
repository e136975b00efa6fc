"""Runs the shards of a run as processes of this machine, several at a time, under one budget.

A shard is an ordinary run in a folder of its own, in a process of its own: what kills one costs that one,
and the same command goes on with it. There are more shards than workers, so that the queue of shards keeps
every worker busy.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import anyio
from anyio.abc import ByteReceiveStream
from anyio.streams.buffered import BufferedByteReceiveStream
from attrs import define, field

from fastdistill.errors import SetupError
from fastdistill.model.report import Event, Finished, Noticed, Progress, RunOutcome, Started, Ticked
from fastdistill.run.events import EventBus
from fastdistill.run.folder import SHARDS
from fastdistill.run.jsonl import loads
from fastdistill.run.ledger.shared_purse import SharedPurse
from fastdistill.run.limits import Stop
from fastdistill.run.pilot import has_floors
from fastdistill.run.purse import Spent
from fastdistill.scale.layout import PURSE, Order, is_finished, shard_folder, shard_log
from fastdistill.scale.shard import Shard, together
from fastdistill.serde import structure

LONGEST = 1 << 20
"""Bytes of one event at most."""
TICK = 0.5
"""Seconds between two counts of all shards."""
ENDED = (RunOutcome.DONE, RunOutcome.FAULTS)
LEASED_OUT = (RunOutcome.BUDGET, RunOutcome.TARGET)
"""Ends of a shard that goes on where others gave back what they had leased."""
EVENTS: dict[str, type[Event]] = {
    "started": Started,
    "ticked": Ticked,
    "finished": Finished,
    "noticed": Noticed,
}


@define(kw_only=True)
class Launch:
    """The shards of one run on this machine."""

    out: Path
    order: Order
    workers: int
    """Shards that run at a time."""
    total: int | None
    """Tasks in the source, when known."""
    events: EventBus
    shards: Sequence[Shard] = field(init=False)
    _stopped: Stop | None = field(default=None, init=False)
    _slots: anyio.Semaphore = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.shards = [Shard(part=part) for part in range(1, self.order.shards + 1)]
        self._slots = anyio.Semaphore(self.workers)

    async def run(self) -> Stop:
        """Run every shard that has not come to its end; return how they ended together.

        Raises `SetupError` naming the shards that failed for good; the others went on.
        """
        todo = []
        for one in self.shards:
            if is_finished(shard_folder(self.out, one.part, self.order.shards)):
                one.outcome = RunOutcome.DONE
            else:
                todo.append(one)
        started = Started(
            run_id=self.out.absolute().name,
            scenario=self.order.config.scenario,
            folder=str(self.out),
            resumed=len(todo) < len(self.shards),
            progress=self.progress(),
        )
        await self.events.emit(started)
        async with anyio.create_task_group() as group:
            group.start_soon(self._tick)
            group.start_soon(self._listen)
            await self._pilot(todo)
            await self._rounds(todo)
            await self.events.emit(Ticked(progress=self.progress()))
            group.cancel_scope.cancel()
        return self._together()

    async def _pilot(self, todo: Sequence[Shard]) -> None:
        """Let one shard go first where there are floors: what it misses is not asked of the others."""
        if todo and has_floors(self.order.config.pilot):
            await self._run(todo[0], pilot=True)
            if todo[0].outcome is RunOutcome.FLOOR:
                self._stopped = Stop(outcome=RunOutcome.FLOOR, message=todo[0].message)

    async def _rounds(self, todo: Sequence[Shard]) -> None:
        """Run what is left; again where a budget ended shards and others gave some of it back."""
        left = [one for one in todo if one.outcome not in ENDED]
        while left and self._stopped is None:
            settled = self.progress().seen
            async with anyio.create_task_group() as group:
                for one in left:
                    group.start_soon(self._run, one)
            left = [one for one in left if one.outcome in LEASED_OUT]
            if not self._purse().left().holds(Spent()) or self.progress().seen == settled:
                return

    def _purse(self) -> SharedPurse:
        path = self.out / SHARDS / PURSE
        return SharedPurse(path=path, budget=self.order.config.budget, shard="", shards=self.order.shards)

    def _together(self) -> Stop:
        if self._stopped is not None:
            return self._stopped
        failed = [one for one in self.shards if one.outcome in (None, RunOutcome.STOPPED)]
        if failed:
            lines = "".join(f"\n  shard {one.part}: {one.message or 'no word'}" for one in failed[:5])
            raise SetupError(
                f"{len(failed)} of {len(self.shards)} shards did not come to their end. The others did; "
                f"the same command goes on with these. Each has a log in "
                f"{str(self.out / SHARDS)!r}{lines}"
            )
        outcomes = {one.outcome for one in self.shards}
        if RunOutcome.INTERRUPTED in outcomes:
            return Stop(outcome=RunOutcome.INTERRUPTED, message="stopped by hand")
        budget, counts = self.order.config.budget, self.progress()
        if RunOutcome.TARGET in outcomes:
            told = f"{counts.accepted} samples are accepted in all shards, {budget.accept} were asked for"
            return Stop(outcome=RunOutcome.TARGET, message=told)
        if RunOutcome.BUDGET in outcomes:
            tokens = counts.prompt_tokens + counts.completion_tokens
            told = f"the budget of all shards is spent: {tokens} tokens are counted"
            return Stop(outcome=RunOutcome.BUDGET, message=told)
        return Stop(outcome=RunOutcome.DONE, message="")

    async def _run(self, shard: Shard, *, pilot: bool = False) -> None:
        async with self._slots:
            if self._stopped is not None:
                shard.outcome = shard.outcome or self._stopped.outcome
                return
            log_path = shard_log(self.out, shard.part, self.order.shards)
            shard.outcome, shard.message = None, ""
            command = [sys.executable, "-m", "fastdistill.scale.child", str(self.out), str(shard.part)]
            with log_path.open("ab") as log:
                async with await anyio.open_process(
                    [*command, "--pilot"] if pilot else command,
                    stdin=subprocess.DEVNULL,
                    stderr=log,
                    start_new_session=True,  # a Ctrl-C is passed on by us, once
                ) as process:
                    shard.process = process.pid
                    assert process.stdout is not None  # noqa: S101  it is a pipe
                    await self._follow(shard, process.stdout)
                    shard.process = None
                    await process.wait()
            if shard.outcome is None:
                shard.message = _last_line(log_path)

    async def _follow(self, shard: Shard, stdout: ByteReceiveStream) -> None:
        """Hear what a shard says until it ends."""
        stream = BufferedByteReceiveStream(stdout)
        try:
            while True:
                said = loads((await stream.receive_until(b"\n", LONGEST)).decode())
                event: Event = structure(said, EVENTS[said.pop("event")])
                shard.hear(event)
                if isinstance(event, Noticed):
                    await self.events.emit(Noticed(message=f"shard {shard.part}: {event.message}"))
        except (anyio.EndOfStream, anyio.IncompleteRead):
            return

    async def _tick(self) -> None:
        while True:
            await anyio.sleep(TICK)
            await self.events.emit(Ticked(progress=self.progress()))

    def progress(self) -> Progress:
        """Return the counts of all shards together."""
        return together(self.shards, self.total)

    async def _listen(self) -> None:
        """Pass signals on: the first lets what is in flight come home, the second ends the shards now."""
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as caught:
            async for number in caught:
                why = Stop(outcome=RunOutcome.INTERRUPTED, message="stopped by hand")
                self._stopped = self._stopped or why
                for one in self.shards:
                    if one.process is not None:
                        os.kill(one.process, number)


def _last_line(path: Path) -> str:
    lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else ""
