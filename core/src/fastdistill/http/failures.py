"""Which error a status and an error body stand for. One table for every HTTP provider."""

import re
import reprlib
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from fastdistill.errors import (
    AuthFailed,
    BadRequest,
    BudgetSpent,
    ContentRefused,
    ContextTooLong,
    NotFound,
    Overloaded,
    ProviderError,
    RateLimited,
    ServerFailed,
    TimedOut,
)
from fastdistill.http.limits import retry_after, seconds
from fastdistill.redact import scrub

_LONGEST = 500
"""Characters of a server's message that go into ours."""

SOON = 3600.0
"""Seconds within which a spent quota is a rate limit."""

_BY_STATUS: dict[int, type[ProviderError]] = {
    401: AuthFailed,
    402: BudgetSpent,
    403: AuthFailed,
    404: NotFound,
    405: NotFound,
    408: TimedOut,
    409: ServerFailed,
    410: NotFound,
    413: ContextTooLong,
    425: Overloaded,
    429: RateLimited,
    498: Overloaded,
    499: TimedOut,
    503: Overloaded,
    504: TimedOut,
    522: TimedOut,
    524: TimedOut,
    529: Overloaded,
}

_WORDS: tuple[tuple[range, type[ProviderError], re.Pattern[str]], ...] = tuple(
    (statuses, kind, re.compile(words, re.IGNORECASE))
    for statuses, kind, words in (
        (
            range(400, 501),
            ContextTooLong,
            r"context_length_exceeded|exceed_context_size|maximum context length|context window"
            r"|exceeds? the (available )?(model's )?(maximum )?context|prompt is too long|input is too long"
            r"|string_above_max_length|longer than the (model's )?context"
            # vLLM, TGI, LM Studio, xAI, Anthropic, Gemini, GLM, Moonshot, DashScope, MiniMax
            r"|longer than the maximum model length|max_model_len"
            r"|inputs`?.{0,60}must (be <=|have less than)|maximum number of (input )?tokens allowed"
            r"|context the overflows|loaded with context length|context overflow|maximum prompt length"
            r"|exceed context limit|input token count.{0,40}exceeds"
            r"|prompt exceeds max|exceeded model token limit|range of input length|超长",
        ),
        # Cohere; with 429 the same words are about tokens a minute
        (range(400, 429), ContextTooLong, r"too many tokens|total number of tokens in the prompt"),
        (
            range(400, 430),
            BudgetSpent,
            r"insufficient_quota|exceeded your current quota|insufficient (balance|credit|funds)"
            r"|credit balance is too low|billing_hard_limit|out of credits",
        ),
        (
            range(400, 429),
            ContentRefused,
            r"content_filter|content_policy|content management policy|responsibleai|moderation|flagged"
            r"|data_inspection_failed|content filtering policy|content exists risk|usage polic"
            r"|prohibited_content|blockreason|block_reason|safety (system|filter|setting)"
            r"|敏感|不安全",
        ),
        (
            range(400, 401),
            NotFound,
            r"model_not_found|model .{0,120}(does not exist|not found|is not available)|unknown model"
            r"|not a valid model|invalid model",
        ),
        (
            range(400, 401),
            AuthFailed,
            r"api.key.{0,20}(not valid|invalid|missing|expired|not found)|(invalid|incorrect|no).api.key",
        ),
    )
)


@frozen(kw_only=True)
class Said:
    """What an error body says; `text` is for people, `words` for telling kinds apart."""

    text: str
    words: str
    status: int | None = None
    """A status inside the body, for servers that answer 200 to everything."""
    retry_after: float | None = None
    """Seconds to wait, where the body says so."""


def said(body: Any) -> Said | None:
    """Return the error in a decoded body, or None.

    `{"error": {...}}`, `{"error": "..."}`, `{"detail": ...}`, or a list of such, as Gemini sends them.
    """
    if isinstance(body, list) and len(body) == 1:
        body = body[0]
    if not isinstance(body, Mapping):
        return None
    error = body.get("error")
    if not error and body.get("object") == "error":
        error = body
    if not error:
        error = body.get("detail") or (body.get("message") if "choices" not in body else None)
    if not error:
        return None
    if not isinstance(error, Mapping):
        text = error if isinstance(error, str) else reprlib.repr(error)
        return Said(text=text[:_LONGEST], words=text[:_LONGEST])
    code = error.get("code")
    message = error.get("message")
    text = message if isinstance(message, str) else reprlib.repr(dict(error))
    metadata = error.get("metadata")
    raw = metadata.get("raw") if isinstance(metadata, Mapping) else None
    if isinstance(raw, str):  # what the vendor behind an OpenRouter said
        text = f"{text}: {raw}"
    details = [one for one in _list(error.get("details")) if isinstance(one, Mapping)]
    reasons = [one.get("reason") for one in details]
    parts = (error.get("type"), code, text, error.get("status"), *reasons)
    words = " ".join(str(part) for part in parts if isinstance(part, str | int))
    delays = (one.get("retryDelay") for one in details)
    return Said(
        text=text[:_LONGEST],
        words=words[: 4 * _LONGEST],
        status=_status(code) or _status(error.get("status")),
        retry_after=next((seconds(one) for one in delays if isinstance(one, str)), None),
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _status(code: Any) -> int | None:
    """Return an HTTP status that a body names, as a number or as text."""
    if isinstance(code, str) and code.isascii() and code.isdecimal() and len(code) == 3:
        code = int(code)
    return code if type(code) is int and 400 <= code < 600 else None


def kind_of(status: int, words: str) -> type[ProviderError]:
    """The kind of error for a status and what its body says."""
    for statuses, kind, pattern in _WORDS:
        if status in statuses and pattern.search(words):
            return kind
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if 300 <= status < 400:
        return NotFound
    return ServerFailed if status >= 500 else BadRequest


def failure(
    status: int, found: Said | None, headers: Mapping[str, str], *, where: str, advice: str = ""
) -> ProviderError:
    """The error to raise for an answer of `where`; `advice` is added where a person must act."""
    kind = kind_of(status, found.words if found else "")
    wait = retry_after(headers)
    if wait is None and found is not None:
        wait = found.retry_after
    if kind is BudgetSpent and status == 429 and wait is not None and wait < SOON:
        kind = RateLimited  # a quota that fills again soon, as Gemini's per minute
    text = found.text if found else "no message"
    message = f"{where} answered {status}: {text}"
    if 300 <= status < 400:
        target = scrub(headers.get("location", "nowhere").partition("?")[0])
        message = f"{where} redirects ({status}) to {target!r:.200}: set base_url to it"
    if advice and kind in {AuthFailed, NotFound}:
        message = f"{message}. {advice}"
    return kind(message, retry_after=wait, status=status)
