"""Async tests run on both backends that a run can have."""

import pytest


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """The backend of an async test."""
    return str(request.param)
