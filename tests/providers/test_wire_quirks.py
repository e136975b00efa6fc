"""What servers send that no specification has: read where it can be, told by its kind where it cannot."""

import gzip
import json
import zlib
from contextlib import suppress
from typing import Any

import anyio
import httpx
import pytest
from fastdistill_openai.config import OpenAIConfig
from fastdistill_openai.plugin import fastdistill_providers
from hypothesis import given, settings
from hypothesis import strategies as st

from fastdistill import (
    AuthFailed,
    BadReply,
    BadRequest,
    Batch,
    BudgetSpent,
    Call,
    Completion,
    ContentRefused,
    ContextTooLong,
    EmptyReply,
    Message,
    Overloaded,
    Prompt,
    ProviderError,
    RateLimited,
    RetryableError,
    Sampling,
    ServerFailed,
)
from fastdistill.http import Line, kind_of, open_transport, read_count, read_message
from fastdistill.http.encoding import unpacked
from fastdistill.http.events import assembled
from fastdistill.testing import lend

pytestmark = pytest.mark.anyio
(SPEC,) = fastdistill_providers()
URL = "http://localhost/v1"
GOOD = {"choices": [{"message": {"content": "4"}, "finish_reason": "stop"}], "model": "m"}


def a_call(request_id: str = "r1") -> Call:
    prompt = Prompt(messages=(Message(role="user", content="2 + 2?"),), template="t")
    return Call(
        request_id=request_id,
        sample_id="s",
        attempt=1,
        purpose="teacher",
        prompt=prompt,
        sampling=Sampling(),
    )


async def replied(response: httpx.Response, **config: Any) -> Completion:
    transport = httpx.MockTransport(lambda _: response)
    options = OpenAIConfig(model="m", base_url=URL, **config)
    async with lend(transport=transport) as services, SPEC.open(options, services) as provider:
        return await provider.complete(a_call())


def gemini(code: int, status: str, message: str, *details: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"error": {"code": code, "message": message, "status": status, "details": list(details)}}]


QUOTA = "You exceeded your current quota, please check your plan and billing details."
SOON = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.07s"}


@pytest.mark.parametrize(
    ("status", "body", "kind", "wait"),
    [
        (429, gemini(429, "RESOURCE_EXHAUSTED", QUOTA, SOON), RateLimited, 34.07),
        (429, gemini(429, "RESOURCE_EXHAUSTED", QUOTA), BudgetSpent, None),
        (400, gemini(400, "INVALID_ARGUMENT", "Bad key", {"reason": "API_KEY_INVALID"}), AuthFailed, None),
        (400, gemini(400, "INVALID_ARGUMENT", "API key not valid. Please pass one."), AuthFailed, None),
        (503, gemini(503, "UNAVAILABLE", "The model is overloaded."), Overloaded, None),
        (200, {"error": {"message": "slow down", "code": "429"}}, RateLimited, None),
        (200, {"error": {"message": "busy", "code": 503}, "choices": []}, Overloaded, None),
        (200, gemini(500, "INTERNAL", "An internal error"), ServerFailed, None),
        (
            200,
            {**GOOD, "choices": [{"finish_reason": "error", "error": {"code": "502"}}]},
            ServerFailed,
            None,
        ),
        (200, {"choices": []}, EmptyReply, None),
        (200, {"choices": [{"finish_reason": "stop"}]}, EmptyReply, None),
    ],
)
async def test_an_error_has_its_kind_in_every_dress(
    status: int, body: Any, kind: type[ProviderError], wait: float | None
) -> None:
    with pytest.raises(kind) as caught:
        await replied(httpx.Response(status, json=body))
    assert type(caught.value) is kind
    assert caught.value.retry_after == wait


async def test_an_error_beside_a_good_answer_costs_nothing() -> None:
    got = await replied(httpx.Response(200, json={**GOOD, "error": {"message": "a fallback was used"}}))
    assert got.text == "4"


def events(*chunks: Any, end: bool = True) -> bytes:
    lines = [f"data: {json.dumps(chunk)}\r\n\r\n" for chunk in chunks]
    return (": keep-alive\n\n" + "".join(lines) + ("data: [DONE]\n\n" if end else "")).encode()


def delta(text: str, finish: str | None = None, **more: str) -> dict[str, Any]:
    return {
        "model": "m",
        "choices": [{"index": 0, "delta": {"content": text, **more}, "finish_reason": finish}],
    }


async def test_a_stream_that_was_not_asked_for_is_read() -> None:
    usage = {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}
    body = events(delta("", reasoning_content="hm"), delta("4"), delta("2", "stop"), usage)
    got = await replied(httpx.Response(200, content=body, headers={"content-type": "text/event-stream"}))
    assert (got.text, got.reasoning, got.finish) == ("42", "hm", "stop")
    assert got.usage is not None
    assert (got.usage.prompt_tokens, got.usage.completion_tokens) == (5, 2)
    assert (await replied(httpx.Response(200, content=body))).text == "42", "told by its first bytes"


