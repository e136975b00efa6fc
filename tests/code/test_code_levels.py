"""The levels: what each takes, when one is refused, and what a refusal tells."""

import json
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fastdistill import SetupError
from fastdistill_code.jobs import CallInput, Job, Value
from fastdistill_code.runner import open_sandbox
from fastdistill_code.sandbox import levels
from fastdistill_code.sandbox.confine import MEASURES


def test_a_level_is_reached_when_all_its_measures_are_in_force() -> None:
    assert levels.reached(list(MEASURES)) == "full"
    assert levels.reached([m for m in MEASURES if m != "landlock"]) == "namespaces"
    assert levels.reached([m for m in MEASURES if m != "net-namespace"]) == "confined"
    assert levels.reached(["user", "seccomp"]) == "rlimits-only"
    assert levels.reached([]) == "rlimits-only"


def test_the_weakest_level_needs_consent_and_says_what_is_missing() -> None:
    refused = {"pid-namespace": "clone: Operation not permitted"}
    with pytest.raises(SetupError, match=r"clone: Operation not permitted.*allow_weak_sandbox = true"):
        levels.accept("rlimits-only", None, refused, allow_weak=False)
    levels.accept("rlimits-only", None, refused, allow_weak=True)
    levels.accept("namespaces", None, {}, allow_weak=False)


def test_a_level_that_was_asked_for_is_never_silently_weaker() -> None:
    with pytest.raises(SetupError, match="'full' is not to be had here"):
        levels.accept("namespaces", "full", {"landlock": "none"}, allow_weak=True)


def test_an_unknown_level_is_named_with_those_there_are() -> None:
    with pytest.raises(SetupError, match=r"there are full, namespaces, confined, rlimits-only"):
        levels.wanted("fort knox")


@pytest.mark.skipif(sys.platform != "linux", reason="the strong levels are Linux's")
@pytest.mark.parametrize("level", ["full", "namespaces", "confined", "rlimits-only"])
@pytest.mark.anyio
async def test_every_level_runs_and_describes_itself(level: str) -> None:
    async with open_sandbox(level=level, allow_weak=True, slots=1) as sandbox:
        described = sandbox.describe()
        assert (sandbox.level, described["level"]) == (level, level)
        assert set(levels.LEVELS[level]) <= set(described["measures"])
        job = Job(source="def f(x): return x + 1", entry_point="f", calls=(CallInput(args=(1,)),))
        assert (await sandbox.run(job)).results == (Value(2),)


@pytest.mark.anyio
async def test_the_weakest_level_is_refused_without_consent() -> None:
    with pytest.raises(SetupError, match="allow_weak_sandbox"):
        async with open_sandbox(level="rlimits-only"):
            pass


SHELL = Path(__file__).parent / "attacks" / "shell.py"
LOOK = """
import anyio, json
from fastdistill_code.jobs import CallInput, Job
from fastdistill_code.runner import open_sandbox
from fastdistill_code.sandbox.doctor import diagnose
from fastdistill_code.doctor import checks
async def main():
    async with open_sandbox(slots=1) as sandbox:
        job = Job(source="def f(x): return x + 1", entry_point="f", calls=(CallInput(args=(1,)),))
        return repr((await sandbox.run(job)).results[0].value)
told = diagnose()
told['check'] = [[c.ok, c.detail, c.advice] for c in checks()]
try:
    told["said"] = anyio.run(main)
except Exception as error:
    told["said"] = str(error)
print(json.dumps(told))
"""


def restricted(*options: str) -> tuple[dict[str, Any], str]:
    """What the sandbox says and does in a shell that a container engine restricts."""
    command = [sys.executable, str(SHELL), *options, sys.executable, "-c", LOOK]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return json.loads(done.stdout), done.stderr


linux = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64", reason="the filter is for Linux on x86-64"
)


@linux
@pytest.mark.parametrize("options", [("--deny", "namespaces"), ("--drop-caps", "--deny", "namespaces")])
def test_where_namespaces_are_refused_programs_run_confined_with_a_notice(options: tuple[str, ...]) -> None:
    told, notice = restricted(*options)
    if told["landlock_abi"] < 3:
        pytest.skip("the kernel has no Landlock that suffices")
    assert (told["level"], told["usable"], told["said"]) == ("confined", True, "2")
    assert "pid-namespace" in told["refused"]
    assert told["open"]
    assert "level 'confined'" in notice
    [[usable, detail, advice]] = told["check"]
    assert usable is None
    assert "'confined'" in detail
    assert "SYS_ADMIN" in advice
    assert "SYS_ADMIN" in told["more"] + notice


@linux
@pytest.mark.parametrize("missing", ["landlock", "seccomp"])
def test_what_is_weaker_is_refused_and_says_what_gives_more(missing: str) -> None:
    told, _ = restricted("--drop-caps", "--deny", f"namespaces,{missing}")
    assert (told["level"], told["usable"]) == ("rlimits-only", False)
    assert missing in told["refused"]
    [[usable, detail, _]] = told["check"]
    assert usable is False
    assert "allow_weak_sandbox" in detail
    assert "allow_weak_sandbox = true" in told["said"]
    assert "SYS_ADMIN" in told["said"]
