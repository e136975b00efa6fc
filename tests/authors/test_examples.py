"""The example packages of the tutorials: their tests pass, they are typed, and the pages quote them."""

import subprocess
import sys
from pathlib import Path

import pytest
from support.packages import ROOT, put_on_path

from fastdistill.scaffold.write import write
from fastdistill.testing import PluginHost

EXTRACTION = ROOT / "examples" / "extraction"
AUTHORS = ROOT / "docs" / "authors"
QUOTED = [("gate", "json-answer", "gate.md"), ("provider", "my-endpoint", "provider.md")]


def test_the_scenario_tutorial_quotes_its_package() -> None:
    source = EXTRACTION / "src" / "fastdistill_extraction" / "plugin.py"
    assert source.read_text(encoding="utf-8").strip() in (AUTHORS / "scenario.md").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize(("kind", "name", "page"), QUOTED)
def test_a_tutorial_quotes_what_fd_new_writes(kind: str, name: str, page: str, tmp_path: Path) -> None:
    made = write(kind, name, tmp_path / "new", PluginHost())
    text = (AUTHORS / page).read_text(encoding="utf-8")
    sources = [path for path in made.files if path.parent.name.startswith("fastdistill_")]
    quoted = [path.read_text(encoding="utf-8").strip() for path in sources if path.name not in SHORT]
    assert quoted
    assert [one[:60] for one in quoted if one not in text] == []


SHORT = ("__init__.py", "py.typed")


@pytest.mark.slow
def test_the_example_s_own_tests_and_types(tmp_path: Path) -> None:
    env = put_on_path([EXTRACTION], tmp_path / "site")
    words = ["pytest", "-q", "-p", "no:cacheprovider", "-c", str(EXTRACTION / "pyproject.toml")]
    for command in (
        [*words, "--rootdir", str(tmp_path), str(EXTRACTION / "tests")],
        ["mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(EXTRACTION / "src")],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
