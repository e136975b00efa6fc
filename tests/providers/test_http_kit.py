"""What providers share: waiting times, kinds of error, thinking, cancellation."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fastdistill import (
    AuthFailed,
    BadRequest,
    BudgetSpent,
    ContentRefused,
    ContextTooLong,
    NotFound,
    Overloaded,
    RateHint,
    RateLimited,
    ServerFailed,
    TimedOut,
)
from fastdistill.http import (
    Line,
    kind_of,
    open_transport,
    rate_hint,
    read_message,
    read_usage,
    retry_after,
    said,
    split_thinking,
)
from fastdistill_simulator import Faults, TeacherSimulator, in_order

# a shared machine may be slow without the code being so
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
SOON = datetime.now(UTC) + timedelta(seconds=3600)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "2"}, 2),
        ({"retry-after": "0.25"}, 0.25),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": format_datetime(SOON, usegmt=True)}, SOON),
        ({"llm_provider-retry-after": "7"}, 7),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "-4"}, 0),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0.5s"}, 360.5),
        ({"x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": "6m0s"}, None),
        (
            {
                "anthropic-ratelimit-tokens-remaining": "0",
                "anthropic-ratelimit-tokens-reset": SOON.isoformat(),
            },
            SOON,
        ),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(SOON.timestamp() * 1000))}, SOON),
        ({}, None),
    ],
)
def test_a_wait_is_read_in_every_form(headers: dict[str, str], wait: float | datetime | None) -> None:
    found = retry_after(headers)
    if isinstance(wait, datetime):
        assert found == pytest.approx((wait - datetime.now(UTC)).total_seconds(), abs=60)
    else:
        assert found == (wait if wait is None else pytest.approx(wait))


def test_what_is_left_is_read_or_unknown() -> None:
    found = rate_hint({"x-ratelimit-remaining-tokens": "5", "x-ratelimit-reset-tokens": "20ms"})
    assert found == RateHint(tokens_left=5, tokens_reset=0.02)
    assert rate_hint({"x-ratelimit-limit-requests": "5"}) is None
    assert rate_hint({"x-ratelimit-remaining-requests": "many"}) is None


@patient
@given(st.dictionaries(st.sampled_from(["retry-after", "x-ratelimit-reset", "retry-after-ms"]), st.text()))
def test_no_header_breaks_the_reader(headers: dict[str, str]) -> None:
    wait = retry_after(headers)
    assert wait is None or wait >= 0


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        (400, "context_length_exceeded", ContextTooLong),
        (400, "This model's maximum context length is 4096 tokens", ContextTooLong),
        (400, "the request exceeds the available context size", ContextTooLong),
        (413, "", ContextTooLong),
        (400, "content_filter", ContentRefused),
        (403, "Your input was flagged by moderation", ContentRefused),
        (400, "API key not valid. Please pass a valid API key.", AuthFailed),
        (400, "The model `x` does not exist", NotFound),
        (400, "temperature must be below 2", BadRequest),
        (422, "", BadRequest),
        (402, "Insufficient Balance", BudgetSpent),
        (429, "insufficient_quota", BudgetSpent),
        (429, "the content is rate limited", RateLimited),
        (405, "", NotFound),
        (301, "", NotFound),
        (529, "", Overloaded),
        (504, "", TimedOut),
        (502, "", ServerFailed),
        (599, "", ServerFailed),
    ],
)
def test_status_and_words_make_the_kind(status: int, words: str, kind: type) -> None:
    assert kind_of(status, words) is kind


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"error": {"message": "m", "code": "c"}}, "m"),
        ({"error": "m"}, "m"),
        ({"error": {"message": "Provider error", "metadata": {"raw": "why"}}}, "Provider error: why"),
        ({"detail": "m"}, "m"),
        ({"object": "error", "message": "m"}, "m"),
        ({"detail": [{"loc": ["body"]}]}, "[{'loc': ['body']}]"),
        ({"error": None, "choices": []}, None),
        ([], None),
    ],
)
def test_an_error_body_is_read_in_every_form(body: object, text: str | None) -> None:
    found = said(body)
    assert (found.text if found else None) == text


json_data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
names = st.sampled_from(["content", "reasoning", "reasoning_details", "thinking", "type", "text"])


@patient
@given(st.dictionaries(names, json_data | st.lists(st.dictionaries(names, json_data))))
def test_no_message_breaks_the_reader(message: dict[str, object]) -> None:
    text, reasoning = read_message(message)
    assert isinstance(text, str)
    assert reasoning is None or isinstance(reasoning, str)


@patient
@given(json_data)
def test_no_usage_and_no_error_break_their_readers(body: object) -> None:
    read_usage(body)
    said(body)


@patient
@given(st.text(alphabet="ab <>/", max_size=30), st.text(alphabet="ab \n", max_size=30))
def test_thinking_and_text_come_apart_whole(thought: str, text: str) -> None:
    assert split_thinking(f"<think>{thought}</think>{text}") == (text.lstrip(), thought.strip())
    assert split_thinking(text) == (text, None)


@pytest.mark.anyio
async def test_a_call_can_be_cancelled_from_outside() -> None:
    with TeacherSimulator(faults=Faults(script=in_order("hang", "drip"))) as simulator:
        async with open_transport(None) as send:
            line = Line(send=send, where="here", headers={}, timeout=30)
            url = simulator.base_url + "/chat/completions"
            for _ in "12":
                began = time.monotonic()
                with anyio.move_on_after(0.3) as scope:
                    await line.ask("POST", url, b'{"messages":[]}')
                assert scope.cancelled_caught
                assert time.monotonic() - began < 3
            assert (await line.ask("POST", url, b'{"messages":[]}')).status == 200


@pytest.mark.anyio
async def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with TeacherSimulator() as simulator:
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HTTP_PROXY", simulator.root_url)
        monkeypatch.setenv("http_proxy", simulator.root_url)
        async with open_transport(None) as send:
            line = Line(send=send, where="there", headers={}, timeout=10)
            url = "http://teacher.invalid/v1/chat/completions"
            assert (await line.ask("POST", url, b'{"messages":[]}')).status == 200
        assert simulator.counters.requests == 1


@pytest.mark.anyio
@pytest.mark.parametrize("whose", ["ours", "the caller's"])
async def test_a_call_that_is_too_late_closes_its_connection(whose: str) -> None:
    with TeacherSimulator(slots=1, latency="fixed:5") as simulator:
        async with open_transport(None) as send:
            line = Line(send=send, where="here", headers={}, timeout=0.3 if whose == "ours" else 30)
            url = simulator.base_url + "/chat/completions"

            async def ask() -> None:
                with anyio.move_on_after(30 if whose == "ours" else 0.3):
                    with pytest.raises(TimedOut):
                        await line.ask("POST", url, b'{"messages":[]}')

            async with anyio.create_task_group() as group:
                for _ in range(6):
                    group.start_soon(ask)
            with anyio.fail_after(3):
                while simulator.counters.gone < 6:  # noqa: ASYNC110  a server sends no event
                    await anyio.sleep(0.01)
        assert simulator.counters.served == 0
