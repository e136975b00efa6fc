"""Registers the provider `ollama`. Nothing heavy is imported before it is opened."""

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastdistill import Provider, ProviderSpec, Services, hookimpl
from fastdistill_ollama.config import OllamaConfig


def _open(config: OllamaConfig, services: Services) -> AbstractAsyncContextManager[Provider]:
    from fastdistill_ollama.provider import open_ollama

    return open_ollama(config, services)


@hookimpl
def fastdistill_providers() -> Iterable[ProviderSpec[Any]]:
    """One provider."""
    yield ProviderSpec(
        name="ollama",
        summary="an Ollama server by its native /api/chat",
        config=OllamaConfig,
        open=_open,
        tier=1,
    )
