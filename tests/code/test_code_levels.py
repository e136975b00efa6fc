"""The levels: what each takes, when one is refused, and what a refusal tells."""

import sys

import pytest

from fastdistill import SetupError
from fastdistill_code.jobs import CallInput, Job, Value
from fastdistill_code.runner import open_sandbox
from fastdistill_code.sandbox import levels
from fastdistill_code.sandbox.confine import MEASURES


def test_a_level_is_reached_when_all_its_measures_are_in_force():
    assert levels.reached(list(MEASURES)) == "full"
    assert levels.reached([m for m in MEASURES if m != "landlock"]) == "namespaces"
    assert levels.reached([m for m in MEASURES if m != "net-namespace"]) == "rlimits-only"
    assert levels.reached([]) == "rlimits-only"


def test_the_weakest_level_needs_consent_and_says_what_is_missing():
    refused = {"pid-namespace": "clone: Operation not permitted"}
    with pytest.raises(SetupError, match=r"clone: Operation not permitted.*allow_weak_sandbox = true"):
        levels.accept("rlimits-only", None, refused, allow_weak=False)
    levels.accept("rlimits-only", None, refused, allow_weak=True)
    levels.accept("namespaces", None, {}, allow_weak=False)


def test_a_level_that_was_asked_for_is_never_silently_weaker():
    with pytest.raises(SetupError, match="'full' is not to be had here"):
        levels.accept("namespaces", "full", {"landlock": "none"}, allow_weak=True)


def test_an_unknown_level_is_named_with_those_there_are():
    with pytest.raises(SetupError, match=r"'fort knox'; there are full, namespaces, rlimits-only"):
        levels.wanted("fort knox")


@pytest.mark.skipif(sys.platform != "linux", reason="the strong levels are Linux's")
@pytest.mark.parametrize("level", ["full", "namespaces", "rlimits-only"])
@pytest.mark.anyio
async def test_every_level_runs_and_describes_itself(level: str):
    async with open_sandbox(level=level, allow_weak=True, slots=1) as sandbox:
        described = sandbox.describe()
        assert (sandbox.level, described["level"]) == (level, level)
        assert set(levels.LEVELS[level]) <= set(described["measures"])
        job = Job(source="def f(x): return x + 1", entry_point="f", calls=(CallInput(args=(1,)),))
        assert (await sandbox.run(job)).results == (Value(2),)


@pytest.mark.anyio
async def test_the_weakest_level_is_refused_without_consent():
    with pytest.raises(SetupError, match="allow_weak_sandbox"):
        async with open_sandbox(level="rlimits-only"):
            pass
