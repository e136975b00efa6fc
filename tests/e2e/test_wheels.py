"""Every distribution as a wheel in a fresh environment runs the main job; a stranger's joins it."""

import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from support.environments import Environment

from fastdistill_simulator import Asked, TeacherSimulator

ROOT = Path(__file__).parents[2]
MEMBERS = [path.parent for path in (*ROOT.glob("*/pyproject.toml"), *ROOT.glob("plugins/*/pyproject.toml"))]
CAPITALS = {"France": "Paris", "Japan": "Kyoto"}
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment that holds our wheels and what they ask for."""
    folder = tmp_path_factory.mktemp("wheels")
    made = Environment.made(folder / "env")
    built = made.build(MEMBERS, folder / "built")
    assert len(built) == len(MEMBERS)
    for wheel in built:
        with ZipFile(wheel) as opened:
            names = opened.namelist()
            metadata = opened.read(next(name for name in names if name.endswith("/METADATA"))).decode()
        assert any(name.endswith("/licenses/LICENSE") for name in names), wheel.name
        assert "Project-URL: Homepage" in metadata
        assert "Description-Content-Type: text/markdown" in metadata
    made.install(built)
    return made


def sql(asked: Asked, index: int) -> str:
    return "```sql\nSELECT 1\n```"


def city(asked: Asked, index: int) -> str:
    return "Answer: " + next((city for land, city in CAPITALS.items() if land in asked.text), "gold")


def test_wheels_in_a_fresh_environment_run_the_main_job(fresh: Environment, tmp_path: Path) -> None:
    assert "failed:" not in fresh.fd("plugins", cwd=tmp_path)
    with TeacherSimulator(answer=sql) as server:
        words = ("run", "--scenario", "sql", "--limit", "3", "--teacher", "openai:m", "--no-cache")
        fresh.fd(*words, "--base-url", server.base_url, "--out", "out", cwd=tmp_path)
    fresh.fd("verify", "out", cwd=tmp_path)
    fresh.fd("replay", "out", cwd=tmp_path)


def test_a_new_scenario_as_a_wheel_is_run_audited_and_replayed(fresh: Environment, tmp_path: Path) -> None:
    fresh.fd("new", "scenario", "capitals", cwd=tmp_path)
    fresh.install(fresh.build([tmp_path / "fastdistill-capitals"], tmp_path / "built"))
    assert "capitals" in fresh.fd("plugins", cwd=tmp_path)
    with TeacherSimulator(answer=city) as server:
        teacher = ("--teacher", "openai:m", "--base-url", server.base_url)
        fresh.fd("run", "--scenario", "capitals", *teacher, "--out", "out", "--no-cache", cwd=tmp_path)
    decided = json.loads((tmp_path / "out" / "manifest.json").read_text())["counts"]
    assert (decided["accepted"], decided["rejected"], decided["failed"]) == (1, 5, 0)
    audited = json.loads(fresh.fd("audit", "--scenario", "capitals", "--json", cwd=tmp_path))
    assert (audited["tasks"], audited["kill_rate"]) == (6, 1.0)
    fresh.fd("verify", "out", cwd=tmp_path)
    fresh.fd("replay", "out", cwd=tmp_path)
