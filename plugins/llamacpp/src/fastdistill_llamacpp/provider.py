"""The provider: llama.cpp's server object in this process, called from threads."""

import contextlib
import hashlib
import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import click
from attrs import field, frozen

from fastdistill import BadReply, BadRequest, Call, Choice, Completion, ContextTooLong, SetupError, Usage
from fastdistill.specs import Services
from fastdistill_llamacpp.catalog import known, locate
from fastdistill_llamacpp.options import LlamaCpp


@frozen(kw_only=True)
class LlamaProvider:
    """One loaded model."""

    server: Any
    identity: str
    model: str
    max_in_flight: int
    options: LlamaCpp
    limiter: anyio.CapacityLimiter = field(init=False)

    @limiter.default
    def _limiter(self) -> anyio.CapacityLimiter:
        return anyio.CapacityLimiter(self.max_in_flight)

    async def complete(self, call: Call, /) -> Completion:
        """The model's answer. Raises `ContextTooLong`, `BadRequest` or `BadReply`.

        A cancelled call is left to end in its thread: llama.cpp cannot be interrupted from Python.
        """
        body = request(call, self.options)
        start = time.perf_counter()
        raw = await anyio.to_thread.run_sync(
            self.server.handle_chat_completions, body, abandon_on_cancel=True, limiter=self.limiter
        )
        return completion(raw, self.model, time.perf_counter() - start)


def request(call: Call, options: LlamaCpp) -> dict[str, Any]:
    """The body of a chat request."""
    sampling, constraint = call.sampling, call.prompt.constraint
    body: dict[str, Any] = {
        "messages": [{"role": m.role, "content": m.content} for m in call.prompt.messages],
        "max_tokens": sampling.max_tokens or options.max_tokens,
        "temperature": 0.0 if sampling.temperature is None else sampling.temperature,
        "cache_prompt": True,
        **sampling.extra,
    }
    for name in ("top_p", "seed"):
        value = getattr(sampling, name)
        if value is not None:
            body[name] = value
    if sampling.n > 1:
        body["n"] = sampling.n
    if sampling.stop:
        body["stop"] = list(sampling.stop)
    if constraint is not None and constraint.kind == "gbnf":
        body["grammar"] = constraint.value
    elif constraint is not None:
        body["response_format"] = {"type": "json_schema", "json_schema": {"schema": constraint.value}}
    return body


def completion(raw: Any, model: str, latency: float) -> Completion:
    """The reply as a completion; with n > 1 llama.cpp counts one choice only, so usage is unknown then."""
    if not isinstance(raw, Mapping):
        raise BadReply(f"the embedded model answered {raw!r:.100}")
    if "error" in raw or "choices" not in raw:
        error = raw.get("error", raw)
        message = str(error.get("message", error) if isinstance(error, Mapping) else error)[:300]
        too_long = "context" in message.lower() and (
            "exceed" in message.lower() or "large" in message.lower()
        )
        raise (ContextTooLong if too_long else BadRequest)(f"the embedded model refuses: {message}")
    choices = tuple(
        Choice(
            text=one["message"].get("content") or "",
            reasoning=one["message"].get("reasoning_content") or None,
            finish=one.get("finish_reason"),
        )
        for one in raw["choices"]
    )
    if not choices:
        raise BadReply("the embedded model gave no choice")
    counted = raw.get("usage") if len(choices) == 1 else None
    usage = None
    if counted:
        usage = Usage(
            prompt_tokens=counted.get("prompt_tokens"),
            completion_tokens=counted.get("completion_tokens"),
            cached_tokens=(counted.get("prompt_tokens_details") or {}).get("cached_tokens"),
        )
    return Completion(choices=choices, model=model, usage=usage, latency=latency)


def load(path: Path, options: LlamaCpp) -> Any:
    """llama.cpp's server with the weights at `path`. Takes seconds; call it in a thread."""
    # A busy machine falls to a tenth while OpenMP's threads spin; it must be set before the import.
    os.environ.setdefault("GOMP_SPINCOUNT", "100")
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.warmup = False
    params.fit_params = False
    params.n_parallel = options.slots
    params.n_ctx = options.context * options.slots
    params.verbosity = -1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = options.threads or os.cpu_count() or 1
    try:
        return xllamacpp.Server(params)
    except Exception as error:
        raise SetupError(f"llama.cpp cannot load {str(path)!r}: {error}") from error


def digest_of(model: str, path: Path) -> str:
    """The weights' sha256; those of a known name were verified when they were fetched."""
    if model in known() and not os.environ.get("FD_EMBEDDED_GGUF"):
        return known()[model].sha256
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@asynccontextmanager
async def open_provider(options: LlamaCpp, services: Services) -> AsyncIterator[LlamaProvider]:
    """The loaded model, fetched first if need be."""

    def notice(line: str) -> None:
        click.echo(line, err=True)

    path = await anyio.to_thread.run_sync(locate, options.model, notice, abandon_on_cancel=True)
    digest = await anyio.to_thread.run_sync(digest_of, options.model, path)
    server = await anyio.to_thread.run_sync(load, path, options)
    slots = 1 if options.deterministic else options.slots
    try:
        yield LlamaProvider(
            server=server,
            identity=f"sha256:{digest}",
            model=options.model if options.model in known() else path.name,
            max_in_flight=slots,
            options=options,
        )
    finally:
        with contextlib.suppress(AttributeError):
            del server
