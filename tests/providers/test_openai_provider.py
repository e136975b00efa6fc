"""The openai provider against the simulator: every fault its kind, every quirk its place, keys nowhere."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastdistill_openai.config import OpenAIConfig
from fastdistill_openai.endpoint import resolve
from fastdistill_openai.plugin import fastdistill_providers

from fastdistill import (
    AuthFailed,
    BadReply,
    BadRequest,
    Batch,
    BudgetSpent,
    Call,
    Completion,
    ConnectionFailed,
    Constraint,
    ContentRefused,
    ContextTooLong,
    EmptyReply,
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
from fastdistill.http import normalised
from fastdistill.testing import lend
from fastdistill_simulator import Faults, TeacherSimulator, in_order

(SPEC,) = fastdistill_providers()
KEY = "sk-very-secret-0123456789"


def a_call(text: str = "Question?", *, request_id: str = "r1", **sampling: Any) -> Call:
    constraint = sampling.pop("constraint", None)
    messages = (Message(role="system", content="Be brief."), Message(role="user", content=text))
    return Call(
        request_id=request_id,
        sample_id="s",
        attempt=1,
        purpose="teacher",
        prompt=Prompt(messages=messages, template="t", constraint=constraint),
        sampling=Sampling(**sampling),
    )


@asynccontextmanager
async def opened(transport: Any = None, **config: Any) -> AsyncIterator[Provider]:
    settings = OpenAIConfig(**{"model": "m", **config})
    async with lend(transport=transport) as services, SPEC.open(settings, services) as provider:
        yield provider


def scripted(
    answer: Callable[[httpx.Request], httpx.Response] | dict[str, Any],
) -> httpx.MockTransport:
    if callable(answer):
        return httpx.MockTransport(answer)
    return httpx.MockTransport(lambda request: httpx.Response(200, json=answer))


async def replied(body: dict[str, Any], **config: Any) -> Completion:
    config.setdefault("base_url", "http://localhost/v1")
    async with opened(scripted(body), **config) as provider:
        return await provider.complete(a_call())


def one_choice(message: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"choices": [{"message": message, "finish_reason": "stop", **more}], "model": "m-1"}


KINDS: list[tuple[str, type[ProviderError]]] = [
    ("429", RateLimited),
    ("429-bare", RateLimited),
    ("429-date", RateLimited),
    ("quota", BudgetSpent),
    ("503", Overloaded),
    ("400", BadRequest),
    ("context", ContextTooLong),
    ("filter", ContentRefused),
    ("401", AuthFailed),
    ("403", AuthFailed),
    ("404", NotFound),
    ("html", NotFound),
    ("500", ServerFailed),
    ("reset", ConnectionFailed),
    ("hang", TimedOut),
    ("truncated", BadReply),
    ("cut", ConnectionFailed),
    ("empty", EmptyReply),
    ("missing", EmptyReply),
    ("error-200", ServerFailed),
    ("drip", TimedOut),
    ("flood", BadReply),
]


@pytest.mark.anyio
@pytest.mark.parametrize(("fault", "kind"), KINDS, ids=[fault for fault, _ in KINDS])
async def test_every_fault_has_its_kind_and_the_next_call_is_served(
    fault: str, kind: type[ProviderError]
) -> None:
    faults = Faults(script=in_order(fault, None))
    with TeacherSimulator(faults=faults, retry_after=7.0, drip=0.05) as simulator:
        more = {"timeout": 0.6} if fault in {"hang", "drip"} else {}
        async with opened(base_url=simulator.base_url, max_bytes=200_000, **more) as provider:
            with pytest.raises(ProviderError) as caught:
                await provider.complete(a_call())
            assert type(caught.value) is kind
            assert simulator.root_url in str(caught.value)
            waits = {"429": 7.0, "503": 7.0, "429-date": 7.0}.get(fault)
            assert caught.value.retry_after == (waits and pytest.approx(waits, abs=1.6))
            assert (await provider.complete(a_call())).text.startswith("Answer ")
        assert simulator.counters.requests == 2


@pytest.mark.anyio
@pytest.mark.parametrize(("fault", "text"), [("whitespace", "Answer "), ("null", "")])
async def test_harmless_oddities_are_read(fault: str, text: str) -> None:
    with TeacherSimulator(faults=Faults(script=in_order(fault))) as simulator:
        async with opened(base_url=simulator.base_url) as provider:
            assert (await provider.complete(a_call())).text.startswith(text)


@pytest.mark.anyio
async def test_a_whole_answer() -> None:
    with TeacherSimulator(reasoning="Let me see.", prefix_blocks=10, rpm=60) as simulator:
        async with opened(base_url=simulator.base_url) as provider:
            assert provider.identity == simulator.base_url
            answer = await provider.complete(a_call(n=3, seed=5, max_tokens=9, stop=("x",)))
    assert len(answer.choices) == 3
    assert answer.reasoning == "Let me see."
    assert answer.finish == "stop"
    assert answer.usage is not None
    assert answer.usage.prompt_tokens == 4
    assert answer.usage.cached_tokens == 0
    assert answer.rate_hint is not None
    assert answer.rate_hint.requests_left == 59
    assert answer.latency > 0


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("message", "text", "reasoning"),
    [
        ({"content": "a", "reasoning_content": "r"}, "a", "r"),
        ({"content": "a", "reasoning": "r"}, "a", "r"),
        ({"content": "<think>r</think>\n\na"}, "a", "r"),
        ({"content": "r\n</think>a"}, "a", "r"),
        ({"content": "<think>cut"}, "", "cut"),
        ({"content": "x <think>r</think>"}, "x <think>r</think>", None),
        ({"content": "a", "reasoning": None}, "a", None),
        ({"content": None}, "", None),
        ({"content": None, "reasoning_content": "r"}, "", "r"),
        ({"content": [{"type": "thinking", "thinking": "r"}, {"type": "text", "text": "a"}]}, "a", "r"),
        (
            {
                "content": [
                    {"type": "thinking", "thinking": [{"type": "text", "text": "r"}]},
                    {"type": "text", "text": "a"},
                ]
            },
            "a",
            "r",
        ),
        ({"content": "a", "reasoning_details": [{"type": "reasoning.text", "text": "r"}]}, "a", "r"),
        ({"content": 7}, "", None),
    ],
)
async def test_reasoning_has_one_place(message: Any, text: str, reasoning: str | None) -> None:
    found = await replied(one_choice(message))
    assert (found.text, found.reasoning) == (text, reasoning)


@pytest.mark.anyio
async def test_a_refusal_is_data() -> None:
    found = await replied(one_choice({"content": None, "refusal": "I cannot."}))
    assert (found.text, found.finish) == ("I cannot.", "refusal")


@pytest.mark.anyio
@pytest.mark.parametrize(
    "broken",
    [
        {"choices": "no"},
        {"choices": [None]},
        {"choices": [{"message": None}]},
        {"choices": [{"finish_reason": "stop"}]},
        [],
        7,
        None,
    ],
)
async def test_a_body_of_the_wrong_shape_is_a_bad_reply(broken: Any) -> None:
    with pytest.raises(BadReply):
        await replied(broken)


@pytest.mark.anyio
async def test_an_error_inside_a_choice_has_its_kind() -> None:
    choice = {"error": {"code": 429, "message": "upstream"}, "finish_reason": "error"}
    for found in (choice, {**choice, "message": {"content": ""}}):
        with pytest.raises(RateLimited):
            await replied({"choices": [found]})


@pytest.mark.anyio
async def test_usage_trusts_no_number_that_is_none() -> None:
    details = {"completion_tokens": 5, "prompt_tokens": "7", "prompt_cache_hit_tokens": 3}
    body = {**one_choice({"content": "a"}), "usage": details}
    usage = (await replied(body)).usage
    assert usage is not None
    assert (usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens) == (None, 5, 3)
    assert (await replied({**body, "usage": {}})).usage is None
    two = {**body, "choices": body["choices"] * 2}
    async with opened(scripted(two), preset="llama-cpp") as provider:
        found = await provider.complete(a_call(n=2))
    assert found.usage is not None
    assert found.usage.completion_tokens is None


async def sent(preset: str, call: Call, monkeypatch: pytest.MonkeyPatch, **config: Any) -> Any:
    asked: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(httpx.Response(200, content=request.content).json())
        assert request.headers.get("authorization") in {None, f"Bearer {KEY}"}
        return httpx.Response(200, json=one_choice({"content": "a"}))

    for name in ("OPENAI_API_KEY", "MISTRAL_API_KEY", "DEEPSEEK_API_KEY", "FIREWORKS_API_KEY"):
        monkeypatch.setenv(name, KEY)
    async with opened(scripted(answer), preset=preset, **config) as provider:
        await provider.complete(call)
    return asked[0]


@pytest.mark.anyio
async def test_a_body_says_what_was_asked_in_the_endpoints_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    call = a_call("Où?", n=2, seed=3, max_tokens=10, temperature=0.5, extra={"top_k": 4})
    assert await sent("openai", call, monkeypatch) == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Où?"},
        ],
        "temperature": 0.5,
        "max_completion_tokens": 10,
        "n": 2,
        "seed": 3,
        "top_k": 4,
    }
    mistral = await sent("mistral", call, monkeypatch, extra_body={"top_k": 9})
    assert (mistral["random_seed"], mistral["max_tokens"], mistral["top_k"]) == (3, 10, 9)
    deepseek = await sent("deepseek", call, monkeypatch)
    assert "seed" not in deepseek
    assert "n" not in deepseek
    bare = await sent("vllm", a_call(), monkeypatch)
    assert set(bare) == {"model", "messages"}


@pytest.mark.anyio
async def test_a_form_is_asked_for_in_the_endpoints_way(monkeypatch: pytest.MonkeyPatch) -> None:
    schema = a_call(constraint=Constraint(kind="json_schema", value={"type": "object"}))
    grammar = a_call(constraint=Constraint(kind="gbnf", value='root ::= "a"'))
    assert (await sent("openai", schema, monkeypatch))["response_format"]["type"] == "json_schema"
    assert "response_format" not in await sent("openai", grammar, monkeypatch)
    found = await sent("vllm", schema, monkeypatch)
    assert found["structured_outputs"] == {"json": {"type": "object"}}
    old = await sent("vllm", grammar, monkeypatch, constraint="guided")
    assert old["guided_grammar"] == 'root ::= "a"'
    assert (await sent("llama-cpp", grammar, monkeypatch))["grammar"] == 'root ::= "a"'
    assert (await sent("sglang", grammar, monkeypatch))["ebnf"] == 'root ::= "a"'
    assert (await sent("fireworks", grammar, monkeypatch))["response_format"]["type"] == "grammar"


def test_addresses_are_normalised_and_hold_no_password() -> None:
    assert normalised("HTTPS://Api.OpenAI.com:443/v1/") == "https://api.openai.com/v1"
    assert normalised("http://localhost:8000/v1/chat/completions") == "http://localhost:8000/v1"
    assert normalised("http://[::1]:80") == "http://[::1]"
    for wrong in (
        "localhost:8000",
        "ftp://x/v1",
        "http://",
        "http://h/v1?k=1",
        "http://h:x/",
        "http://[1/",
    ):
        with pytest.raises(SetupError):
            normalised(wrong)
    with pytest.raises(SetupError) as caught:
        normalised(f"https://me:{KEY}@host/v1")
    assert KEY not in str(caught.value)


def test_a_missing_key_says_which_variable_to_set() -> None:
    with pytest.raises(SetupError, match="set the environment variable OPENAI_API_KEY"):
        resolve(OpenAIConfig(model="m"), {})
    with pytest.raises(SetupError, match="OPENROUTER_API_KEY"):
        resolve(OpenAIConfig(model="m", preset="openrouter"), {"OPENAI_API_KEY": KEY})
    with pytest.raises(SetupError, match="MY_KEY"):
        resolve(OpenAIConfig(model="m", base_url="http://localhost/v1", api_key_env="MY_KEY"), {})
    local = resolve(OpenAIConfig(model="m", base_url="http://localhost:8000/v1"), {})
    assert "authorization" not in local.headers


def test_a_key_comes_from_a_file_and_shows_nowhere(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(KEY + "\n")
    endpoint = resolve(OpenAIConfig(model="m", key_file=file), {})
    assert endpoint.headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in repr(endpoint)
    file.write_text("two words")
    with pytest.raises(SetupError, match="holds 2 words"):
        resolve(OpenAIConfig(model="m", key_file=file), {})
    with pytest.raises(SetupError, match="cannot be read"):
        resolve(OpenAIConfig(model="m", key_file=tmp_path / "none"), {})


def test_headers_come_from_the_environment() -> None:
    config = OpenAIConfig(model="m", base_url="http://localhost/v1", headers={"X-Org": "$ORG"})
    assert resolve(config, {"ORG": "us"}).headers["x-org"] == "us"
    with pytest.raises(SetupError, match="wants the environment variable ORG"):
        resolve(config, {})


@pytest.mark.anyio
async def test_a_wrong_key_is_struck_out_of_what_the_server_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    def answer(request: httpx.Request) -> httpx.Response:
        text = f"Incorrect API key provided: {KEY}"
        return httpx.Response(401, json={"error": {"message": text}})

    async with opened(scripted(answer)) as provider:
        with pytest.raises(AuthFailed, match=r"\*\*\*.*the key in OPENAI_API_KEY") as caught:
            await provider.complete(a_call())
        assert KEY not in repr(vars(provider))
    assert KEY not in str(caught.value)


@pytest.mark.anyio
async def test_a_wrong_model_and_a_wrong_path_are_told() -> None:
    with TeacherSimulator(models=("right",), api_key=None) as simulator:
        async with opened(base_url=simulator.base_url, model="wrong") as provider:
            with pytest.raises(NotFound, match=r"'wrong' not found.*the model's name"):
                await provider.complete(a_call())
        async with opened(base_url=simulator.root_url + "/nowhere/x", model="right") as provider:
            assert (await provider.complete(a_call())).text


@pytest.mark.anyio
async def test_nobody_there_and_no_tls_there() -> None:
    with TeacherSimulator() as simulator:
        url = simulator.base_url
        async with opened(base_url=url.replace("http:", "https:"), api_key_env=None) as provider:
            with pytest.raises((NotFound, ConnectionFailed)) as caught:
                await provider.complete(a_call())
            assert "https://127.0.0.1" in str(caught.value)
    async with opened(base_url=url) as provider:
        with pytest.raises(ConnectionFailed, match="no connection to http://127"):
            await provider.complete(a_call())


@pytest.mark.anyio
async def test_a_redirect_is_not_followed_with_the_key() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(308, headers={"location": "https://elsewhere/v1"})

    async with opened(scripted(answer), base_url="http://localhost/v1") as provider:
        with pytest.raises(NotFound, match=r"redirects .308. to 'https://elsewhere/v1'"):
            await provider.complete(a_call())


@pytest.mark.anyio
async def test_deep_json_and_a_lone_surrogate_do_no_harm() -> None:
    def deep(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=b"[" * 200_000)

    async with opened(scripted(deep), base_url="http://localhost/v1") as provider:
        with pytest.raises(BadReply):
            await provider.complete(a_call("lone \ud800"))


@pytest.mark.anyio
async def test_a_batch_is_submitted_polled_and_collected_with_failures_apart() -> None:
    with TeacherSimulator(answer=lambda asked, index: f"re: {asked.prompt}") as simulator:
        texts = {"a": "one", "b": "BATCH-FAIL", "c": "BATCH-EXPIRE", "d": "four"}
        calls = [a_call(text, request_id=name) for name, text in texts.items()]
        async with opened(base_url=simulator.base_url) as provider:
            assert isinstance(provider, Batch)
            batch = await provider.submit(calls, "key-1")
            for number in range(2, 104):
                await provider.submit(calls[:1], f"key-{number}")
        # another process after a crash: the id is enough
        async with opened(base_url=simulator.base_url) as provider:
            assert isinstance(provider, Batch)
            assert await provider.find("key-1") == batch, "on the second page"
            assert await provider.find("key-0") is None
            states = [await provider.poll(batch) for _ in range(3)]
            outcomes = await provider.collect(batch, calls)
            with pytest.raises(NotFound):
                await provider.poll("batch_unknown")
    assert [state.ended for state in states] == [False, False, True]
    assert (states[2].total, states[2].completed, states[2].failed) == (4, 2, 1)
    assert {name: type(outcome) for name, outcome in outcomes.items()} == {
        "a": Completion,
        "b": ServerFailed,
        "c": ServerFailed,
        "d": Completion,
    }
    first = outcomes["a"]
    assert isinstance(first, Completion)
    assert first.text == "re: one"
