"""What a simulated teacher is like."""

from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen

from fastdistill_simulator.answers import Answer, plain_answer
from fastdistill_simulator.faults import Faults
from fastdistill_simulator.latency import parse_latency


@frozen(kw_only=True)
class Settings:
    """Everything about a simulated teacher; times in seconds."""

    slots: int = 64
    """Requests that are served at once."""
    full: Literal["queue", "429", "503"] = "queue"
    """When every slot is taken: wait silently, or be told."""
    latency: str = "fixed:0"
    """See `parse_latency`; drawn again for each request, repeating with `seed`."""
    decode_rate: float = 0.0
    """Tokens per second; adds completion tokens / rate to the latency. 0: no such part."""
    prefill_rate: float = 0.0
    """Tokens per second; adds uncached prompt tokens / rate. 0: no such part."""
    prefix_blocks: int = 0
    """Blocks of 64 characters that the prefix cache holds; 0: no cache."""
    answer: Answer = plain_answer
    reasoning: str | None = None
    """Reasoning text that goes with every answer, in the field `reasoning_content`."""
    faults: Faults = field(factory=Faults)
    retry_after: float = 1.0
    """What a fault with Retry-After names."""
    drip: float = 0.02
    """Seconds between two bytes of a dripping body."""
    api_key: str | None = None
    """When set, every other key gets 401."""
    models: tuple[str, ...] = ()
    """When set, every other model gets 404; also what `/v1/models` lists."""
    rpm: int | None = None
    """Requests per minute, as a bucket that fills steadily; above it 429, with x-ratelimit headers."""
    headers: Mapping[str, str] = field(factory=dict)
    """Further headers of every answer."""
    seed: int = 0

    def __attrs_post_init__(self) -> None:
        parse_latency(self.latency)
        if self.slots < 1:
            raise ValueError(f"slots is {self.slots}: a teacher has at least one")
