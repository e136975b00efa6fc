"""Enters what a plugin's spec opens, under the plugin's name."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any

from fastdistill.errors import PluginFault, SetupError, boundary
from fastdistill.host import Offer


async def entered(
    stack: AsyncExitStack, offer: Offer, made: Callable[[], AbstractAsyncContextManager[Any]]
) -> Any:
    """Enter what `made` returns; it is left with `stack`. Raises `SetupError` naming the plugin."""
    try:
        with boundary(str(offer.origin), f"open of {offer.spec.name}"):
            return await stack.enter_async_context(made())
    except PluginFault as error:
        raise SetupError(str(error)) from error
