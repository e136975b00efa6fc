"""The provider: llama.cpp's server object in this process, called from threads."""

import gc
import hashlib
import os
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import click
from attrs import define, field

from fastdistill import Call, Completion, Services, SetupError
from fastdistill_llamacpp.catalog import locate, overridden
from fastdistill_llamacpp.generation import Generation, request
from fastdistill_llamacpp.models import known
from fastdistill_llamacpp.options import LlamaCpp

STEP = 64
"""Tokens of prompts that are read between two looks at whether to stop. 2,048 need as much CPU a token."""
HOLD = 20.0
"""Seconds that closing waits for generations to stop: the step under way ends first."""


@define(kw_only=True)
class LlamaProvider:
    """One loaded model."""

    server: Any
    identity: str
    model: str
    max_in_flight: int
    options: LlamaCpp
    limiter: anyio.CapacityLimiter = field(init=False)
    running: set[Generation] = field(factory=set, init=False)

    @limiter.default
    def _limiter(self) -> anyio.CapacityLimiter:
        return anyio.CapacityLimiter(self.max_in_flight)

    async def complete(self, call: Call, /) -> Completion:
        """The model's answer. Raises `ContextTooLong`, `BadRequest` or `BadReply`.

        A cancelled call makes no further token; it holds its slot until then.
        """
        generation, body, start = Generation(), request(call, self.options), time.perf_counter()
        try:
            await anyio.to_thread.run_sync(
                self._generate, body, generation, abandon_on_cancel=True, limiter=self.limiter
            )
        finally:
            generation.stop.set()
        return generation.completion(self.model, time.perf_counter() - start)

    def _generate(self, body: dict[str, Any], generation: Generation) -> None:
        self.running.add(generation)
        try:
            if not generation.stop.is_set():
                self.server.handle_chat_completions(body, generation)
        finally:
            self.running.discard(generation)

    async def close(self) -> None:
        """Stop every generation and free the model, once no thread is inside it."""
        for generation in list(self.running):
            generation.stop.set()
        with anyio.move_on_after(HOLD, shield=True):
            while self.running:  # noqa: ASYNC110  threads end without an event
                await anyio.sleep(0.01)
        if not self.running:
            self.server = None
            gc.collect()


def load(path: Path, options: LlamaCpp) -> Any:
    """llama.cpp's server with the weights at `path`. Takes seconds; call it in a thread."""
    # A busy machine falls to a tenth while OpenMP's threads spin; it must be set before the import.
    os.environ.setdefault("GOMP_SPINCOUNT", "100")
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.warmup = False
    params.fit_params = False
    params.n_parallel = options.at_once
    params.n_ctx = options.context * options.at_once
    params.n_batch = params.n_ubatch = max(STEP, options.at_once)
    params.verbosity = -1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = options.threads or os.cpu_count() or 1
    try:
        return xllamacpp.Server(params)
    except Exception as error:
        raise SetupError(f"llama.cpp cannot load {str(path)!r}: {error}") from error


def digest_of(model: str, path: Path) -> str:
    """The weights' sha256; those of a known name were verified when they were fetched."""
    if model in known() and overridden() is None:
        return known()[model].sha256
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@asynccontextmanager
async def open_provider(options: LlamaCpp, services: Services) -> AsyncIterator[LlamaProvider]:
    """The loaded model, fetched first if need be."""

    def notice(line: str) -> None:
        click.echo(line, err=True)

    stop = threading.Event()
    try:
        path = await anyio.to_thread.run_sync(
            locate, options.model, notice, stop.is_set, abandon_on_cancel=True
        )
    finally:
        stop.set()
    digest = await anyio.to_thread.run_sync(digest_of, options.model, path)
    provider = LlamaProvider(
        server=await anyio.to_thread.run_sync(load, path, options),
        identity=f"sha256:{digest}",
        model=options.model if digest in {model.sha256 for model in known().values()} else path.name,
        max_in_flight=options.at_once,
        options=options,
    )
    try:
        yield provider
    finally:
        await provider.close()
