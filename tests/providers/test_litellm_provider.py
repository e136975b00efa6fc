"""The litellm provider over a scripted module, and over LiteLLM itself where it is installed."""

import importlib.util
from typing import Any

import anyio
import pytest
from fastdistill_litellm.config import LiteLLMConfig
from fastdistill_litellm.provider import open_litellm

from fastdistill import (
    AuthFailed,
    BadReply,
    BadRequest,
    BudgetSpent,
    Call,
    Completion,
    ContentRefused,
    ContextTooLong,
    Message,
    Overloaded,
    Prompt,
    ProviderError,
    RateLimited,
    Sampling,
    ServerFailed,
    SetupError,
    TimedOut,
)
from fastdistill.testing import lend
from fastdistill_simulator import TeacherSimulator

CALL = Call(
    request_id="r",
    sample_id="s",
    attempt=1,
    purpose="teacher",
    prompt=Prompt(messages=(Message(role="user", content="Who?"),), template="t"),
    sampling=Sampling(temperature=0.5, n=2, seed=3),
)


class Scripted:
    """Has LiteLLM's one function; replies or raises as told, and remembers its arguments."""

    def __init__(self, reply: Any, seconds: float = 0.0) -> None:
        self.reply, self.seconds = reply, seconds
        self.asked: dict[str, Any] = {}

    async def acompletion(self, **arguments: Any) -> Any:
        self.asked = arguments
        await anyio.sleep(self.seconds)
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply


@pytest.fixture
def anyio_backend() -> str:
    """LiteLLM needs asyncio."""
    return "asyncio"


async def ask(module: Any, **config: Any) -> Completion:
    settings = LiteLLMConfig(**{"model": "anthropic/m", **config})
    async with lend() as services, open_litellm(settings, services, module=module) as provider:
        return await provider.complete(CALL)


def fake(name: str, base: str = "APIError", text: str = "said", **more: Any) -> Exception:
    error: Exception = type(name, (type(base, (Exception,), {}),), {})(text)
    for key, value in more.items():
        setattr(error, key, value)
    return error


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (fake("ContextWindowExceededError", "BadRequestError"), ContextTooLong),
        (fake("ContentPolicyViolationError", "BadRequestError"), ContentRefused),
        (fake("BadRequestError", text="prompt is too long: 9 > 8"), ContextTooLong),
        (fake("BadRequestError"), BadRequest),
        (fake("AuthenticationError"), AuthFailed),
        (fake("RateLimitError"), RateLimited),
        (fake("RateLimitError", text="insufficient_quota"), BudgetSpent),
        (fake("ServiceUnavailableError"), Overloaded),
        (fake("Timeout"), TimedOut),
        (fake("SomethingNew", status_code=529), Overloaded),
        (fake("SomethingNew"), ServerFailed),
        (ValueError("its own bug"), ServerFailed),
    ],
)
async def test_its_exceptions_have_our_kinds(error: Exception, kind: type[ProviderError]) -> None:
    with pytest.raises(ProviderError) as caught:
        await ask(Scripted(error))
    assert type(caught.value) is kind


@pytest.mark.anyio
async def test_a_wait_is_passed_on_and_the_key_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "sk-secret-42")
    error = fake("RateLimitError", text="key sk-secret-42", litellm_response_headers={"Retry-After": "9"})
    with pytest.raises(RateLimited) as caught:
        await ask(Scripted(error), api_key_env="MY_KEY")
    assert caught.value.retry_after == 9.0
    assert "sk-secret" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.anyio
async def test_an_answer_is_read_and_the_arguments_are_ours() -> None:
    message = {"content": "a", "reasoning_content": "r"}
    reply = {
        "choices": [{"message": message, "finish_reason": "stop"}],
        "model": "m-1",
        "usage": {"prompt_tokens": 1, "completion_tokens": 2},
    }
    module = Scripted(reply)
    found = await ask(module, params={"top_k": 5}, base_url="http://localhost:1")
    assert (found.text, found.reasoning, found.model, found.finish) == ("a", "r", "m-1", "stop")
    assert found.usage is not None
    assert found.usage.completion_tokens == 2
    asked = module.asked
    assert (asked["num_retries"], asked["top_k"], asked["n"], asked["seed"]) == (0, 5, 2, 3)
    replies: tuple[Any, ...] = ({}, {"choices": []}, {"choices": [{}]}, None)
    for broken in replies:
        with pytest.raises(BadReply):
            await ask(Scripted(broken))


@pytest.mark.anyio
async def test_a_whole_call_is_bounded() -> None:
    with pytest.raises(TimedOut):
        await ask(Scripted({}, seconds=5), timeout=0.1)


@pytest.mark.anyio
async def test_without_litellm_it_says_what_to_install() -> None:
    if importlib.util.find_spec("litellm") is not None:
        pytest.skip("LiteLLM is installed")
    with pytest.raises(SetupError, match=r"pip install 'fastdistill-litellm.litellm.'"):
        await ask(None)


def test_on_trio_it_says_that_it_cannot() -> None:
    with pytest.raises(SetupError, match="needs asyncio"):
        anyio.run(ask, Scripted({}), backend="trio")


@pytest.mark.filterwarnings("ignore")  # another's warnings
@pytest.mark.anyio
async def test_litellm_itself_over_the_simulator(monkeypatch: pytest.MonkeyPatch) -> None:
    if importlib.util.find_spec("litellm") is None:
        pytest.skip("LiteLLM is not installed")
    monkeypatch.setenv("MY_KEY", "sk-x")
    with TeacherSimulator() as simulator:
        config = {"model": "openai/m", "base_url": simulator.base_url, "api_key_env": "MY_KEY"}
        assert (await ask(None, **config)).text.startswith("Answer ")
