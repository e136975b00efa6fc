"""The notebooks of the docs run as they stand, each in a kernel of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[1] / "tools" / "notebooks.py"


@pytest.mark.slow
def test_every_notebook_runs() -> None:
    pytest.importorskip("nbclient")
    done = subprocess.run([sys.executable, str(TOOL)], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.count(" ran\n") == 4
