"""Shared by all tests: both async backends, and third-party data where it lies beside the checkout."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# No test depends on the speed of an unloaded machine.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Every async test runs on both."""
    return str(request.param)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of third-party data, from FD_TEST_DATA or beside the checkout."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("FD_TEST_DATA", beside))
    if not folder.is_dir():
        pytest.skip(f"third-party data is not at {folder}; set FD_TEST_DATA")
    return folder
