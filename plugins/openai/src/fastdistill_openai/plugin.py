"""Registers the provider `openai`. Nothing heavy is imported before it is opened."""

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastdistill import Provider, ProviderSpec, Services, hookimpl
from fastdistill_openai.config import OpenAIConfig


def _open(config: OpenAIConfig, services: Services) -> AbstractAsyncContextManager[Provider]:
    from fastdistill_openai.provider import open_openai

    return open_openai(config, services)


@hookimpl
def fastdistill_providers() -> Iterable[ProviderSpec[Any]]:
    """One provider; presets make it fit the endpoint."""
    yield ProviderSpec(
        name="openai",
        summary="any chat-completions endpoint; presets for OpenAI, OpenRouter, vLLM and others",
        config=OpenAIConfig,
        open=_open,
        tier=1,
    )
