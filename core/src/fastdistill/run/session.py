"""One session of a run: opens the house, lets the engine work, writes the reports, locks up."""

import os
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
from attrs import define, field

from fastdistill.errors import FastDistillError, UsageError
from fastdistill.model.report import Finished, Noticed, Settled, Started, Ticked
from fastdistill.model.sample import Sample
from fastdistill.protocols import Reporter
from fastdistill.run.admit import Admission
from fastdistill.run.cache import CompletionCache
from fastdistill.run.crew import Audience, gate_line, open_reporters
from fastdistill.run.engine import Engine
from fastdistill.run.folder import LEDGER, locked, prepare
from fastdistill.run.ledger import Ledger
from fastdistill.run.lines import connect
from fastdistill.run.plan import Plan
from fastdistill.run.records import dumps
from fastdistill.run.register import Claim, claim
from fastdistill.run.reports import FILES, Facts, write_reports
from fastdistill.run.services import LentServices
from fastdistill.run.source import JsonLines
from fastdistill.run.staff import Staff, hire
from fastdistill.run.store import Store, default_folder
from fastdistill.run.tally import Tally
from fastdistill.run.workers import WorkerPool

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
    transport: Any = None
    handle_signals: bool = True
    _told: list[Sample] = field(factory=list, init=False)

    async def run(self) -> Finished:
        """The whole session. Raises `FastDistillError` when it could not do its work."""
        prepare(self.folder)
        with locked(self.folder):
            ledger = Ledger(self.folder / LEDGER)
            try:
                taken = claim(ledger, self.plan, self.source, fresh=self.fresh)
                return await self._work(ledger, taken)
            finally:
                ledger.close()
