"""Every distribution as a wheel, installed into a fresh environment with plain pip, runs the main job."""

import subprocess
import sys
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from fastdistill_simulator import Asked, TeacherSimulator

ROOT = Path(__file__).parents[2]
MEMBERS = [path.parent for path in (*ROOT.glob("*/pyproject.toml"), *ROOT.glob("plugins/*/pyproject.toml"))]


def answer(asked: Asked, index: int) -> str:
    return "```sql\nSELECT 1\n```"


@pytest.mark.slow
def test_wheels_in_a_fresh_environment_run_the_main_job(tmp_path: Path) -> None:
    home, wheels = tmp_path / "env", tmp_path / "wheels"
    venv.create(home, with_pip=True)
    python = home / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "-q"]
    subprocess.run([*pip, "wheel", "--no-deps", "-w", str(wheels), *map(str, MEMBERS)], check=True)
    built = sorted(wheels.glob("*.whl"))
    assert len(built) == len(MEMBERS)
    for wheel in built:
        with ZipFile(wheel) as opened:
            names = opened.namelist()
            metadata = opened.read(next(name for name in names if name.endswith("/METADATA"))).decode()
        assert any(name.endswith("/licenses/LICENSE") for name in names), wheel.name
        assert "Project-URL: Homepage" in metadata
        assert "Description-Content-Type: text/markdown" in metadata
    subprocess.run([*pip, "install", *map(str, built)], check=True)
    fd = str(python.with_name("fd"))
    listed = subprocess.run([fd, "plugins"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "failed:" not in listed.stdout
    with TeacherSimulator(answer=answer) as server:
        words = ["run", "--scenario", "sql", "--limit", "3", "--teacher", "openai:m"]
        done = subprocess.run(
            [fd, *words, "--base-url", server.base_url, "--out", "out", "--no-cache"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stderr
    verified = subprocess.run([fd, "verify", "out"], cwd=tmp_path, capture_output=True, text=True)
    assert verified.returncode == 0, verified.stdout
    replayed = subprocess.run([fd, "replay", "out"], cwd=tmp_path, capture_output=True, text=True)
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr
