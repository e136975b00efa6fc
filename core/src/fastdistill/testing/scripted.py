"""A provider that says what a test tells it to, and remembers what it was asked."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
from attrs import define, field, frozen

from fastdistill.model.answer import Call, Choice, Completion, Usage
from fastdistill.specs import ProviderSpec, Services

Answer = str | Completion | Exception


@frozen(kw_only=True)
class ScriptedOptions:
    """The options of a scripted provider's table."""

    model: str = "scripted"


@define(kw_only=True)
class ScriptedProvider:
    """Answers each call by `answer`, after `latency` seconds; an exception is raised."""

    answer: Callable[[Call], Answer]
    latency: float = 0.0
    identity: str = "scripted"
    calls: list[Call] = field(factory=list, init=False)
    in_flight: int = field(default=0, init=False)
    peak: int = field(default=0, init=False)
    """The most calls that were in flight together."""
    remember: bool = True

    async def complete(self, call: Call, /) -> Completion:
        """The scripted answer."""
        if self.remember:
            self.calls.append(call)
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        try:
            if self.latency:
                await anyio.sleep(self.latency)
            said = self.answer(call)
        finally:
            self.in_flight -= 1
        if isinstance(said, Exception):
            raise said
        if isinstance(said, Completion):
            return said
        return Completion(
            choices=(Choice(text=said, finish="stop"),) * call.sampling.n,
            model="scripted",
            usage=Usage(prompt_tokens=10, completion_tokens=5),
            latency=self.latency,
        )

    def spec(self, name: str = "scripted") -> ProviderSpec[Any]:
        """A spec whose every opening gives this provider."""

        @asynccontextmanager
        async def opened(options: ScriptedOptions, services: Services) -> AsyncIterator[ScriptedProvider]:
            yield self

        return ProviderSpec(
            name=name, summary="says what a test tells it to", config=ScriptedOptions, open=opened
        )
