"""What the tests against real servers share."""

import socket
from typing import Any

from fastdistill import Call, Constraint, Message, Prompt, Sampling


def a_question(text: str, *, constraint: Constraint | None = None, **sampling: Any) -> Call:
    """A short, seeded call; deterministic unless `sampling` says otherwise."""
    return Call(
        request_id="r",
        sample_id="s",
        attempt=1,
        purpose="teacher",
        prompt=Prompt(messages=(Message(role="user", content=text),), template="t", constraint=constraint),
        sampling=Sampling(**{"temperature": 0.0, "max_tokens": 12, "seed": 1, **sampling}),
    )


def free_port() -> int:
    """A port of this machine that nobody listened on a moment ago."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
