"""The `node` gate: runs JavaScript in the sandbox and compares what it returns, in our process."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from attrs import define, field

from fastdistill import Candidate, Finding, Outcome, Services, Task, TaskError
from fastdistill_code.gate import judge
from fastdistill_code.javascript.node import open_node
from fastdistill_code.javascript.options import NodeOptions
from fastdistill_code.payload import CodePayload
from fastdistill_code.runner import Runner
from fastdistill_code.telling import telling

_KEPT = 4096


@define(kw_only=True)
class NodeGate:
    """Judges by the task's own tests; no inputs are made. A gold that fails them is the task's fault."""

    runner: Runner
    options: NodeOptions
    _golds: dict[str, str] = field(factory=dict, init=False)
    """What is wrong with a task's gold, by task; nothing where it is right."""

    @property
    def depends_on(self) -> str:
        """Sandbox level and interpreter."""
        return json.dumps(self.runner.describe(), sort_keys=True)

    async def __call__(self, task: Task[CodePayload], candidate: Candidate, /) -> Finding:
        """What the candidate's results say. `TaskError` when the gold fails the tests."""
        payload, limits = task.payload, self.options.limits(task.payload.limits)
        suite, given = payload.suite, len(payload.suite.calls) or len(payload.suite.stdin)
        await self._confirm(task)
        return await judge(self.runner, candidate.answer, payload, suite, given, limits, telling(task))

    async def prepare(self, task: Task[CodePayload], /) -> None:
        """Try the gold before the task's teacher is paid. `TaskError` when it fails."""
        await self._confirm(task)

    async def _confirm(self, task: Task[CodePayload]) -> None:
        payload, key = task.payload, task.sample_id + task.payload.digest
        if payload.gold is None:
            return
        if key not in self._golds:
            limits = self.options.limits(payload.limits)
            given = len(payload.suite.calls) or len(payload.suite.stdin)
            found = await judge(self.runner, payload.gold, payload, payload.suite, given, limits)
            if found.outcome is Outcome.ERROR:
                raise TaskError("gold-undecided", f"the gold did not end in time: {found.detail}")
            while len(self._golds) >= _KEPT:
                del self._golds[next(iter(self._golds))]
            self._golds[key] = "" if found.outcome is Outcome.PASS else f"{found.reason}: {found.detail}"
        if self._golds[key]:
            raise TaskError("gold-failed", f"the gold fails its own tests ({self._golds[key]})")


@asynccontextmanager
async def open_gate(options: NodeOptions, services: Services) -> AsyncIterator[NodeGate]:
    """The gate with a sandbox of its own. `SetupError` without Node, or where the sandbox is too weak."""
    async with open_node(path=options.path, level=options.sandbox, slots=options.parallel) as runner:
        yield NodeGate(runner=runner, options=options)
