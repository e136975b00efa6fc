"""The ollama provider against the simulator's native dialect."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastdistill_ollama.config import OllamaConfig
from fastdistill_ollama.plugin import fastdistill_providers
from fastdistill_ollama.provider import address

from fastdistill import (
    AuthFailed,
    BadReply,
    BadRequest,
    Call,
    ConnectionFailed,
    Constraint,
    ContextTooLong,
    Message,
    NotFound,
    Overloaded,
    Prompt,
    Provider,
    ProviderError,
    RateLimited,
    Sampling,
    ServerFailed,
    SetupError,
    TimedOut,
)
from fastdistill.testing import lend
from fastdistill_simulator import Faults, TeacherSimulator, in_order

(SPEC,) = fastdistill_providers()


def a_call(constraint: Constraint | None = None, **sampling: Any) -> Call:
    messages = (Message(role="system", content="Be brief."), Message(role="user", content="Who?"))
    return Call(
        request_id="r",
        sample_id="s",
        attempt=1,
        purpose="teacher",
        prompt=Prompt(messages=messages, template="t", constraint=constraint),
        sampling=Sampling(**sampling),
    )


@asynccontextmanager
async def opened(transport: Any = None, **config: Any) -> AsyncIterator[Provider]:
    settings = OllamaConfig(**{"model": "m", **config})
    async with lend(transport=transport) as services, SPEC.open(settings, services) as provider:
        yield provider


KINDS: list[tuple[str, type[ProviderError]]] = [
    ("429", RateLimited),
    ("503", Overloaded),
    ("400", BadRequest),
    ("context", ContextTooLong),
    ("401", AuthFailed),
    ("404", NotFound),
    ("html", NotFound),
    ("500", ServerFailed),
    ("reset", ConnectionFailed),
    ("hang", TimedOut),
    ("truncated", BadReply),
    ("cut", ConnectionFailed),
    ("empty", BadReply),
    ("error-200", ServerFailed),
    ("drip", TimedOut),
    ("flood", BadReply),
]


@pytest.mark.anyio
@pytest.mark.parametrize(("fault", "kind"), KINDS, ids=[fault for fault, _ in KINDS])
async def test_every_fault_has_its_kind(fault: str, kind: type[ProviderError]) -> None:
    with TeacherSimulator(faults=Faults(script=in_order(fault)), drip=0.05) as simulator:
        timeout = 0.6 if fault in {"hang", "drip"} else 10.0
        config = {"base_url": simulator.root_url, "timeout": timeout, "max_bytes": 200_000}
        async with opened(**config) as provider:
            with pytest.raises(ProviderError) as caught:
                await provider.complete(a_call())
            assert type(caught.value) is kind
            assert (await provider.complete(a_call())).finish == "stop"


@pytest.mark.anyio
async def test_a_whole_answer_with_its_thoughts() -> None:
    with TeacherSimulator(reasoning="Well.") as simulator:
        async with opened(base_url=simulator.root_url) as provider:
            assert provider.identity == simulator.root_url
            found = await provider.complete(a_call(n=3))
    assert (len(found.choices), found.reasoning, found.model) == (1, "Well.", "m")
    assert found.usage is not None
    assert found.usage.prompt_tokens == 3


@pytest.mark.anyio
async def test_a_missing_model_says_how_to_get_it() -> None:
    with TeacherSimulator(models=("other",)) as simulator:
        async with opened(base_url=simulator.root_url, model="qwen3:4b") as provider:
            with pytest.raises(NotFound, match="ollama pull qwen3:4b"):
                await provider.complete(a_call())


@pytest.mark.anyio
async def test_the_body_is_ollamas_own() -> None:
    bodies = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        return httpx.Response(200, json={"message": {"content": "a"}, "done": True})

    config = {"options": {"num_ctx": 4096}, "keep_alive": "10m", "think": False}
    call = a_call(
        Constraint(kind="json_schema", value={"type": "object"}), seed=1, max_tokens=5, stop=("x",)
    )
    transport = httpx.MockTransport(answer)
    async with opened(transport, base_url="http://localhost:11434", **config) as provider:
        found = await provider.complete(call)
    assert found.usage is None
    assert bodies[0] == {
        "model": "m",
        "stream": False,
        "keep_alive": "10m",
        "think": False,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Who?"},
        ],
        "options": {"num_predict": 5, "seed": 1, "stop": ["x"], "num_ctx": 4096},
        "format": {"type": "object"},
    }


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("", "http://localhost:11434"),
        ("gpu", "http://gpu:11434"),
        ("gpu:9000", "http://gpu:9000"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("[::1]", "http://[::1]:11434"),
        ("https://gpu/", "https://gpu"),
    ],
)
def test_the_address_is_read_as_ollama_reads_it(host: str, found: str) -> None:
    assert address(OllamaConfig(model="m"), {"OLLAMA_HOST": host}) == found


@pytest.mark.anyio
async def test_a_named_key_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GATE_KEY", raising=False)
    with pytest.raises(SetupError, match="set the environment variable GATE_KEY"):
        async with opened(api_key_env="GATE_KEY"):
            pass
