"""The ollama provider before a real model. The server is a stand-in of ours, not Ollama."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastdistill_ollama.config import OllamaConfig
from fastdistill_ollama.provider import open_ollama
from support.llama_server import llama_server
from support.ollama_standin import ollama_standin
from support.peers import a_question

from fastdistill import (
    Completion,
    Constraint,
    ContextTooLong,
    NotFound,
)
from fastdistill.testing import lend

KEY, MODEL = "sk-behind", "small:latest"
pytestmark = [pytest.mark.slow, pytest.mark.anyio]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with llama_server(KEY) as behind, ollama_standin(behind, KEY, MODEL) as url:
        yield url


async def ask(url: str, text: str, *, model: str = MODEL, **more: Any) -> Completion:
    call = a_question(text, **more)
    config = OllamaConfig(model=model, base_url=url, keep_alive="10m", options={"top_k": 20})
    async with lend() as services, open_ollama(config, services) as provider:
        return await provider.complete(call)


async def test_it_answers_counts_and_repeats(server: str) -> None:
    one, two = [await ask(server, "Say hello.") for _ in "12"]
    assert one.text
    assert one.text == two.text
    assert one.model == MODEL
    assert one.usage is not None
    assert (one.usage.prompt_tokens or 0) > 5
    assert 0 < (one.usage.completion_tokens or 0) <= 12


async def test_a_cut_answer_says_so(server: str) -> None:
    found = await ask(server, "Count from one to fifty in words.", max_tokens=4)
    assert found.choices[0].finish == "length"


async def test_a_stop_word_ends_the_answer(server: str) -> None:
    found = await ask(server, "Repeat exactly: alpha beta gamma", stop=(" beta",), max_tokens=30)
    assert "beta" not in found.text


async def test_a_schema_is_kept(server: str) -> None:
    schema = Constraint(kind="json_schema", value={"type": "boolean"})
    assert (await ask(server, "Is water wet?", constraint=schema)).text in {"true", "false"}


async def test_a_missing_model_says_how_to_get_it(server: str) -> None:
    with pytest.raises(NotFound, match="ollama pull large"):
        await ask(server, "Hello", model="large")


async def test_a_long_prompt_has_its_kind(server: str) -> None:
    with pytest.raises(ContextTooLong):
        await ask(server, "word " * 3000)
