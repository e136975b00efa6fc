"""LiteLLM as a provider: one attempt a call (its own retries off), its exceptions as ours."""

import asyncio
import importlib
import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import anyio

from fastdistill import (
    BadReply,
    Call,
    Choice,
    Completion,
    Provider,
    ProviderError,
    Sampling,
    Services,
    SetupError,
    TimedOut,
)
from fastdistill.http import normalised, read_message, read_usage
from fastdistill_litellm.config import LiteLLMConfig
from fastdistill_litellm.failures import translated


def _sampling(sampling: Sampling) -> dict[str, Any]:
    named = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_tokens": sampling.max_tokens,
        "seed": sampling.seed,
        "n": sampling.n if sampling.n > 1 else None,
        "stop": list(sampling.stop) or None,
    }
    return {name: value for name, value in named.items() if value is not None} | dict(sampling.extra)


class LiteLLMProvider:
    """Asks one model through a module that has LiteLLM's `acompletion`."""

    def __init__(self, config: LiteLLMConfig, module: Any, key: str) -> None:
        self._config, self._module, self._key = config, module, key
        vendor = config.model.partition("/")[0]
        self._where = normalised(config.base_url) if config.base_url else f"litellm:{vendor}"

    @property
    def identity(self) -> str:
        """The base URL where one is given, else `litellm:VENDOR`."""
        return self._where

    def _arguments(self, call: Call) -> dict[str, Any]:
        config, constraint = self._config, call.prompt.constraint
        found: dict[str, Any] = {
            "model": config.model,
            "messages": [
                {"role": message.role, "content": message.content} for message in call.prompt.messages
            ],
            # only the engine retries; what a vendor lacks (a seed, say) is left out
            "num_retries": 0,
            "max_retries": 0,
            "drop_params": True,
            "timeout": config.timeout,
            **_sampling(call.sampling),
        }
        if constraint is not None and constraint.kind == "json_schema":
            schema = {"name": "reply", "schema": constraint.value, "strict": True}
            found["response_format"] = {"type": "json_schema", "json_schema": schema}
        if config.base_url:
            found["api_base"] = config.base_url
        if self._key:
            found["api_key"] = self._key
        return found | dict(config.params)

    async def complete(self, call: Call, /) -> Completion:
        """One attempt. Raises the ProviderError that LiteLLM's exception stands for."""
        began = time.perf_counter()
        try:
            with anyio.fail_after(self._config.timeout):
                reply = await self._module.acompletion(**self._arguments(call))
        except TimeoutError:
            text = f"{self._where} gave no whole answer within {self._config.timeout:g} s"
            raise TimedOut(text) from None
        except ProviderError:
            raise
        except Exception as error:  # noqa: BLE001  every vendor has its own
            # without its chain: the vendor's exceptions hold requests, and those hold keys
            raise translated(error, where=self._where, secret=self._key) from None
        body = reply.model_dump() if hasattr(reply, "model_dump") else reply
        return self._read(body, time.perf_counter() - began)

    def _read(self, body: Any, latency: float) -> Completion:
        choices = body.get("choices") if isinstance(body, Mapping) else None
        if not isinstance(choices, list) or not choices:
            raise BadReply(f"{self._where} sent an answer without choices")
        replied = body.get("model")
        return Completion(
            choices=tuple(self._choice(choice) for choice in choices),
            model=replied if isinstance(replied, str) and replied else self._config.model,
            usage=read_usage(body.get("usage")),
            latency=latency,
        )

    def _choice(self, found: Any) -> Choice:
        message = found.get("message") if isinstance(found, Mapping) else None
        if not isinstance(message, Mapping):
            raise BadReply(f"{self._where} sent a choice without a message")
        text, reasoning = read_message(message)
        finish = found.get("finish_reason")
        return Choice(text=text, reasoning=reasoning, finish=finish if isinstance(finish, str) else None)


def _key(config: LiteLLMConfig) -> str:
    if config.api_key_env is None:
        return ""
    key = os.environ.get(config.api_key_env, "").strip()
    if not key:
        raise SetupError(f"no key for {config.model}: set the environment variable {config.api_key_env}")
    return key


@asynccontextmanager
async def open_litellm(
    config: LiteLLMConfig, services: Services, *, module: Any = None
) -> AsyncIterator[Provider]:
    """The provider. `module` stands for `litellm` in tests.

    Raises SetupError where LiteLLM is not installed, on trio, or without the key that is named.
    """
    if anyio.get_cancelled_exc_class() is not asyncio.CancelledError:
        raise SetupError("the provider 'litellm' needs asyncio; LiteLLM does not run on trio")
    if module is None:
        # its price list is fetched from the network at import unless it is told not to
        os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
        try:
            module = importlib.import_module("litellm")
            module.suppress_debug_info = True
        except ImportError as error:
            raise SetupError(
                f"LiteLLM cannot be imported ({error}); pip install 'fastdistill-litellm[litellm]'"
            ) from None
    yield LiteLLMProvider(config, module, _key(config))
