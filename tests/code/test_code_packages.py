"""Packages by choice: what is named can be imported inside the confinement, and nothing beside it."""

import importlib.util

import pytest

from fastdistill import SetupError
from fastdistill_code.jobs import CallInput, Job, Limits, Raised, Value
from fastdistill_code.runner import open_sandbox

needs_numpy = pytest.mark.skipif(importlib.util.find_spec("numpy") is None, reason="numpy is not installed")
LIMITS = Limits(cpu_seconds=5.0, wall_seconds=30)


def job(body: str) -> Job:
    source = f"def f():\n    {body}"
    return Job(source=source, entry_point="f", calls=(CallInput(),), limits=LIMITS)


@needs_numpy
@pytest.mark.anyio
async def test_numpy_is_there_by_choice_and_its_values_are_plain() -> None:
    bodies = {
        "import numpy as np; return np.arange(6).reshape(2, 3) * 2": [[0, 2, 4], [6, 8, 10]],
        "import numpy as np; return np.float64(2.5), np.int64(3), np.bool_(True)": (2.5, 3, True),
        "import numpy as np; return np.linalg.det(np.eye(3)), np.array('x')": (1.0, "x"),
        "import numpy as np; return [int(x) for x in np.random.randint(0, 9, 3)]": [5, 0, 3],
        "import numpy.fft as fft; return abs(fft.fft([1, 1])[0])": 2.0,
    }
    async with open_sandbox(allow_weak=True, slots=1, packages=("numpy",)) as sandbox:
        assert any("numpy" in one for one in sandbox.describe()["packages"])
        for body, value in bodies.items():
            report = await sandbox.run(job(body))
            assert report.results == (Value(value),), body
        report = await sandbox.run(job("import attrs; return 1"))
        if sandbox.level != "rlimits-only":
            assert isinstance(report.results[0], Raised)
        source = "import numpy as np\ndef f(x): return np.array(x) + 1"
        tests = "import numpy as np\ndef check(c): assert np.allclose(c([1, 2]), [2, 3])"
        checked = await sandbox.check(source, "f", tests, LIMITS)
        assert checked.fault is None
        assert isinstance(checked.outcome, Value)


@pytest.mark.anyio
async def test_without_the_choice_there_is_none() -> None:
    async with open_sandbox(allow_weak=True, slots=1) as sandbox:
        if sandbox.level == "rlimits-only":
            pytest.skip("nothing keeps programs from what is installed")
        report = await sandbox.run(job("import numpy; return 1"))
        assert isinstance(report.results[0], Raised)


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["no_such_package_here", "math", "a-b", "../x"])
async def test_what_is_not_installed_is_said_when_the_sandbox_opens(name: str) -> None:
    with pytest.raises(SetupError, match="packages"):
        async with open_sandbox(allow_weak=True, slots=1, packages=(name,)):
            pass
