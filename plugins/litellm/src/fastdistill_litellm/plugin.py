"""Registers the provider `litellm`. LiteLLM itself is imported when it is opened."""

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastdistill import Provider, ProviderSpec, Services, hookimpl
from fastdistill_litellm.config import LiteLLMConfig


def _open(config: LiteLLMConfig, services: Services) -> AbstractAsyncContextManager[Provider]:
    from fastdistill_litellm.provider import open_litellm

    return open_litellm(config, services)


@hookimpl
def fastdistill_providers() -> Iterable[ProviderSpec[Any]]:
    """One provider, of the second tier."""
    yield ProviderSpec(
        name="litellm",
        summary="Anthropic, Cohere, Gemini, Bedrock and all else that LiteLLM reaches (asyncio only)",
        config=LiteLLMConfig,
        open=_open,
        tier=2,
    )
