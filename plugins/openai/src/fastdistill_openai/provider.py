"""One chat-completions endpoint as a provider: one attempt a call, typed errors, nothing kept back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from attrs import evolve

from fastdistill import Call, Completion, Provider, Services
from fastdistill.http import Answer, Line, open_transport
from fastdistill_openai.body import Bodies
from fastdistill_openai.config import OpenAIConfig
from fastdistill_openai.endpoint import Endpoint, resolve
from fastdistill_openai.offline import OfflineBatches
from fastdistill_openai.reply import read_reply

BATCH_BYTES = 1 << 30
"""More than a batch file may have at any endpoint known."""


class OpenAIProvider(OfflineBatches):
    """Asks one model of one endpoint."""

    def __init__(self, config: OpenAIConfig, endpoint: Endpoint, line: Line) -> None:
        self._endpoint, self._model = endpoint, config.model
        self._bodies = Bodies(config.model, endpoint.preset, config.extra_body)
        self._chat = f"{endpoint.identity}/chat/completions"
        self._line, self._in_reasoning = line, config.answer_in_reasoning
        # a batch's answers come in one file
        files = evolve(line, max_bytes=BATCH_BYTES)
        super().__init__(endpoint.identity, files, self._bodies, self._read)

    @property
    def identity(self) -> str:
        """The normalised base URL."""
        return self._endpoint.identity

    async def complete(self, call: Call, /) -> Completion:
        """One attempt. Raises the ProviderError that fits; see docs/providers.md."""
        answer = await self._line.ask("POST", self._chat, self._bodies.body(call))
        return self._read(self._line.decode(answer), answer, call)

    def _read(self, body: Any, answer: Answer, call: Call) -> Completion:
        of_one = self._endpoint.preset.usage_of_one
        return read_reply(
            body,
            answer,
            call,
            self._line,
            model=self._model,
            usage_of_one=of_one,
            in_reasoning=self._in_reasoning,
        )


@asynccontextmanager
async def open_openai(config: OpenAIConfig, services: Services) -> AsyncIterator[Provider]:
    """The provider, with a transport of its own. Raises SetupError where key or address is missing."""
    endpoint = resolve(config)
    async with open_transport(services.transport, verify=config.verify_tls) as send:
        line = Line(
            send=send,
            where=endpoint.identity,
            headers=endpoint.headers,
            timeout=config.timeout,
            max_bytes=config.max_bytes,
            advice=endpoint.advice,
            secret=endpoint.key,
        )
        yield OpenAIProvider(config, endpoint, line)
