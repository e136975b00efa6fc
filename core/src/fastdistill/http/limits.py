"""What an endpoint's headers say about waiting and about what is left.

Known: `retry-after` (seconds or an HTTP date), `retry-after-ms`, `llm_provider-retry-after` (a
LiteLLM proxy), `x-ratelimit-*` in the forms of OpenAI, Groq, OpenRouter and others, and
`anthropic-ratelimit-*`.
"""

import math
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from fastdistill.model.answer import RateHint

_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s|d)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_EPOCH = 1e9
"""A number above this is a time since 1970 in seconds, and above the next one in milliseconds."""
_EPOCH_MS = 1e12


def _finite(value: float) -> float | None:
    return max(0.0, value) if math.isfinite(value) else None


def seconds(text: str, now: float | None = None) -> float | None:
    """Seconds from now that a header names, or None if it cannot be read.

    `1.5`, `6m0s`, `20ms`, an HTTP date, an ISO time, or seconds or milliseconds since 1970.
    """
    text = text.strip()
    now = time.time() if now is None else now
    try:
        number = float(text)
    except ValueError:
        return _spelled(text, now)
    if number > _EPOCH_MS:
        number = number / 1000 - now
    elif number > _EPOCH:
        number -= now
    return _finite(number)


def _spelled(text: str, now: float) -> float | None:
    parts = _PART.findall(text)
    if parts and "".join(number + unit for number, unit in parts) == text:
        return _finite(sum(float(number) * _UNITS[unit] for number, unit in parts))
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            when = read(text)
        except (ValueError, TypeError, IndexError):
            continue
        if when.tzinfo is None:
            when = when.replace(tzinfo=UTC)
        return _finite(when.timestamp() - now)
    return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait before the next request, if the headers (lower-case names) say so."""
    if (millis := headers.get("retry-after-ms")) is not None:
        found = seconds(millis)
        if found is not None:
            return found / 1000
    for name in ("retry-after", "llm_provider-retry-after"):
        if (text := headers.get(name)) is not None and (found := seconds(text)) is not None:
            return found
    hint = rate_hint(headers)
    if hint is None:
        return None
    spent = ((hint.requests_left, hint.requests_reset), (hint.tokens_left, hint.tokens_reset))
    return max((reset for left, reset in spent if left == 0 and reset is not None), default=None)


def _count(headers: Mapping[str, str], *names: str) -> int | None:
    for name in names:
        text = headers.get(name, "").strip()
        if text.isascii() and text.isdecimal() and len(text) < 19:
            return int(text)
    return None


def _reset(headers: Mapping[str, str], *names: str) -> float | None:
    return next((seconds(headers[name]) for name in names if name in headers), None)


def rate_hint(headers: Mapping[str, str]) -> RateHint | None:
    """What is left and when it fills, from headers with lower-case names; None when they say nothing."""
    if not any("ratelimit" in name for name in headers):
        return None
    hint = RateHint(
        requests_left=_count(
            headers,
            "x-ratelimit-remaining-requests",
            "anthropic-ratelimit-requests-remaining",
            "x-ratelimit-remaining",
        ),
        requests_reset=_reset(
            headers,
            "x-ratelimit-reset-requests",
            "anthropic-ratelimit-requests-reset",
            "x-ratelimit-reset",
        ),
        tokens_left=_count(headers, "x-ratelimit-remaining-tokens", "anthropic-ratelimit-tokens-remaining"),
        tokens_reset=_reset(headers, "x-ratelimit-reset-tokens", "anthropic-ratelimit-tokens-reset"),
    )
    return None if hint == RateHint() else hint
