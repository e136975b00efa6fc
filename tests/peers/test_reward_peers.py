"""Rewards inside the trainers themselves that install within a minute, and a verifier inside Ray. Opt in.

`.ci/peers` makes the environments of the first two; by hand, for each:

    python -m venv peer && peer/bin/pip install verifiers ./core ./fastdistill_math
    FD_VERIFIERS=peer/bin/python FD_SKYRL=… FD_RAY=… pytest tests/peers/test_reward_peers.py
"""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
pytestmark = pytest.mark.slow


def said(variable: str, script: str) -> dict[str, Any]:
    """Run a script in the environment that `variable` names; return the JSON object that it prints last."""
    if variable not in os.environ:
        pytest.skip(f"opt in: {variable} names a python of an environment with the peer")
    # Ray copies a `uv run` above it to its workers, whose environment would then be ours.
    env = {**os.environ, "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0"}
    done = subprocess.run(
        [os.environ[variable], HERE / script],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env=env,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_verifiers_scores_with_our_reward_and_leaves_an_undecided_trace_out() -> None:
    found = said("FD_VERIFIERS", "verifiers_score.py")
    assert found["rewards"] == [1.0, 0.0, 0.0]
    assert found.get("undecided", "TaskError") == "TaskError"  # a rubric of older releases has no such case


def test_skyrl_steps_our_environment() -> None:
    assert said("FD_SKYRL", "skyrl_score.py") == {"rewards": [1.0, 0.0, 0.0]}


def test_ray_actors_and_tasks_hold_verifiers_of_their_own() -> None:
    found = said("FD_RAY", "ray_actor.py")
    expected = [float(n % 2 == 0) for n in range(200)]
    assert found["many"] == [expected, expected]
    assert found["one"] == expected[:40]
    assert found["task"] == expected[:4]
    assert found["left"] == [0, 0]
