"""The golden runs: an export follows from the ledger alone, and the same answers give the same bytes."""

from pathlib import Path

import pytest
from support.golden import EXPORTS, HERE, SCENARIOS, TEACHERS, golden_run, load_dump, without_fingerprints
from support.toy import rows

from fastdistill.host import PluginHost
from fastdistill.run.ledger.settled import TaskKind
from fastdistill.run.report.dataset import write_exports
from fastdistill.settings import DatasetRows
from fastdistill.specs import ScenarioSpec


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_export_of_a_recorded_ledger_has_the_recorded_bytes(scenario: str, tmp_path: Path) -> None:
    load_dump(scenario, tmp_path)
    spec = PluginHost().discover().get("scenarios", scenario).spec
    assert isinstance(spec, ScenarioSpec)
    write_exports(tmp_path, TaskKind.of(spec), TEACHERS, DatasetRows())
    for name in EXPORTS:
        assert (tmp_path / name).read_bytes() == (HERE / f"{scenario}.{name}").read_bytes(), name


@pytest.mark.anyio
@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_the_same_answers_give_the_same_dataset(
    scenario: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(HERE)
    finished = await golden_run(scenario, tmp_path / "out")
    assert finished.outcome == "faults"
    new, old = (
        without_fingerprints(path.read_text(encoding="utf-8"))
        for path in (tmp_path / "out" / "dataset.jsonl", HERE / f"{scenario}.dataset.jsonl")
    )
    assert new == old
    kept = ("task_id", "attempt", "choice", "status", "gate", "outcome", "reason")
    found, recorded = (
        [[row.get(key) for key in kept] for row in rows(path)]
        for path in (tmp_path / "out" / "rejected.jsonl", HERE / f"{scenario}.rejected.jsonl")
    )
    assert found == recorded
