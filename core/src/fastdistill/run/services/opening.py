"""Enters what a plugin's spec opens, under the plugin's name."""

import inspect
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any

from fastdistill.errors import PluginFault, SetupError, boundary
from fastdistill.host import Offer


def check_opened(opened: object) -> None:
    """Raise TypeError for what `open` gave where it is no async context manager, saying what to write."""
    if hasattr(opened, "__aenter__") and hasattr(opened, "__aexit__"):
        return
    if inspect.iscoroutine(opened):
        opened.close()
    raise TypeError(
        f"open gave {opened!r:.80}, no async context manager: write @asynccontextmanager over an async "
        "function that yields what it opened"
    )


async def entered(
    stack: AsyncExitStack, offer: Offer, made: Callable[[], AbstractAsyncContextManager[Any]]
) -> Any:
    """Enter what `made` returns; it is left with `stack`. Raises `SetupError` naming the plugin."""
    try:
        with boundary(str(offer.origin), f"open of {offer.spec.name}"):
            opened = made()
            check_opened(opened)
            return await stack.enter_async_context(opened)
    except PluginFault as error:
        raise SetupError(str(error)) from error
