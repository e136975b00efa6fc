"""The openai provider against a real server: llama.cpp's own, inside xllamacpp, with real weights."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastdistill_openai.config import OpenAIConfig
from fastdistill_openai.provider import open_openai
from support.llama_server import llama_server
from support.peers import a_question

from fastdistill import (
    AuthFailed,
    Completion,
    Constraint,
    ContextTooLong,
)
from fastdistill.testing import lend

KEY = "sk-local-peer"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with llama_server(KEY) as url:
        yield f"{url}/v1"


async def ask(url: str, text: str, key: str = KEY, **more: Any) -> Completion:
    call = a_question(text, **more)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PEER_KEY", key)
        config = OpenAIConfig(model="any", preset="llama-cpp", base_url=url, api_key_env="PEER_KEY")
        async with lend() as services, open_openai(config, services) as provider:
            return await provider.complete(call)


@pytest.mark.anyio
async def test_it_answers_counts_and_repeats(server: str) -> None:
    one, two = [await ask(server, "Say hello.") for _ in "12"]
    assert one.text
    assert one.text == two.text
    assert one.usage is not None
    assert (one.usage.prompt_tokens or 0) > 5
    assert 0 < (one.usage.completion_tokens or 0) <= 12


@pytest.mark.anyio
async def test_many_choices_leave_completion_tokens_unknown(server: str) -> None:
    found = await ask(server, "Say hello.", n=2)
    assert len(found.choices) == 2
    assert found.usage is not None
    assert found.usage.completion_tokens is None


@pytest.mark.anyio
async def test_forms_are_kept(server: str) -> None:
    grammar = Constraint(kind="gbnf", value='root ::= "yes" | "no"')
    assert (await ask(server, "Is water wet?", constraint=grammar)).text in {"yes", "no"}
    schema = Constraint(kind="json_schema", value={"type": "boolean"})
    assert (await ask(server, "Is water wet?", constraint=schema)).text in {"true", "false"}


@pytest.mark.anyio
async def test_its_errors_have_their_kinds(server: str) -> None:
    with pytest.raises(AuthFailed, match="PEER_KEY"):
        await ask(server, "Hello", key="wrong")
    with pytest.raises(ContextTooLong):
        await ask(server, "word " * 3000)
