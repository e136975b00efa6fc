"""Rewards inside TRL itself: a one-layer model is trained two steps, and None leaves the baseline. Opt in.

python -m venv trl && trl/bin/pip install torch trl ./core ./fastdistill_math   # a CPU build of torch
FD_TRL=trl/bin/python pytest tests/peers/test_trl_peer.py
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

STEPS = Path(__file__).with_name("trl_steps.py")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("FD_TRL" not in os.environ, reason="opt in: FD_TRL names a python with trl"),
]


def test_two_steps_with_our_rewards_and_what_none_becomes() -> None:
    done = subprocess.run([os.environ["FD_TRL"], STEPS], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout[done.stdout.index('{"sync"') :])
    assert found["sync"]["steps"] == found["async"]["steps"] == 2
    assert all(0.0 <= one <= 1.0 for one in found["sync"]["rewards"] + found["async"]["rewards"])
    told = found["advantages"]
    assert told[3] == 0.0  # undecided: no signal
    assert told[0] > 0 > told[1] == told[2]
    assert sum(told[:4]) == pytest.approx(0.0, abs=1e-3)  # the baseline is that of the decided alone
