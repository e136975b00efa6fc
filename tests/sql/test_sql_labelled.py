"""The labelled cases of the audit: well formed, readable, and hard for a gate with one database."""

from pathlib import Path
from typing import Literal

import pytest

from fastdistill import Candidate, Choice, Completion, Task
from fastdistill.config import load
from fastdistill.host import PluginHost
from fastdistill.run.audit.cases import Tried, labelled, open_for_audit, try_all
from fastdistill.run.plan import resolve
from fastdistill.run.tasks import Cases
from fastdistill_sql import rules
from fastdistill_sql.payload import SqlPayload
from fastdistill_sql.scenario import SqlScenario

CASES = Path(__file__).parent / "cases" / "cases.jsonl"
Labelled = list[tuple[Task[SqlPayload], str, Literal["accept", "reject"]]]


@pytest.fixture
def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Labelled:
    monkeypatch.setenv("FD_CACHE", str(tmp_path / "cache"))
    source = Cases(path=CASES)
    tasks = list(SqlScenario().tasks(source))
    assert all(isinstance(task, Task) for task in tasks), tasks
    found = []
    for task in tasks:
        assert isinstance(task, Task)
        label = source.labels[task.line]
        found.append((task, label.reply, label.expect))
    return found


def test_there_are_enough_over_five_schemas(cases: Labelled) -> None:
    assert len(cases) >= 150
    assert len({task.payload.database for task, _, _ in cases}) == 5
    wrong = sum(expect == "reject" for _, _, expect in cases)
    assert 0.4 < wrong / len(cases) < 0.65


def test_every_reply_is_read_and_passes_the_rules(cases: Labelled) -> None:
    for task, reply, _ in cases:
        completion = Completion(choices=(Choice(text=reply, finish="stop"),), model="case")
        reading = SqlScenario().read(task, completion)
        assert reading.answer is not None, reply
        assert reading.answer in reply or reading.rule == "json"
        candidate = Candidate(answer=reading.answer, text=reply, reading=reading)
        for rule in (rules.one_statement, rules.read_only, rules.parses, rules.known_names):
            assert rule(task, candidate).reason is None, (reading.answer, rule(task, candidate))


@pytest.mark.slow
@pytest.mark.anyio
@pytest.mark.parametrize("name", ["cases", "blind", "blind2"])
async def test_the_gates_judge_every_case_rightly(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`cases` grew with the gate; the others were written without a look at it and judged once."""
    monkeypatch.setenv("FD_CACHE", str(tmp_path / "cache"))
    plan = resolve(load(None, ("scenario=sql",)), PluginHost().discover())
    tried: list[Tried] = []
    async with open_for_audit(plan) as gates:
        found = labelled(plan, gates, Cases(path=CASES.with_stem(name)))
        await try_all(gates, found, tried.append)
    assert len(tried) >= 30
    assert [(one.case.name, one.said, one.reason) for one in tried if not one.right] == []
