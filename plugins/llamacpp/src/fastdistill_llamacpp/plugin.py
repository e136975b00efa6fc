"""What this plugin offers."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from fastdistill import ModelCatalog, ProviderSpec, Services, hookimpl
from fastdistill_llamacpp.options import LlamaCpp


@asynccontextmanager
async def _open(options: LlamaCpp, services: Services) -> AsyncIterator[Any]:
    from fastdistill_llamacpp.provider import open_provider

    async with open_provider(options, services) as provider:
        yield provider


def _models() -> ModelCatalog:
    from fastdistill_llamacpp.catalog import Catalog

    return Catalog()


@hookimpl
def fastdistill_providers() -> Iterable[ProviderSpec[Any]]:
    """The embedded teacher."""
    yield ProviderSpec(
        name="llamacpp",
        summary="a GGUF model in this process: no server, no key",
        config=LlamaCpp,
        open=_open,
        default_model="qwen2.5-coder-0.5b",
        models=_models,
    )