async def test_a_stream_that_breaks_off_or_fails_is_told() -> None:
    with pytest.raises(BadReply, match="no end"):
        await replied(httpx.Response(200, content=events(delta("4"), end=False)))
    with pytest.raises(Overloaded):
        await replied(
            httpx.Response(200, content=events(delta("4"), {"error": {"message": "x", "code": 503}}))
        )


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_break_the_readers(body: bytes) -> None:
    for read in (assembled, lambda raw: unpacked(raw, "deflate", 1000)):
        with suppress(ValueError):
            read(b"data:" + body)


class Raw(httpx.AsyncByteStream):
    def __init__(self, body: bytes) -> None:
        self.body = body

    async def __aiter__(self) -> Any:
        yield self.body


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (gzip.compress(json.dumps(GOOD).encode(), mtime=0), {}),
        (json.dumps(GOOD).replace('"4"', '"caf\u00e9 4"').encode("latin-1"), {}),
        (json.dumps(GOOD).encode("utf-16"), {}),
        (b"\xef\xbb\xbf" + json.dumps(GOOD).encode(), {}),
    ],
)
async def test_a_body_is_read_however_it_is_packed(body: bytes, headers: dict[str, str]) -> None:
    got = await replied(httpx.Response(200, stream=Raw(body), headers=headers))
    assert got.text.endswith("4")


async def test_what_is_packed_is_unpacked_within_its_bound() -> None:
    text = json.dumps(GOOD).encode()
    assert unpacked(zlib.compress(text), "deflate", 10_000) == text
    with pytest.raises(ValueError, match="more than 1,000"):
        unpacked(gzip.compress(b" " * 10**7), "gzip", 1000)
    with pytest.raises(BadReply):
        await replied(httpx.Response(200, stream=Raw(gzip.compress(text)[:20])))
    with pytest.raises(BadReply, match=r"zstd|damaged"):
        await replied(httpx.Response(200, stream=Raw(b"\x28\xb5\x2f\xfd nonsense")))


async def test_every_token_spent_on_hidden_reasoning_is_an_answer_that_was_cut() -> None:
    got = await replied(httpx.Response(200, json={"choices": [{"finish_reason": "length"}]}))
    assert (got.text, got.finish) == ("", "length")


async def test_an_answer_in_the_reasoning_is_taken_where_the_run_file_says_so() -> None:
    message = {"content": "", "reasoning_content": "SELECT 1"}
    body = {"choices": [{"message": message, "finish_reason": "stop"}]}
    got = await replied(httpx.Response(200, json=body))
    assert (got.text, got.reasoning, got.finish) == ("", "SELECT 1", "reasoning-only")
    got = await replied(httpx.Response(200, json=body), answer_in_reasoning=True)
    assert (got.text, got.reasoning, got.finish) == ("SELECT 1", None, "stop")


@pytest.mark.parametrize(
    ("message", "reasoning"),
    [
        ({"content": "<think>so</think>\n4", "reasoning_content": "so"}, "so"),
        ({"content": "<think>so it is</think>4", "reasoning_content": "so"}, "so it is"),
        ({"content": "<think>else</think>4", "reasoning_content": "so"}, "so\n\nelse"),
        ({"content": "4", "reasoning_content": "so"}, "so"),
    ],
)
def test_reasoning_in_two_places_is_kept_once(message: dict[str, str], reasoning: str) -> None:
    assert read_message(message) == ("4", reasoning)


@pytest.mark.parametrize("count", [2**53 + 1, 10**20, -1, 1.5, True, "7", None])
def test_a_count_that_cannot_be_is_unknown(count: object) -> None:
    assert read_count(count) is None
    assert read_count(3.0) == 3


@pytest.mark.parametrize(
    "words",
    [
        "The decoder prompt (length 5000) is longer than the maximum model length of 4096.",
        "max_tokens=9000 cannot be greater than max_model_len=4096",
        "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000",
        "Input validation error: `inputs` must have less than 1024 tokens. Given: 2000",
        "Trying to keep the first 9000 tokens when context the overflows. However, the model is loaded",
        "too many tokens: total number of tokens in the prompt cannot exceed 4081",
        "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
        "prompt is too long: 208310 tokens > 200000 maximum",
        "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000",
        "This model's maximum context length is 65536 tokens",
        "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        "Prompt exceeds max length",
        "Your request exceeded model token limit: 8192",
        "The input (8000 tokens) is longer than the model's context length (4096 tokens).",
    ],
)
def test_a_prompt_that_is_too_long_is_told_in_every_wording(words: str) -> None:
    assert kind_of(400, words) is ContextTooLong
    assert kind_of(422, words) is ContextTooLong


@pytest.mark.parametrize(
    "words",
    [
        "Content Exists Risk",
        "Output blocked by content filtering policy",
        "Your prompt was flagged as potentially violating our usage policy",
        "The response was filtered due to the prompt triggering the content management policy",
        "The prompt could not be submitted: blockReason PROHIBITED_CONTENT",
        "系统检测到输入或生成内容可能包含不安全或敏感内容",
    ],
)
def test_a_prompt_that_is_filtered_is_told_in_every_wording(words: str) -> None:
    assert kind_of(400, words) is ContentRefused


