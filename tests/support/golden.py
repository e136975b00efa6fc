"""The golden runs: one small run of each scenario whose ledger and dataset are kept beside the tests.

To record them again: `python tests/support/golden.py` in the checkout; say in the commit what changed.
"""

import json
import re
import sqlite3
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import chdir, closing
from pathlib import Path
from typing import Any

import anyio

from fastdistill import BadReply, Call, ContextTooLong, ProviderSpec, hookimpl
from fastdistill.config import load
from fastdistill.host import PluginHost
from fastdistill.model.report import Finished
from fastdistill.run.plan import resolve
from fastdistill.run.session import Session
from fastdistill.testing.scripted import Answer, ScriptedProvider

HERE = Path(__file__).parent.parent / "golden"
SCENARIOS = ("sql", "code", "math")
EXPORTS = ("dataset.jsonl", "rejected.jsonl")
TEACHERS = {name: {"provider": name, "model": f"{name}-model", "tier": 1} for name in ("weak", "strong")}


class Teachers:
    """Two providers that answer by the task's script: a list for each teacher, one reply an attempt."""

    def __init__(self, tasks: Path) -> None:
        self.scripts: dict[str, dict[str, list[str]]] = {}
        for line in tasks.read_text(encoding="utf-8").split("\n"):
            if '"replies"' in line:
                row = json.loads(line)
                asked = row.get("question") or row.get("prompt") or row["problem"]
                self.scripts.setdefault(asked, row["meta"]["replies"])

    @hookimpl
    def fastdistill_providers(self) -> Iterable[ProviderSpec[Any]]:
        for name in TEACHERS:
            yield self._provider(name).spec(name)

    def _provider(self, name: str) -> ScriptedProvider:
        def answer(call: Call) -> Answer:
            shown = "\n".join(one.content for one in call.prompt.messages)
            asked = max((text for text in self.scripts if text.strip() in shown), key=len)
            replies = self.scripts[asked].get(name, [])
            said = replies[min(call.attempt, len(replies)) - 1]
            if said == "(refused)":
                return ContextTooLong("the prompt has 9000 tokens, the model takes 8192")
            return BadReply("not JSON") if said == "(broken)" else said

        return ScriptedProvider(answer=answer, identity=f"{name}-endpoint")


async def golden_run(scenario: str, folder: Path) -> Finished:
    """One session over the scenario's tasks; the current folder is `HERE`."""
    tasks = Path(f"{scenario}.tasks.jsonl")
    host = PluginHost().discover()
    host.register(Teachers(tasks), "golden", distribution="attrs")
    settings = [
        f"scenario={scenario}", f"tasks={tasks}", "cache=false", "audit=0", "calibrate=0",
        "teacher.0.provider=weak", "teacher.0.model=weak-model", "teacher.0.name=weak",
        "teacher.0.attempts=2", "teacher.0.retries=1", "teacher.0.temperature=[0.0, 0.7]",
        "teacher.1.provider=strong", "teacher.1.model=strong-model", "teacher.1.name=strong",
        "teacher.1.n=2", "teacher.1.retries=0",
        f"consensus.enabled={'true' if scenario == 'math' else 'false'}",
    ]  # fmt: skip
    plan = resolve(load(None, tuple(settings)), host)
    return await Session(plan=plan, folder=folder, source=tasks, signals=False).run()


def without_fingerprints(text: str) -> str:
    """Exported rows whose gates may have another version than the recorded ones."""
    return re.sub(r'"fingerprint":"[0-9a-f]{16}"', '"fingerprint":""', text)


def dump(ledger: Path) -> Iterator[str]:
    """A ledger as SQL, without what no two runs share: times."""
    with closing(sqlite3.connect(ledger)) as opened:
        opened.execute("UPDATE sessions SET timing = NULL, started = 1000, ended = 1001")
        opened.execute("UPDATE meta SET value = 'golden' WHERE key = 'run_id'")
        opened.execute("UPDATE completions SET at = 1000, latency = 0.5, waited = 0.25")
        opened.execute("UPDATE faults SET at = 1000")
        opened.execute("UPDATE decisions SET at = 1000")
        opened.execute("UPDATE verdicts SET elapsed = 0.125")
        opened.commit()
        for line in opened.iterdump():
            yield line + "\n"


def load_dump(scenario: str, folder: Path) -> Path:
    """The recorded ledger as a run folder's file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "ledger.sqlite"
    with closing(sqlite3.connect(path)) as made:
        made.executescript((HERE / f"{scenario}.ledger.sql").read_text(encoding="utf-8"))
    return path


def _record(scenario: str) -> None:
    with tempfile.TemporaryDirectory() as tmp, chdir(HERE):
        folder = Path(tmp) / "out"
        anyio.run(golden_run, scenario, folder)
        for name in EXPORTS:
            (HERE / f"{scenario}.{name}").write_bytes((folder / name).read_bytes())
        text = "".join(dump(folder / "ledger.sqlite"))
        (HERE / f"{scenario}.ledger.sql").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for one in sys.argv[1:] or SCENARIOS:
        _record(one)
