"""A decoded body as a `Completion`: choices, reasoning in its own place, usage. Trusts nothing in it."""

from collections.abc import Mapping
from typing import Any

from fastdistill import BadReply, Call, Choice, Completion, EmptyReply
from fastdistill.http import Answer, Line, rate_hint, read_message, read_usage, said


def _choice(found: Any, answer: Answer, line: Line, *, in_reasoning: bool) -> Choice:
    if not isinstance(found, Mapping):
        raise BadReply(f"{line.where} sent a choice that is {found!r:.40}", status=answer.status)
    finish, message = found.get("finish_reason"), found.get("message")
    if finish == "error" or found.get("error"):
        broken = said(found)
        status = broken.status if broken else None
        raise line.failed(status or 502, broken, answer.headers)
    if not isinstance(message, Mapping):
        if finish != "length":
            raise EmptyReply(f"{line.where} sent a choice without a message", status=answer.status)
        message = {}  # every token went into reasoning that is not shown: an answer that was cut
    text, reasoning = read_message(message)
    refusal = message.get("refusal")
    if not text and isinstance(refusal, str) and refusal:
        text, finish = refusal, "refusal"
    if not text and reasoning and finish != "length":
        if in_reasoning:
            text, reasoning = reasoning, None
        else:
            finish = "reasoning-only"
    return Choice(text=text, reasoning=reasoning, finish=finish if isinstance(finish, str) else None)


def read_reply(
    body: Any,
    answer: Answer,
    call: Call,
    line: Line,
    *,
    model: str,
    usage_of_one: bool = False,
    in_reasoning: bool = False,
) -> Completion:
    """Return the completion. Raises EmptyReply for a body without choices.

    With `in_reasoning` a reply that holds reasoning and no text is taken to be its reasoning.
    """
    choices = body.get("choices") if isinstance(body, Mapping) else None
    if not isinstance(choices, list) or not choices:
        raise EmptyReply(f"{line.where} sent an answer without choices", status=answer.status)
    replied = body.get("model")
    return Completion(
        choices=tuple(
            _choice(found, answer, line, in_reasoning=in_reasoning) for found in choices[: call.sampling.n]
        ),
        model=replied if isinstance(replied, str) and replied else model,
        usage=read_usage(body.get("usage"), completion_known=len(choices) == 1 or not usage_of_one),
        latency=answer.latency,
        rate_hint=rate_hint(answer.headers),
    )