@pytest.mark.parametrize("words", ["Too many tokens per minute", "too many tokens: 9000 TPM"])
def test_a_rate_of_tokens_is_no_length(words: str) -> None:
    assert kind_of(429, words) is RateLimited


async def test_a_header_that_is_not_ascii_does_no_harm() -> None:
    body = json.dumps(GOOD).encode()
    head = b"HTTP/1.1 200 OK\r\nx-caf\xc3\xa9: 1\r\nx-who: caf\xe9\r\ncontent-length: %d\r\n\r\n" % len(
        body
    )

    async def answer(stream: anyio.abc.SocketStream) -> None:
        async with stream:
            await stream.receive()
            await stream.send(head.replace(b"x-caf\xc3\xa9: 1\r\n", b"") + body)

    async with await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=0) as listener:
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        async with anyio.create_task_group() as group:
            group.start_soon(listener.serve, answer)
            async with open_transport(None) as send:
                line = Line(send=send, where="here", headers={}, timeout=10)
                found, _ = await line.json("POST", f"http://127.0.0.1:{port}/v1", b"{}")
            group.cancel_scope.cancel()
    assert found == GOOD


def line_of(request_id: str, **parts: Any) -> bytes:
    return json.dumps({"custom_id": request_id, **parts}).encode()


def answered(text: str, status: Any = 200) -> dict[str, Any]:
    return {
        "status_code": status,
        "body": {"choices": [{"message": {"content": text}, "finish_reason": "stop"}]},
    }


async def collected(
    batch: dict[str, Any], files: dict[str, httpx.Response], *names: str
) -> dict[str, Completion | ProviderError]:
    def handle(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/batches/b"):
            return httpx.Response(200, json=batch)
        assert "authorization" not in request.headers or request.url.host == "localhost"
        name = path.rpartition("/files/")[2].removesuffix("/content") if "/files/" in path else path[1:]
        return files.get(name, httpx.Response(404, json={"error": {"message": "gone"}}))

    options = OpenAIConfig(model="m", base_url=URL, headers={"authorization": "Bearer secret"})
    transport = httpx.MockTransport(handle)
    async with lend(transport=transport) as services, SPEC.open(options, services) as provider:
        assert isinstance(provider, Batch)
        state = await provider.poll("b")
        assert state.ended
        return dict(await provider.collect("b", [a_call(name) for name in names]))


async def test_batch_files_are_read_through_redirects_odd_status_and_doubled_lines() -> None:
    lines = [
        line_of("a", response=answered("one", "200")),
        line_of("a", response=answered("again")),
        line_of("b", response=answered("two"), error={"message": "a warning"}),
    ]
    files = {
        "out": httpx.Response(302, headers={"location": "https://store.example/blob"}),
        "blob": httpx.Response(200, content=b"\n".join(lines)),
        "err": httpx.Response(200, content=line_of("b", error={"message": "late"})),
    }
    batch = {"id": "b", "status": "COMPLETED", "output_file_id": "out", "error_file_id": "err"}
    found = await collected(batch, files, "a", "b")
    assert {name: getattr(one, "text", one) for name, one in found.items()} == {"a": "one", "b": "two"}


async def test_an_empty_file_id_is_no_file() -> None:
    files = {"out": httpx.Response(200, content=line_of("a", response=answered("one")))}
    batch = {"id": "b", "status": "completed", "output_file_id": "out", "error_file_id": ""}
    assert isinstance((await collected(batch, files, "a"))["a"], Completion)


async def test_a_file_that_is_gone_loses_only_itself_and_buys_nothing_again() -> None:
    files = {"err": httpx.Response(200, content=line_of("b", error={"message": "no", "code": 500}))}
    batch = {"id": "b", "status": "completed", "output_file_id": "out", "error_file_id": "err"}
    found = await collected(batch, files, "a", "b")
    assert isinstance(found["a"], BadRequest)
    assert isinstance(found["b"], ServerFailed)
    files = {"out": httpx.Response(200, content=line_of("a", response=answered("one")))}
    found = await collected(batch, files, "a", "b")
    assert isinstance(found["a"], Completion)
    assert isinstance(found["b"], BadRequest)


async def test_a_file_that_cannot_be_fetched_now_is_fetched_later() -> None:
    files = {"out": httpx.Response(503)}
    batch = {"id": "b", "status": "completed", "output_file_id": "out", "error_file_id": None}
    with pytest.raises(RetryableError):
        await collected(batch, files, "a")


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Enqueued token limit reached for m in organization o", RateLimited),
        ("The model m is not supported by the Batch API", BadRequest),
    ],
)
async def test_a_failed_batch_says_why(message: str, kind: type[ProviderError]) -> None:
    errors = {"object": "list", "data": [{"code": "some_code", "message": message}]}
    found = await collected({"id": "b", "status": "failed", "errors": errors}, {}, "a")
    assert isinstance(found["a"], kind)
    assert message in str(found["a"])
