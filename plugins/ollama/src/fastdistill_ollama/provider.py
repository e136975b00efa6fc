"""One Ollama server as a provider: the native chat endpoint, one attempt a call, typed errors."""

import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastdistill import (
    BadReply,
    Call,
    Choice,
    Completion,
    NotFound,
    Provider,
    Sampling,
    Services,
    SetupError,
    Usage,
)
from fastdistill.http import Answer, Line, normalised, open_transport, read_count, read_message
from fastdistill_ollama.config import OllamaConfig

DEFAULT = "http://localhost:11434"
_PORT = 11434


def address(config: OllamaConfig, environ: Mapping[str, str]) -> str:
    """The server's address. OLLAMA_HOST may lack scheme and port, as Ollama itself allows."""
    if config.base_url is not None:
        return normalised(config.base_url)
    host = environ.get("OLLAMA_HOST", "").strip() or DEFAULT
    if "://" not in host:
        bare = host.rpartition("]")[2]
        host = f"http://{host}" if ":" in bare else f"http://{host}:{_PORT}"
    # 0.0.0.0 is where a server listens, not where it is found
    return normalised(host.replace("//0.0.0.0", "//127.0.0.1"))


def _options(sampling: Sampling, given: Mapping[str, Any]) -> dict[str, Any]:
    named = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "num_predict": sampling.max_tokens,
        "seed": sampling.seed,
        "stop": list(sampling.stop) or None,
    }
    told = {name: value for name, value in named.items() if value is not None}
    return {**told, **sampling.extra, **given}


class OllamaProvider:
    """Asks one model of one Ollama server. It gives one choice a call, whatever `n` is."""

    def __init__(self, config: OllamaConfig, line: Line) -> None:
        self._config, self._line = config, line
        self._chat = f"{line.where}/api/chat"
        fixed = {"keep_alive": config.keep_alive, "think": config.think}
        self._fixed = {
            "model": config.model,
            "stream": False,
            **{name: value for name, value in fixed.items() if value is not None},
        }

    @property
    def identity(self) -> str:
        """The normalised base URL."""
        return self._line.where

    def _body(self, call: Call) -> bytes:
        body: dict[str, Any] = {
            **self._fixed,
            "messages": [
                {"role": message.role, "content": message.content} for message in call.prompt.messages
            ],
        }
        if options := _options(call.sampling, self._config.options):
            body["options"] = options
        constraint = call.prompt.constraint
        if constraint is not None and constraint.kind == "json_schema":
            body["format"] = constraint.value
        return json.dumps(body, separators=(",", ":")).encode("ascii")

    async def complete(self, call: Call, /) -> Completion:
        """One attempt. NotFound for a model that is not there says how to get it."""
        try:
            body, answer = await self._line.json("POST", self._chat, self._body(call))
        except NotFound as error:
            if "model" not in str(error):
                raise
            advice = f"Get it with: ollama pull {self._config.model}"
            raise NotFound(f"{error}. {advice}", status=error.status) from None
        return self._read(body, answer)

    def _read(self, body: Any, answer: Answer) -> Completion:
        message = body.get("message") if isinstance(body, Mapping) else None
        if not isinstance(message, Mapping):
            raise BadReply(f"{self.identity} sent an answer without a message", status=answer.status)
        if body.get("done") is not True:
            raise BadReply(f"{self.identity} sent a part of an answer only", status=answer.status)
        text, reasoning = read_message(message)
        reason, model = body.get("done_reason"), body.get("model")
        usage = Usage(
            prompt_tokens=read_count(body.get("prompt_eval_count")),
            completion_tokens=read_count(body.get("eval_count")),
        )
        return Completion(
            choices=(
                Choice(text=text, reasoning=reasoning, finish=reason if isinstance(reason, str) else None),
            ),
            model=model if isinstance(model, str) and model else self._config.model,
            usage=None if usage == Usage() else usage,
            latency=answer.latency,
        )


@asynccontextmanager
async def open_ollama(config: OllamaConfig, services: Services) -> AsyncIterator[Provider]:
    """The provider, with a transport of its own. Raises SetupError for an address or key that is none."""
    where = address(config, os.environ)
    headers, key = {"content-type": "application/json"}, ""
    if config.api_key_env is not None:
        key = os.environ.get(config.api_key_env, "").strip()
        if not key:
            raise SetupError(f"no key for {where}: set the environment variable {config.api_key_env}")
        headers["authorization"] = f"Bearer {key}"
    async with open_transport(services.transport) as send:
        yield OllamaProvider(
            config,
            Line(
                send=send,
                where=where,
                headers=headers,
                timeout=config.timeout,
                max_bytes=config.max_bytes,
                secret=key,
            ),
        )
