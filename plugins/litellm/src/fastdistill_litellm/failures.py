"""LiteLLM's exceptions as ours, told by the names of their classes: the library need not be imported."""

from typing import Any

from fastdistill import (
    AuthFailed,
    BadReply,
    BadRequest,
    BudgetSpent,
    ConnectionFailed,
    ContentRefused,
    ContextTooLong,
    NotFound,
    Overloaded,
    ProviderError,
    RateLimited,
    ServerFailed,
    TimedOut,
)
from fastdistill.http import kind_of, retry_after

_BY_NAME: dict[str, type[ProviderError]] = {
    "ContextWindowExceededError": ContextTooLong,
    "ContentPolicyViolationError": ContentRefused,
    "BudgetExceededError": BudgetSpent,
    "AuthenticationError": AuthFailed,
    "PermissionDeniedError": AuthFailed,
    "NotFoundError": NotFound,
    "RateLimitError": RateLimited,
    "ServiceUnavailableError": Overloaded,
    "Timeout": TimedOut,
    "APITimeoutError": TimedOut,
    "APIConnectionError": ConnectionFailed,
    "InternalServerError": ServerFailed,
    "BadGatewayError": ServerFailed,
    "JSONSchemaValidationError": BadReply,
    "APIResponseValidationError": BadReply,
    "UnsupportedParamsError": BadRequest,
    "UnprocessableEntityError": BadRequest,
    "BadRequestError": BadRequest,
}
_STATUS = {RateLimited: 429, BadRequest: 400}
"""Kinds whose message may tell a finer one."""


def translated(error: Exception, *, where: str, secret: str = "") -> ProviderError:
    """The error to raise for what LiteLLM raised, without the key in it."""
    status = getattr(error, "status_code", None)
    status = status if isinstance(status, int) else None
    text = str(error).partition("\nTraceback ")[0]
    text = text.replace(secret, "***") if secret else text
    named = (_BY_NAME.get(base.__name__) for base in type(error).__mro__)
    kind = next(filter(None, named), None)
    if kind is None:
        kind = kind_of(status, text) if status else ServerFailed
    elif kind in _STATUS:
        kind = kind_of(_STATUS[kind], text)
    return kind(f"{where}: {text[:500]}", retry_after=retry_after(_headers(error)), status=status)


def _headers(error: Any) -> dict[str, str]:
    response = getattr(error, "response", None)
    for found in (getattr(error, "litellm_response_headers", None), getattr(response, "headers", None)):
        if found:
            return {str(name).lower(): str(value) for name, value in dict(found).items()}
    return {}
