"""A stranger's package: made by `fd new scenario`, built as a wheel, installed beside ours, and run."""

import json
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from fastdistill_simulator import Asked, TeacherSimulator

ROOT = Path(__file__).parents[2]
CAPITALS = {"France": "Paris", "Japan": "Kyoto"}


def answer(asked: Asked, index: int) -> str:
    return "Answer: " + next((city for land, city in CAPITALS.items() if land in asked.text), "gold")


@pytest.mark.slow
def test_a_new_scenario_as_a_wheel_is_run_audited_and_replayed(tmp_path: Path) -> None:
    home, wheels = tmp_path / "env", tmp_path / "wheels"
    venv.create(home, with_pip=True)
    python = home / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "-q"]
    fd = str(python.with_name("fd"))

    def call(*words: str) -> str:
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    call(
        *pip, "wheel", "--no-deps", "-w", str(wheels), str(ROOT / "core"), str(ROOT / "plugins" / "openai")
    )
    call(*pip, "install", *map(str, wheels.glob("*.whl")))
    call(fd, "new", "scenario", "capitals")
    call(*pip, "wheel", "--no-deps", "-w", str(tmp_path), "./fastdistill-capitals")
    call(*pip, "install", *map(str, tmp_path.glob("fastdistill_capitals-*.whl")))
    assert "capitals" in call(fd, "plugins")
    with TeacherSimulator(answer=answer) as server:
        teacher = ("--teacher", "openai:m", "--base-url", server.base_url)
        call(fd, "run", "--scenario", "capitals", *teacher, "--out", "out", "--no-cache")
    decided = json.loads((tmp_path / "out" / "manifest.json").read_text())["counts"]
    assert (decided["accepted"], decided["rejected"], decided["failed"]) == (1, 5, 0)
    audited = json.loads(call(fd, "audit", "--scenario", "capitals", "--json"))
    assert (audited["tasks"], audited["kill_rate"]) == (6, 1.0)
    call(fd, "verify", "out")
    call(fd, "replay", "out")
